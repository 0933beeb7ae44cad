"""Missing periods are found, and asked for within a budget."""

from __future__ import annotations

import datetime as dt

from qingyuan.engines.sense.gaps import Budget, GapFinder, Pull

AT = dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def hour(n: float) -> dt.datetime:
    return AT + dt.timedelta(hours=n)


def fed(hours, **budget) -> GapFinder:
    finder = GapFinder(Budget(**budget))
    for n in hours:
        finder.see("A", "2061", hour(n))
    return finder


def test_holes_and_a_missing_end_are_found_newest_first():
    finder = fed([0, 1, 2, 5, 6, 8])
    assert finder.missing("A", "2061", hour(11.5)) == [(hour(9), hour(9)), (hour(7), hour(7)), (hour(3), hour(4))]


def test_the_hour_that_may_still_come_is_not_missing():
    assert fed([0, 1]).missing("A", "2061", hour(3.1)) == []
    assert fed([0, 1]).missing("A", "2061", hour(4.4)) == [(hour(2), hour(2))]


def test_late_arrivals_close_the_gap():
    finder = fed([0, 1, 4])
    assert finder.due(hour(6), {"A"}) == [Pull("A", "2061", hour(2), hour(3))]
    finder.see("A", "2061", hour(3))
    finder.see("A", "2061", hour(2))
    assert finder.due(hour(6), {"A"}) == []


def test_nothing_is_asked_of_a_device_that_is_offline():
    assert fed([0, 3]).due(hour(5), set()) == []


def test_asking_keeps_to_the_budget_of_the_device_and_of_the_minute():
    finder = fed(range(0, 40, 2), per_device_and_hour=3)
    assert len(finder.due(hour(40), {"A"})) == 3
    assert finder.due(hour(40.5), {"A"}) == []
    assert len(finder.due(hour(41.1), {"A"})) == 3
    finder = fed(range(0, 40, 2), per_device_and_hour=99, all_per_minute=5)
    assert len(finder.due(hour(40), {"A"})) == 5


def test_a_window_is_asked_for_a_few_times_only():
    finder = fed([0, 2], tries=2)
    assert [len(finder.due(hour(4 + n * 0.2), {"A"})) for n in range(4)] == [1, 1, 0, 0]


def test_a_silent_device_is_left_alone_for_a_day():
    finder = fed([0, 1, 4, 5], silences=2)
    finder.silent("A", hour(6))
    assert finder.due(hour(6), {"A"})
    finder.silent("A", hour(6))
    assert finder.due(hour(7), {"A"}) == []
    assert finder.due(hour(30.5), {"A"})


def test_minute_data_learn_their_step():
    finder = GapFinder()
    for minute in (0, 5, 10, 25):
        finder.see("A", "2051", AT + dt.timedelta(minutes=minute))
    (window,) = finder.missing("A", "2051", AT + dt.timedelta(minutes=45))
    assert window == (AT + dt.timedelta(minutes=15), AT + dt.timedelta(minutes=20))


def test_a_call_looks_at_a_part_of_the_devices_and_every_device_has_its_turn():
    finder = GapFinder()
    for n in range(10):
        for at in (0, 3):
            finder.see(f"D{n}", "2061", hour(at))
    online = {f"D{n}" for n in range(10)}
    asked = [[pull.mn for pull in finder.due(hour(6), online, turns=5)] for _ in range(5)]
    assert [len(one) for one in asked] == [2] * 5 and {mn for one in asked for mn in one} == online


def test_the_province_as_a_whole_is_asked_no_more_than_so_often_a_minute():
    finder = GapFinder(Budget(all_per_minute=3))
    for n in range(10):
        for at in (0, 3):
            finder.see(f"D{n}", "2061", hour(at))
    online = {f"D{n}" for n in range(10)}
    assert [len(finder.due(hour(6 + n / 120), online)) for n in range(4)] == [3, 0, 3, 0]
