"""The worker: one claim wins, an error is written down and comes round again, one round turns packets into clues."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from qingyuan import clock, worker
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Event, Loop
from qingyuan.testing import planting, small_province, spool_of, yesterday

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_one_worker_takes_a_loop_and_a_dead_one_lets_go_when_its_lease_ends():
    """The claim is an update that must touch one row."""
    loop = worker.Due("x", dt.timedelta(minutes=1), lambda data, at: None)
    now = clock.now()
    Loop.objects.create(name="x", next_at=now)
    assert worker.claim(loop, now) and not worker.claim(loop, now)
    assert worker.claim(loop, now + worker.LEASE + dt.timedelta(seconds=1))


def test_an_error_is_written_down_and_the_loop_comes_round_again(tmp_path):
    """Nothing stops the other loops."""
    def fall(data, at):
        raise RuntimeError("磁盘满")

    loop = worker.Due("x", dt.timedelta(minutes=1), fall)
    Loop.objects.create(name="x", next_at=clock.now())
    out = io.StringIO()
    worker.take_turn(loop, tmp_path, out)
    row = Loop.objects.get()
    assert "磁盘满" in row.last_error and "磁盘满" in out.getvalue() and row.lease_until is None and row.next_at > clock.now()
    worker.take_turn(worker.Due("x", loop.every, lambda data, at: None), tmp_path, out)
    assert Loop.objects.get().last_error == ""


def test_one_round_turns_packets_into_clues_and_seals_the_trail(settings, tmp_path):
    """export, ingest, judge, seal: each loop once, in the order of the table."""
    settings.QINGYUAN_DATA = tmp_path / "telemetry"
    until = clock.now()
    plan = small_province(until)
    planting.write_dimensions(settings.QINGYUAN_DATA, plan)
    spool_of(plan, settings.QINGYUAN_DATA, until, int((until - yesterday(until)).total_seconds() // 3600))
    out = io.StringIO()
    worker.run(once=True, out=out)
    assert out.getvalue() == ""
    assert {"hourly_mean_exceedance", "flat_line"} <= set(Clue.objects.values_list("findings__rule", flat=True))
    assert Event.objects.exists() and not Event.objects.filter(leaf=None).exists()
    before = Clue.objects.count()
    worker.run(once=True, out=out)
    assert Clue.objects.count() == before
