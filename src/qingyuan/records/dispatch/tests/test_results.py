"""After the visit, credit in the draw, leave, and what leaders and planners read."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.dispatch import actions, board, credit, people, plan_queries, pool, results
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.result_models import CreditGrade, Leave, VisitResult

from .cast_draws import approved_plan, drawn
from .cast_visits import AT, officer, place, sent

pytestmark = [pytest.mark.usefixtures("province", "db", "files")]
DAY = dt.timedelta(days=1)


def finished() -> Assignment:
    task = sent()
    actions.take(task, "start", by=officer("李明"), at=AT)
    return actions.take(task, "finish", by=officer("李明"), at=AT)


def test_a_result_is_due_twenty_working_days_after_the_visit_ended():
    """广东公示办法 art. 21; the day comes from the trail, not from today."""
    task = finished()
    (found, day, due), = results.waiting(officer("吴海涛"))
    assert (found, day) == (task, AT.date()) and due.budget == 20 and due.due_on == dt.date(2026, 10, 19)  # 25-27 September and 1-7 October are off, 20 September and 10 October are worked


def test_who_went_records_and_another_publishes_and_no_name_of_a_person_is_told():
    task, li = finished(), officer("李明")
    with pytest.raises(NotAllowed, match="由本次检查的检查人员或负责人填写"):
        results.record_result(task, result="none_found", note="", by=officer("冯磊"), at=AT)
    row = results.record_result(task, result="corrected", note="已责令改正", by=li, at=AT)
    with pytest.raises(NotAllowed, match="已填写结果"):
        results.record_result(task, result="corrected", note="", by=li, at=AT)
    with pytest.raises(NotAllowed, match="两人核对"):
        results.publish(row, by=li, at=AT)
    assert results.public_results(year=2026) == []
    results.publish(row, by=officer("郑静"), at=AT)
    told, = results.public_results(year=2026)
    assert told["result"] == "发现问题已责令改正" and "李明" not in str(told) and "异味" not in str(told) and len(told["certificates"]) == 2


@pytest.mark.parametrize(("state", "result", "error"), [("started", "none_found", NotAllowed), ("finished", "off_site", BadInput), ("finished", "great", BadInput)])
def test_a_result_out_of_order_or_unknown_is_not_written(state, result, error):
    task = finished()
    Assignment.objects.filter(pk=task.pk).update(state=state)
    with pytest.raises(error):
        results.record_result(task, result=result, note="", by=officer("李明"), at=AT)
    assert not VisitResult.objects.exists()


# -- credit -------------------------------------------------------------------------------------------------------------------


def handed(lines: str, source: str = "省信用系统") -> int:
    return credit.take_grades(lines=lines, source=source, by=officer("李明"), at=AT)


def test_a_bad_grade_weighs_more_in_the_draw_from_its_first_day_on():
    code, paper = place().code, place("东山造纸有限公司").code
    assert handed(f"{code}，黑，2026-09-01\n{paper},green,2026-10-01") == 2
    plan = approved_plan()
    weights = {row["id"]: row for row in pool.pool_of(officer("李明"), plan, name="x", beacon={"source": "welfare_lottery_ssq", "round": "1", "earliest": ""}, on=AT.date())["objects"]}
    assert "信用黑 3000" in weights[code]["working"] and "信用未评 1000" in weights[paper]["working"]
    assert weights[code]["weight"] == 3 * weights[paper]["weight"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [("", "每行填"), ("NOPE,红,2026-01-01", "没有登记"), ("{code},紫,2026-01-01", "绿、蓝、黄"), ("{code},红", "三项"), ("{code},红,昨天", "2026-01-01"), ("{code},红,2026-01-01\nNOPE,红,2026-01-01", "第2行")],
)
def test_grades_that_cannot_be_read_are_refused_whole_with_the_line(lines, said):
    with pytest.raises(BadInput, match=said):
        handed(lines.format(code=place().code))
    assert not CreditGrade.objects.exists()
    with pytest.raises(BadInput, match="来源"):
        handed("x", source=" ")


def test_the_same_grade_twice_is_one_and_a_corrected_one_replaces_it():
    handed(f"{place().code},红,2026-09-01")
    handed(f"{place().code},黄,2026-09-01")
    assert CreditGrade.objects.get().grade == "yellow" and credit.grades([place()], AT.date()) == {place().code: "yellow"}
    assert credit.grades([place()], dt.date(2026, 8, 31)) == {}


# -- people -------------------------------------------------------------------------------------------------------------------


def leave(**given) -> Leave:
    return people.note_leave(**{"officer": officer("王建国"), "began": AT.date(), "ended": AT.date() + DAY, "why": "年休假", "by": officer("吴海涛"), "at": AT, **given})


def test_who_is_on_leave_is_not_sent():
    leave()
    with pytest.raises(NotAllowed, match="王建国2026-09-15至2026-09-16请假"):
        sent()


@pytest.mark.parametrize(("given", "error"), [({"ended": dt.date(2026, 9, 1)}, BadInput), ({"why": " "}, BadInput), ({"by": None}, NotAllowed)])
def test_leave_that_cannot_be_used_is_not_written(given, error):
    if "by" in given:
        given = {"by": officer("冯磊")}
    with pytest.raises(error):
        leave(**given)
    assert not Leave.objects.exists()


def test_the_board_says_who_is_where_from_tasks_alone_and_whose_certificate_runs_out_first():
    feng = officer("冯磊")
    feng.certificate_to = AT.date() + 30 * DAY
    feng.save()
    task = sent()
    actions.take(task, "start", by=officer("李明"), at=AT)
    rows = board.team(officer("吴海涛"), AT.date(), 90)
    assert rows[0].officer == feng and rows[0].left == 30
    assert {row.officer.name: [one.facility.name for one in row.places] for row in rows}["李明"] == ["清河水泥有限公司"]


def test_a_surprise_check_is_on_no_board_and_in_no_calendar():
    sent(is_surprise=True, due_on=dt.date(2026, 9, 20))
    wu = officer("吴海涛")
    assert all(row.waiting == 0 for row in board.team(wu, AT.date(), 90))
    assert not [row for row in board.dated(wu, 2026) if row[1] == "tasks"]
    assert [row for row in board.dated(officer("李明"), 2026) if row[1] == "tasks"]


def test_the_calendar_sets_quotas_against_what_was_drawn():
    drawn(approved_plan())
    line = next(row for row in board.quotas(officer("吴海涛"), 2026) if row["label"] == "市级抽查重点排污单位")
    assert {period: count for period, count, _ in line["quarters"]}["2026Q3"] == line["quota"] > 0


# -- draws in public ----------------------------------------------------------------------------------------------------------


def test_a_draw_is_public_from_its_sealing_and_its_bundle_only_when_all_results_are():
    draw = drawn(approved_plan())
    told, = plan_queries.public_draws(year=2026)
    assert told["digest"] == draw.digest and not told["has_bundle"] and place().name not in str(told)
    with pytest.raises(NotAllowed, match="全部公开后提供"):
        plan_queries.public_bundle(draw)
    type(draw).objects.filter(pk=draw.pk).update(state="published")
    draw.refresh_from_db()
    assert plan_queries.public_bundle(draw)["digest"] == draw.digest
