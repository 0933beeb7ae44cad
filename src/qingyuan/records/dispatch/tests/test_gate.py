"""The gate before a visit: 国办发〔2024〕54号, Penalty Law arts. 42, 43, 优化营商环境条例 art. 54."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.dispatch import actions, gate, items, queries, sending
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.states import BARRED
from qingyuan.records.dispatch.visit_models import OutsideVisit

from .cast_draws import approved_plan
from .cast_visits import AT, inspectors_of, officer, place, planner, sent

pytestmark = [pytest.mark.usefixtures("province", "db")]


def outside(days: int = 5, department: str = "应急管理局") -> OutsideVisit:
    return sending.note_outside(facility=place(), department=department, planned_on=AT.date() + dt.timedelta(days=days), items="安全生产", by=officer("李明"), at=AT)


def test_a_task_carries_what_the_gate_found():
    task = sent()
    assert [line["name"] for line in task.gate] == ["basis", "items", "cap", "positive", "overlap"]
    assert {line["state"] for line in task.gate} <= {"good", "warn"} and task.items == ["EE-I01", "EE-I03"]
    assert task.reason == "群众反映夜间异味"


@pytest.mark.parametrize("role", sorted(BARRED))
def test_grid_workers_third_parties_and_trainees_never_hold_an_inspection_task(role):
    """国办发〔2024〕54号: not even with a certificate, and whatever way leads to the task."""
    wang = officer("王建国")
    wang.roles = ["inspector", role]
    wang.save()
    with pytest.raises(NotAllowed, match="不得承担涉企检查任务"):
        sent()
    with pytest.raises(NotAllowed, match="不得承担涉企检查任务"):
        actions.issue(facility=place(), basis="complaint", reason="x", clue=None, inspectors=[officer("李明"), wang], by=officer("李明"), at=AT)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(("certificate", "said"), [("", "无效"), ("9901", "无效")])
def test_nobody_without_a_certificate_that_holds_that_day_is_sent(certificate, said):
    """Penalty Law art. 42."""
    wang = officer("王建国")
    wang.certificate_number, wang.certificate_to = certificate, AT.date() - dt.timedelta(days=1)
    wang.save()
    with pytest.raises(NotAllowed, match=said):
        sent()


def test_an_item_that_is_not_published_is_not_inspected():
    with pytest.raises(NotAllowed, match="EE-X99不在公布的检查事项清单内"):
        sent(items=["EE-I01", "EE-X99"])


def test_every_published_item_has_an_article_in_force_before_and_after_the_code():
    for day in (dt.date(2026, 8, 14), dt.date(2026, 8, 15)):
        found = items.items(day)
        assert len(found) == 18 and all(one.basis for one in found)
    assert not set(items.items(dt.date(2026, 8, 14))[0].basis) & set(items.items(dt.date(2026, 8, 15))[0].basis) - {"《排污许可管理条例》第二十四条"}


def test_the_published_cap_stops_a_planned_visit_and_not_a_case_driven_one():
    approved_plan(frequency_cap=1)
    first = sent(basis="campaign", reason="绿剑")
    actions.cancel(first, why="换人", by=officer("李明"), at=AT)
    second = sent(basis="campaign", reason="绿剑")  # a task called off does not count
    Assignment.objects.filter(pk=second.pk).update(state="finished", issued_on=dt.date(2026, 3, 1))
    with pytest.raises(NotAllowed, match="达到《.*》公布的上限1次"):
        sent(basis="campaign", reason="绿剑")
    assert "不计入上限" in sent().gate[2]["said"]


def test_another_departments_visit_near_in_time_is_offered_for_merging():
    """综合查一次: merged, or the reason why not."""
    row = outside()
    with pytest.raises(NotAllowed, match="请合并（综合查一次）"):
        sent(basis="campaign", reason="绿剑")
    task = sent(basis="campaign", reason="绿剑", merge=[row])
    row.refresh_from_db()
    assert row.merged_into == task and task.departments[0]["department"] == "应急管理局"
    assert gate.near_visits(place(), AT.date(), officer("李明"), but=task) == []


def test_who_does_not_merge_says_why():
    outside()
    task = sent(basis="campaign", reason="绿剑", answer="对方只查消防，时间不能调整")
    assert "时间不能调整" in task.gate[4]["said"]


def test_a_visit_far_away_in_time_is_no_overlap():
    outside(days=31)
    assert sent(basis="campaign", reason="绿剑").gate[4]["state"] == "good"


def test_a_complaint_is_told_of_the_overlap_and_not_stopped_by_it():
    outside()
    assert sent().gate[4]["state"] == "warn"


def test_a_visit_is_merged_once():
    row = outside()
    task = sent(merge=[row])
    with pytest.raises(NotAllowed, match="已并入其他任务"):
        sending.merge_outside(row, into=task, by=officer("李明"), at=AT)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"department": " "}, "部门"), ({"items": ""}, "事项"), ({"planned_on": dt.date(2026, 9, 14)}, "已过")],
)
def test_an_outside_visit_that_cannot_be_used_is_not_written(given, said):
    told = {"facility": place(), "department": "应急管理局", "planned_on": AT.date(), "items": "安全", "by": officer("李明"), "at": AT, **given}
    with pytest.raises(BadInput, match=said):
        sending.note_outside(**told)
    assert not OutsideVisit.objects.exists()


def test_the_same_outside_visit_twice_is_told_once():
    outside()
    with pytest.raises(BadInput, match="已经登记"):
        outside()


@pytest.mark.parametrize(
    ("given", "said"),
    [({"reason": "  "}, "事由"), ({"basis": "draw"}, "抽查页派发"), ({"basis": "好奇"}, "没有检查依据"), ({"due_on": dt.date(2026, 9, 1)}, "早于派发日期")],
)
def test_a_task_without_its_conditions_is_refused_with_the_reason(given, said):
    with pytest.raises(NotAllowed, match=said):
        sent(**given)
    assert not Assignment.objects.exists()


def test_a_way_of_working_nobody_knows_is_refused_by_name():
    with pytest.raises(BadInput, match="驻点督查"):
        sent(mode="beach")


@pytest.mark.parametrize("mode", ["stationed", "mobile", "grave"])
def test_cross_jurisdiction_work_is_not_done_at_home(mode):
    """异地交叉执法: the city's own people do not go, people of another city do, with a letter of jurisdiction."""
    with pytest.raises(NotAllowed, match="在其本辖区"):
        sent(mode=mode, authority_letter="示环执〔2026〕5号", by=planner())
    others = inspectors_of("9902")
    with pytest.raises(NotAllowed, match="指定管辖或授权"):
        sent(mode=mode, inspectors=others, by=planner())
    task = sent(mode=mode, inspectors=others, by=planner(), authority_letter="示环执〔2026〕5号")
    assert queries.assignment(others[0], task.number) == task  # who is sent reaches the task outside their own division


