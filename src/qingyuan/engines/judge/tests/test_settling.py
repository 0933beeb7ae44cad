"""What is missing may still come."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from qingyuan.engines.judge import rule
from qingyuan.engines.judge.settling import OF_WHOLE_DAYS, SILENCE, TALKING, settled

CHINA = dt.timezone(dt.timedelta(hours=8))
DAY = dt.datetime(2026, 9, 14, tzinfo=CHINA)
NOON = DAY + dt.timedelta(days=1, hours=12)


def finding(name: str, point: str = "a"):
    return SimpleNamespace(rule=name, point=point, ended=DAY + dt.timedelta(days=1))


def test_a_missing_hour_is_ripe_at_noon_of_the_next_day_and_not_a_minute_before():
    """Dischargers have until 12:00 of the next day."""
    row = finding("incomplete_day")
    assert settled([row], at=NOON - dt.timedelta(minutes=1), heard={"a": NOON}) == []
    assert settled([row], at=NOON, heard={"a": NOON}) == [row]


def test_a_point_that_talks_is_late_not_silent():
    """Its backlog is on the way."""
    others = {"b": NOON}
    row = finding(SILENCE)
    assert settled([row], at=NOON, heard={**others, "a": NOON - TALKING}) == []
    assert settled([row], at=NOON, heard={**others, "a": NOON - TALKING - dt.timedelta(seconds=1)}) == [row]
    assert settled([row], at=NOON, heard=others) == [row]


def test_when_nobody_is_heard_the_outage_is_ours():
    """A gateway that was down does not accuse a province."""
    assert settled([finding(SILENCE)], at=NOON, heard={"b": NOON - dt.timedelta(hours=1)}) == []
    assert settled([finding(SILENCE)], at=NOON, heard={}) == []


def test_what_was_measured_is_ripe_at_once():
    """An exceedance does not get better by waiting."""
    row = finding("hourly_mean_exceedance")
    assert settled([row], at=DAY, heard={}) == [row]


def test_every_rule_named_here_exists():
    """A renamed rule would otherwise be ripe too early."""
    assert OF_WHOLE_DAYS | {SILENCE} <= set(rule.names())
