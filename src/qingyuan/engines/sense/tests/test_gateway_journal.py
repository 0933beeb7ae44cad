"""The journal of alarms: held back when they repeat, and read from its end."""

from __future__ import annotations

import datetime as dt

from qingyuan.engines.sense import gateway_journal
from qingyuan.engines.sense.gateway_journal import CHINA, Journal

START = int(dt.datetime(2026, 11, 24, 23, 0, tzinfo=CHINA).timestamp() * 1e6)
MINUTE = 60_000_000


def written(tmp_path, count: int, every: int = MINUTE) -> None:
    journal = Journal(tmp_path / "gateway" / "alarms")
    for n in range(count):
        journal.alarm(START + n * every, "crc_wrong", f"MN{n % 7}", f"10.0.0.1:{n}", "校验" * (n % 5))
    journal.flush()


def test_the_latest_alarms_are_those_that_reading_all_would_end_with(tmp_path):
    written(tmp_path, 3000)
    since = gateway_journal.moment(START + 100 * MINUTE)
    everything = list(gateway_journal.alarms(tmp_path, since))[::-1]
    assert len({alarm.at.date() for alarm in everything}) == 3
    assert gateway_journal.latest(tmp_path, since, most=10_000) == everything
    assert gateway_journal.latest(tmp_path, since, most=40) == everything[:40]
    assert gateway_journal.latest(tmp_path, since, mn="MN3", most=40) == [alarm for alarm in everything if alarm.mn == "MN3"][:40]


def test_a_line_that_is_still_being_written_is_left_for_next_time(tmp_path):
    written(tmp_path, 3)
    (path,) = (tmp_path / "gateway" / "alarms").glob("*.jsonl")
    path.write_text(path.read_text() + '{"at": "2026-11-24T2')
    since = gateway_journal.moment(START)
    assert len(gateway_journal.latest(tmp_path, since)) == len(list(gateway_journal.alarms(tmp_path, since))) == 3


def test_one_block_of_the_file_is_read_for_the_last_lines(tmp_path, monkeypatch):
    written(tmp_path, 1200, every=1_000_000)
    read: list[str] = []
    parse = gateway_journal._line
    monkeypatch.setattr(gateway_journal, "_line", lambda text, since: read.append(text) or parse(text, since))
    assert len(gateway_journal.latest(tmp_path, gateway_journal.moment(START), most=5)) == 5 and len(read) == 5