def test_the_list_of_candidates_says_who_is_at_home():
    rows = {one.agency.division.name: why for one, why in queries.candidates(planner(), place(), AT.date(), "stationed")}
    assert "本辖区" in rows["清源市"] and rows["云汐市"] == ""


def test_a_surprise_check_is_known_to_its_planner_alone_until_it_begins():
    """四不两直: not even those sent, nor the leader, nor the list of open tasks."""
    li, wang, wu = officer("李明"), officer("王建国"), officer("吴海涛")
    task = sent(is_surprise=True, inspectors=[wang, officer("冯磊")])
    seen = {person.name: task in queries.assignments(person) for person in (li, wang, wu)}
    assert seen == {"李明": True, "王建国": False, "吴海涛": False} and not queries.open_tasks(wang).exists()
    with pytest.raises(NotAllowed, match="揭晓"):
        actions.take(task, "start", by=wang, at=AT)
    assert gate.near_visits(place(), AT.date(), wu) == []
    with pytest.raises(NotAllowed) as refusal:
        sent(by=wu, inspectors=[li, wang])
    assert task.number not in str(refusal.value)
    with pytest.raises(NotAllowed, match="由派发人揭晓"):
        sending.reveal(task, by=wang, at=AT)
    sending.reveal(task, by=li, at=AT)
    assert task in queries.assignments(wang) and task not in queries.assignments(wu)
    actions.take(task, "start", by=wang, at=AT)
    assert task in queries.assignments(wu)


def test_a_surprise_check_called_off_stays_unknown():
    task = sent(is_surprise=True)
    actions.cancel(task, why="改期", by=officer("李明"), at=AT)
    assert task not in queries.assignments(officer("吴海涛"))
