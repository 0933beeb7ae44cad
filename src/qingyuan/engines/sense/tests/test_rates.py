"""传输率、有效率 per point, factor and day."""

from __future__ import annotations

import datetime as dt
import json

from qingyuan.engines.sense import rates
from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.spool import Position, SpoolRecord

DAY = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 23, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def hours(marks: dict[int, str], mn: str = "A", spoil: bool = False) -> list[SpoolRecord]:
    records = []
    for n, mark in marks.items():
        cp = [{"DataTime": f"20261123{n:02d}0000"}, {"a21002-Avg": "10", "a21002-Flag": mark}]
        raw = build(qn=f"20261123{n:02d}3000000", st="31", cn="2061", pw="1", mn=mn, flag=5, cp=cp)
        records.append(SpoolRecord(Position(1, n), 0, "p", raw.replace(b"-Avg=10", b"-Avg=99") if spoil else raw))
    return records


def test_received_and_valid_hours_are_counted_once():
    records = hours(dict.fromkeys(range(18), "N")) + hours({18: "D", 19: "M"}) + hours(dict.fromkeys(range(5), "N"))
    (rate,) = rates.of_day(records, DAY)
    assert (rate.due, rate.received, rate.valid) == (24, 20, 18)
    assert rate.transmission == 20 / 24 and rate.validity == 0.9 and abs(rate.effective - 0.75) < 1e-12


def test_the_last_version_of_an_hour_decides():
    (rate,) = rates.of_day(hours({3: "D"}) + hours({3: "N"}), DAY)
    assert rate.valid == 1


def test_hours_that_are_not_due_and_packets_with_a_wrong_code_do_not_count():
    records = hours(dict.fromkeys(range(12), "N")) + hours({13: "N"}, spoil=True)
    (rate,) = rates.of_day(records, DAY, stopped_hours={"A": 12})
    assert (rate.due, rate.received, rate.transmission) == (12, 12, 1.0)
    assert rates.of_day(records, DAY + dt.timedelta(days=1)) == []


def test_time_online_is_counted_within_the_day_and_survives_a_killed_gateway(tmp_path):
    folder = tmp_path / "gateway" / "sessions"
    folder.mkdir(parents=True)
    lines = [("online", "A", -2), ("offline", "A", 1), ("online", "B", 3), ("restart", "", 5), ("online", "B", 23), ("online", "C", 20)]
    for kind, mn, n in lines:
        at = AT + dt.timedelta(hours=n)
        with open(folder / f"{at.date()}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"at": at.isoformat(), "kind": kind, "mn": mn}) + "\n")
    found = rates.online_seconds(tmp_path, DAY)
    assert found == {"A": 3600.0, "B": 3 * 3600.0, "C": 4 * 3600.0}
    assert rates.online_seconds(tmp_path, DAY, until=AT + dt.timedelta(hours=21))["C"] == 3600.0
