"""The burden meter: visits, minutes, repeats, caps, visits spared."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.records.dispatch import actions, burden, sending
from qingyuan.records.dispatch.models import Assignment

from .cast_draws import approved_plan
from .cast_visits import AT, inspectors_of, officer, place, sent

pytestmark = [pytest.mark.usefixtures("province", "db", "files")]


def visited(month: int, day: int, basis: str = "complaint", name: str = "清河水泥有限公司") -> Assignment:
    """A finished visit on that day."""
    task = sent(basis=basis, facility=place(name), answer="已经错开")
    Assignment.objects.filter(pk=task.pk).update(state="finished", issued_on=dt.date(2026, month, day))
    return task


def loaded(times=None) -> dict[str, burden.Load]:
    return {load.place.name: load for load in burden.loads(officer("吴海涛"), 2026, times or {})}


def test_a_second_entry_within_thirty_days_is_a_repeat_and_a_check_of_corrections_is_not():
    visited(3, 1)
    visited(3, 30)
    visited(4, 5, "reinspection")
    visited(6, 1)
    load = loaded()["清河水泥有限公司"]
    assert [visit.is_repeat for visit in load.visits] == [False, True, False, False] and load.repeats == 1
    assert "重复入企 1 次" in load.warning


def test_who_was_sent_and_never_entered_is_no_visit():
    actions.cancel(sent(), why="停产", by=officer("李明"), at=AT)
    sent()
    assert loaded() == {}


def test_minutes_come_from_entering_and_leaving_and_nobody_who_has_not_left_is_counted():
    first, second = visited(3, 1), visited(6, 1)
    began = dt.datetime(2026, 3, 2, 9, 30, tzinfo=AT.tzinfo)
    load = loaded({first.pk: (began, began + dt.timedelta(minutes=95)), second.pk: (began, None)})["清河水泥有限公司"]
    assert load.minutes == 95 and load.visits[0].on == began.date() and load.visits[1].minutes is None


def test_more_planned_visits_than_the_cap_stand_first_with_the_reason():
    approved_plan(frequency_cap=1)
    for month in (1, 4):
        task = sent(basis="complaint")
        Assignment.objects.filter(pk=task.pk).update(state="finished", basis="campaign", issued_on=dt.date(2026, month, 1))
    for month in (1, 4, 7):
        visited(month, 1, name="东山造纸有限公司")
    found = burden.loads(officer("吴海涛"), 2026, {})
    assert found[0].place.name == "清河水泥有限公司" and "超过上限 1 次" in found[0].warning and found[1].planned == 0
    row = next(one for one in burden.by_division(found) if one.division.name == "清河区")
    assert (row.over, row.visits, row.enterprises) == (1, 2, 1)


def test_a_visit_made_with_another_department_is_one_visit():
    row = sending.note_outside(facility=place(), department="应急管理局", planned_on=AT.date(), items="安全", by=officer("李明"), at=AT)
    task = sent(merge=[row])
    Assignment.objects.filter(pk=task.pk).update(state="started")
    load = loaded()["清河水泥有限公司"]
    assert len(load.visits) == 1 and burden.by_division([load])[0].merged == 1


def test_another_city_does_not_see_the_load():
    visited(3, 1)
    assert burden.loads(inspectors_of("9902")[0], 2026, {}) == []
