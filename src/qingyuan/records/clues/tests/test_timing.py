"""Clocks by scheme with their sums, and escalation: each step once, to whom the roster says."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions, schemes, timing
from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.stage_models import ClueClock, ClueMessage
from qingyuan.records.registry import duty
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Division, Facility

from .cast import AT, HOUR, cement, data_clue, found, officer

pytestmark = pytest.mark.usefixtures("province")


def test_natural_hours_run_through_the_night_and_say_how():
    clue = found(severity="orange")
    clock = clue.clocks.get(kind="triage")
    assert clock.due_at == AT + 4 * HOUR and "自然小时" in "".join(clock.lines) and clock.grade == "U"


def test_working_days_leave_the_holiday_out_and_say_so():
    """国庆: the third working day after 30 September 2026 lies behind the holiday."""
    due, lines = schemes.count({"workdays": 3}, dt.datetime(2026, 9, 30, 10, tzinfo=CHINA), is_key=False)
    assert due.date() > dt.date(2026, 10, 7) and "休息日" in "".join(lines)


def test_jiangsu_gives_a_key_discharger_four_hours_and_everybody_else_forty_eight():
    """A profile is data; its source is second hand and says so (grade C)."""
    key, other = Facility(is_key_discharger=True), Facility(is_key_discharger=False)
    told = [schemes.clock("jiangsu", "feedback", "yellow", AT, facility=place) for place in (key, other)]
    assert [clock.due_at - AT for clock in told] == [4 * HOUR, 48 * HOUR] and {clock.grade for clock in told} == {"C"}


def test_a_division_follows_the_scheme_it_chose_from_the_day_it_chose():
    leader, city = officer("吴海涛"), Division.objects.get(code="990100000000")
    with pytest.raises(BadInput, match="没有“mars”"):
        actions.choose_scheme(division=city, scheme="mars", valid_from=AT.date(), why="x", by=leader, at=AT)
    with pytest.raises(NotAllowed, match="机关负责人"):
        actions.choose_scheme(division=city, scheme="jiangsu", valid_from=AT.date(), why="x", by=officer("李明"), at=AT)
    actions.choose_scheme(division=city, scheme="jiangsu", valid_from=AT.date() + dt.timedelta(days=1), why="市局文件", by=leader, at=AT)
    place = cement()
    assert schemes.scheme_for(place.division, AT.date()) == "platform"
    assert schemes.scheme_for(place.division, AT.date() + dt.timedelta(days=1)) == "jiangsu"
    assert schemes.scheme_for(Division(code="320500000000", level="city"), AT.date()) == "jiangsu"


def test_a_clock_that_ran_out_goes_up_step_by_step_and_each_step_once():
    clue = data_clue(severity="orange")
    late = AT + 4 * HOUR
    assert timing.turn(late - HOUR / 60) == 0
    first = timing.turn(late)
    assert first > 0 and timing.turn(late) == 0 and timing.turn(late + HOUR) == 0
    assert timing.turn(late + 4 * HOUR) == len(duty.leaders_of(clue.agency))
    timing.turn(late + 24 * HOUR)
    to = set(ClueMessage.objects.filter(key__endswith=":3").values_list("officer__agency__code", flat=True))
    assert to <= {"A9900", "T9900"} and ClueClock.objects.get(clue=clue).raised == 3
    assert [event.step for event in trail(f"clue:{clue.pk}")].count("escalate") == 3


def test_two_workers_at_one_clock_take_a_step_once():
    """The second finds that its update touches no row."""
    data_clue(severity="orange")
    row = ClueClock.objects.select_related("clue__agency").get()
    twin = ClueClock.objects.select_related("clue__agency").get()
    assert (timing.raise_once(row, AT + 5 * HOUR), timing.raise_once(twin, AT + 5 * HOUR)) == (1, 0)


def test_a_worker_that_dies_in_the_middle_of_a_step_has_taken_none(monkeypatch):
    data_clue(severity="orange")

    def die(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(timing, "record_event", die)
    with pytest.raises(KeyboardInterrupt):
        timing.escalate_overdue(AT + 5 * HOUR)
    assert (ClueClock.objects.get().raised, ClueMessage.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert timing.escalate_overdue(AT + 5 * HOUR) == 1


def test_out_of_hours_the_duty_roster_decides_who_is_told():
    li, wang, leader = officer("李明"), officer("王建国"), officer("吴海涛")
    night = dt.datetime(2026, 9, 15, 22, tzinfo=CHINA)
    duty.set_shift(officer=wang, began_at=night - HOUR, ended_at=night + 8 * HOUR, by=leader, at=AT)
    clue = data_clue(severity="orange", at=night)
    actions.accept(clue, by=li, at=night)
    timing.turn(dt.datetime(2026, 9, 16, 23, 59, 30, tzinfo=CHINA))  # feedback: one working day; nobody on duty any more
    timing.turn(night)
    told = ClueMessage.objects.get(key__endswith=":1")
    assert (told.officer, told.because) == (li, "承办人（没有值班安排）")
    again = data_clue(severity="red", at=night, title="又一条")
    timing.turn(night + 2 * HOUR)
    assert set(ClueMessage.objects.filter(clue=again).values_list("officer__name", flat=True)) == {"王建国"}


def test_accepting_ends_the_triage_clock_and_ending_the_clue_ends_all():
    li, clue = officer("李明"), found(severity="orange")
    actions.accept(clue, by=li, at=AT + HOUR)
    assert clue.clocks.get(kind="triage").done_at == AT + HOUR and clue.clocks.get(kind="feedback").done_at is None
    actions.refute(clue, cause="calibration", why="校准", by=li, at=AT + 2 * HOUR)
    assert not clue.clocks.filter(done_at=None).exists() and timing.turn(AT + 90 * HOUR) == 0


def test_another_grade_counts_the_running_clocks_again_from_where_they_began():
    clue = data_clue()
    leader = officer("吴海涛")
    with pytest.raises(BadInput, match="与现在不同"):
        actions.regrade(clue, severity="yellow", why="x", by=leader, at=AT)
    actions.regrade(clue, severity="red", why="饮用水源上游", by=leader, at=AT + HOUR / 2)
    clock = clue.clocks.get(kind="triage")
    assert clock.due_at == AT + HOUR and "等级调整后重新计算" in clock.lines[-1]
    assert Clue.objects.get().severity == "red"
