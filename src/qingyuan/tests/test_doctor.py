"""The doctor names what is wrong with an installation, what to do, and never falls over it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from qingyuan import doctor
from qingyuan.clock import CHINA
from qingyuan.engines import ledger
from qingyuan.records.registry.models import Loop
from qingyuan.testing import small_province, spool_of
from qingyuan.worker import LOOPS

AT = dt.datetime(2026, 9, 15, 13, 0, tzinfo=CHINA)
pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path, settings) -> Path:
    """An installation in good order: loops on time, packets sealed, a gateway that writes its table."""
    from qingyuan.engines.sense import gateway_presence

    settings.HOME, settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path, tmp_path / "telemetry", tmp_path / "files"
    spool_of(small_province(AT), settings.QINGYUAN_DATA, AT, 1)
    ledger.seal(settings.QINGYUAN_DATA, AT)
    gateway_presence.write(settings.QINGYUAN_DATA, [])
    for due in LOOPS:
        Loop.objects.update_or_create(name=due.name, defaults={"next_at": AT, "done_at": AT})
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o600)
    return tmp_path


def ill(at: dt.datetime = AT) -> dict[str, doctor.Answer]:
    return {one.id.split()[1]: one for one in doctor.examine(at) if one.state == doctor.ILL}


def test_ids_are_in_order_and_each_title_once(home):
    answers = list(doctor.examine(AT))
    assert [one.id[:4] for one in answers] == [f"QY{n:02d}" for n in range(1, len(answers) + 1)]
    assert len({one.id[5:] for one in answers}) == len(answers)


def test_packets_that_wait_for_the_lake_are_named_and_gone_after_ingest(home, settings):
    from qingyuan.engines.store import ingest

    assert set(ill()) == {"入湖"}
    ingest.ingest(settings.QINGYUAN_DATA)
    assert ill() == {}


def test_a_readable_key_is_named(home):
    (home / "secret.key").chmod(0o644)
    assert "secret.key" in ill()["密钥"].found and "chmod 600" in ill()["密钥"].hint


def test_a_loop_that_failed_and_one_that_is_late_are_told_apart(home):
    Loop.objects.filter(name="judge").update(last_error="ValueError")
    Loop.objects.filter(name="ingest").update(done_at=AT - dt.timedelta(hours=1))
    told = ill()["后台循环"].found
    assert "出错：judge" in told and "久未完成：ingest" in told


def test_a_seal_long_ago_is_ill(home):
    assert "2026-09-15 13:00" in ill(AT + dt.timedelta(hours=2))["封存"].found


def test_a_gateway_that_stopped_is_ill(home):
    import os

    table = home / "telemetry" / "gateway" / "devices.parquet"
    os.utime(table, (AT.timestamp() - 3600, AT.timestamp() - 3600))
    assert "网关" in ill()


def test_a_check_that_falls_is_a_finding(home):
    (home / "telemetry" / "ledger" / "checkpoint").write_bytes(b"\xff\xfe")
    assert "检查没有做成" in ill()["封存"].found


def test_a_year_without_its_notice_is_a_warning_not_an_illness(home):
    far = dt.datetime(2031, 3, 1, 9, 0, tzinfo=CHINA)
    answer = next(one for one in doctor.examine(far) if "工作日历" in one.id)
    assert answer.state == doctor.WARN and "2031" in answer.found
