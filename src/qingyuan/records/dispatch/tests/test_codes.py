"""The task code at the gate, and a rating that nobody can trace.  国办发〔2024〕54号; Penalty Law arts. 42, 55."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.apps import apps
from django.core import serializers

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.dispatch import actions, codes, door, gate, sending, visit_queries
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.visit_models import RatingTally, VisitCode
from qingyuan.records.registry.models import Event

from .cast_visits import AT, officer, place, sent

pytestmark = [pytest.mark.usefixtures("province", "db", "files")]
DAY = dt.timedelta(days=1)


def shown(**given) -> VisitCode:
    return codes.show_code(sent(**given), by=officer("李明"), at=AT)


def finished(name: str = "清河水泥有限公司") -> VisitCode:
    row = shown(facility=place(name))
    Assignment.objects.filter(pk=row.assignment_id).update(state="finished")
    return codes.find(row.code)


def five(mark: int) -> dict[str, int]:
    return dict.fromkeys(codes.QUESTIONS, mark)


def test_a_code_says_who_comes_by_what_right_to_look_at_what():
    row = shown()
    told = row.told
    assert [one["name"] for one in told["officers"]] == ["李明", "王建国"] and all(one["certificate"] for one in told["officers"])
    assert told["body"] == "清源市生态环境局" and told["basis"] == "投诉举报" and told["items"][0]["name"] == "排污许可证执行情况"
    assert codes.standing(row, AT).may_enter and "异味" not in json.dumps(told, ensure_ascii=False)  # who complained is not told


def test_a_code_with_one_letter_changed_is_not_signed():
    row = shown()
    assert door.is_signed_visit(row.told, row.signature)
    row.told["officers"][0]["name"] = "李鬼"
    row.save(update_fields=["told"])
    assert codes.standing(codes.find(row.code), AT).state == "forged"
    assert not door.is_signed_visit(row.told, "不是签名") and not door.is_signed_visit(row.told, "AAAA")


def test_the_same_task_shows_the_same_code_until_its_people_change():
    row = shown()
    assert codes.show_code(row.assignment, by=officer("李明"), at=AT) == row
    row.assignment.inspectors.set([officer("李明"), officer("冯磊")])
    fresh = codes.show_code(row.assignment, by=officer("李明"), at=AT)
    assert fresh != row and codes.standing(codes.find(row.code), AT).state == "withdrawn"


def test_only_who_is_sent_shows_a_code_and_only_with_a_certificate():
    task = sent()
    with pytest.raises(NotAllowed, match="由本次检查的检查人员出示"):
        codes.show_code(task, by=officer("冯磊"), at=AT)
    wang = officer("王建国")
    wang.certificate_to = AT.date() - DAY
    wang.save()
    with pytest.raises(NotAllowed, match="王建国的执法证件"):
        codes.show_code(task, by=officer("李明"), at=AT)
    assert not VisitCode.objects.exists()


def test_a_surprise_check_has_no_code_before_it_is_revealed():
    task = sent(is_surprise=True)
    with pytest.raises(NotAllowed, match="揭晓"):
        codes.show_code(task, by=officer("李明"), at=AT)
    sending.reveal(task, by=officer("李明"), at=AT)
    assert codes.show_code(task, by=officer("李明"), at=AT)


def test_a_code_ends_with_the_day_of_the_task_or_of_a_certificate():
    wang = officer("王建国")
    wang.certificate_to = AT.date() + DAY
    wang.save()
    row = shown(due_on=AT.date() + 9 * DAY)
    assert row.valid_to.astimezone(AT.tzinfo).date() == AT.date() + DAY
    assert codes.standing(row, AT + 3 * DAY).state == "expired" and "已过期" in codes.standing(row, AT + 3 * DAY).said


def test_calling_the_task_off_makes_its_code_void():
    row = shown()
    actions.cancel(row.assignment, why="企业停产", by=officer("李明"), at=AT)
    now = codes.standing(codes.find(row.code), AT)
    assert now.state == "withdrawn" and "企业停产" in now.said and "可以拒绝入企" in now.said


@pytest.mark.parametrize("typed", ["", "x", "a" * 26, "a" * 27, "' OR 1=1 --", "好" * 26])
def test_a_code_we_never_issued_is_not_found(typed):
    shown()
    assert codes.find(typed) is None


def test_a_code_typed_with_blanks_and_capitals_is_found():
    row = shown()
    assert codes.find(f" {row.code[:13].upper()}-{row.code[13:]} ") == row


def test_the_enterprise_confirms_once_and_says_when_others_came():
    row = shown()
    with pytest.raises(BadInput, match="接待人"):
        codes.confirm_entry(row, receiver=" ", is_as_told=True, at=AT)
    with pytest.raises(BadInput, match="哪里不一致"):
        codes.confirm_entry(row, receiver="陈厂长", is_as_told=False, at=AT)
    codes.confirm_entry(row, receiver="陈厂长", is_as_told=False, remark="来了第三个人，没有证件", at=AT)
    with pytest.raises(NotAllowed, match="不必再次确认"):
        codes.confirm_entry(row, receiver="陈厂长", is_as_told=True, at=AT)
    assert visit_queries.entry_of(officer("吴海涛"), row.assignment).remark == "来了第三个人，没有证件"
    with pytest.raises(NotAllowed, match="已过期"):
        codes.confirm_entry(shown(facility=place("东山造纸有限公司")), receiver="x", is_as_told=True, at=AT + 400 * DAY)


def test_the_enterprise_reads_its_own_visits_and_nobody_elses():
    row = finished()
    other = shown(facility=place("东山造纸有限公司"))
    assert [visit["place"] for visit in visit_queries.visits_told_to(row, AT.date())] == ["清河水泥有限公司"]
    assert visit_queries.visits_told_to(other, AT.date()) == []  # issued, not begun: told by its own code only


# -- ratings ------------------------------------------------------------------------------------------------------------------


def dump() -> str:
    """Every row of every table of ours."""
    rows = [row for model in apps.get_models() if model.__module__.startswith("qingyuan.") for row in model._default_manager.order_by("pk")]
    return serializers.serialize("json", rows)


def test_who_gave_which_mark_and_in_which_order_cannot_be_told_from_the_records():
    """Four histories that differ in who was content and who came first leave the same records, byte by byte."""
    from django.db import transaction

    cement, paper = finished(), finished("东山造纸有限公司")
    told = set()
    for order in ([(cement, 5), (paper, 1)], [(paper, 1), (cement, 5)], [(cement, 1), (paper, 5)], [(paper, 5), (cement, 1)]):
        with transaction.atomic():
            RatingTally.objects.all().delete()
            before = RatingTally.objects.count()
            for n, (row, mark) in enumerate(order):
                codes.rate(row, marks=five(mark), on=AT.date() + n * DAY)
            rows = sorted((one["fields"]["question"], one["fields"]["mark"], one["fields"]["count"]) for one in json.loads(dump()) if one["model"].endswith("ratingtally"))
            others = json.dumps([one for one in json.loads(dump()) if not one["model"].endswith("ratingtally")], sort_keys=True)
            order_of_rows = list(RatingTally.objects.order_by("pk").values_list("question", "mark"))
            told.add(json.dumps([before, rows, others, order_of_rows]))
            transaction.set_rollback(True)
        for row in (cement, paper):
            row.refresh_from_db()
    assert len(told) == 1


def test_a_rating_leaves_no_event_and_no_column_that_could_hold_a_time_or_a_person():
    row = finished()
    events = Event.objects.count()
    codes.rate(row, marks=five(4), on=AT.date())
    assert Event.objects.count() == events
    assert {field.name for field in RatingTally._meta.fields} == {"id", "agency", "quarter", "question", "mark", "count"}


def test_a_visit_is_rated_once_after_it_ended_and_not_for_ever():
    row = shown()
    with pytest.raises(NotAllowed, match="检查完成之后"):
        codes.rate(row, marks=five(5), on=AT.date())
    row = finished("东山造纸有限公司")
    with pytest.raises(NotAllowed, match="评价期已于"):
        codes.rate(row, marks=five(5), on=AT.date() + 200 * DAY)
    codes.rate(row, marks=five(5), on=AT.date())
    with pytest.raises(NotAllowed, match="每次检查评价一次"):
        codes.rate(row, marks=five(1), on=AT.date())


@pytest.mark.parametrize("marks", [{}, {"conduct": 5}, {**dict.fromkeys(codes.QUESTIONS, 5), "other": 1}, dict.fromkeys(codes.QUESTIONS, 6), dict.fromkeys(codes.QUESTIONS, "5")])
def test_a_rating_that_is_not_whole_counts_nothing(marks):
    row = finished()
    with pytest.raises(BadInput, match="每一项都请选择"):
        codes.rate(row, marks=marks, on=AT.date())
    assert not RatingTally.objects.exists() and not VisitCode.objects.get(pk=row.pk).is_rated


def test_few_ratings_are_not_shown_at_all():
    least = gate.window("rating", AT.date())["least"]
    agency = officer("李明").agency.authority
    names = ["清河水泥有限公司", "东山造纸有限公司", "红旗电力有限公司", "安泰热力有限公司", "锦程电镀有限公司"]
    for n, name in enumerate(names, 1):
        codes.rate(finished(name), marks=five(4), on=AT.date())
        told = visit_queries.ratings(agency, "2026Q3", AT.date())
        assert (told is None) == (n < least)
    assert told[0]["given"] == 5 and told[0]["good"] == 5
