"""Device clocks are measured, never changed."""

from __future__ import annotations

import datetime as dt

from qingyuan.engines.sense.skew import Estimate, SkewLedger

AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
S = 1_000_000


def test_the_packet_least_delayed_tells_the_offset_best():
    estimate = Estimate()
    for minute, delay_s in enumerate((3.0, 0.4, 7.0, 1.0)):
        now = minute * 60 * S
        estimate.take(int(now + 90 * S), int(now + delay_s * S))
    assert abs(estimate.offset_s - 89.6) < 1e-6 and not estimate.is_beyond


def test_only_news_is_told_and_at_least_once_an_hour():
    estimate = Estimate()
    told = [estimate.take(minute * 60 * S + 5 * S, minute * 60 * S) for minute in range(130)]
    assert [n for n, is_news in enumerate(told) if is_news] == [0, 60, 120]


def test_a_clock_that_was_set_is_believed_at_once():
    estimate = Estimate()
    for minute in range(5):
        estimate.take(minute * 60 * S + 400 * S, minute * 60 * S)
    assert estimate.is_beyond
    assert estimate.take(300 * S, 300 * S)
    assert estimate.offset_s == 0.0 and not estimate.is_beyond


def test_the_ledger_corrects_with_the_offset_of_that_time():
    ledger = SkewLedger()
    ledger.add("A", AT, 60.0)
    ledger.add("A", AT + dt.timedelta(hours=2), 0.0)
    assert ledger.corrected("A", AT + dt.timedelta(hours=1)) == AT + dt.timedelta(minutes=59)
    assert ledger.corrected("A", AT + dt.timedelta(hours=3)) == AT + dt.timedelta(hours=3)
    assert ledger.offset("A", AT - dt.timedelta(days=1)) == 60.0
    assert ledger.corrected("B", AT) == AT
