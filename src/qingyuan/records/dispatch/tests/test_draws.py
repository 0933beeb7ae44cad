"""Plans and random draws on the records.  优化营商环境条例 art. 54; Penalty Law arts. 42, 43."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.engines.draw import seal
from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.law import rulebook
from qingyuan.records.dispatch import actions, draws, plan_queries, plans, pool, queries
from qingyuan.records.dispatch.models import Assignment, Draw, DrawnItem, Recusal
from qingyuan.records.registry.models import Event, Facility, Officer
from qingyuan.testing import small_province

from .cast_draws import AFTER, AT, NUMBERS, OUT, approved_plan, committed, drawn, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.QINGYUAN_DATA = tmp_path / "telemetry"
    small_province(AT)


def test_quotas_come_from_the_rule_book_with_their_sum_and_grade():
    """环办〔2015〕88号: five per cent of key dischargers each quarter."""
    line = plans.draw_up(year=2026, by=officer("李明"), on=AT.date(), at=AT).quotas[0]
    share = rulebook.load().get("draw/city_key", on=AT.date())["permille"]
    count = Facility.objects.filter(city_code=officer("李明").agency.division_id, is_key_discharger=True).count()
    assert line["quota"] == -(-share * count // 1000) and str(count) in line["working"]
    assert line["grade"] == "C" and "随机抽查" in line["citation"]


@pytest.mark.parametrize("level, scope, counts, officers, quotas", [
    ("city", "national", {"key": 101, "plain": 400}, 7, [6, 9]), ("county", "national", {"key": 30}, 4, [8]), ("county", "guangdong", {"key": 4, "plain": 1000}, 6, [1, 15]),
    ("county", "chizhou", {"key": 30, "plain": 100}, 4, [8, 5]), ("city", "national", {"key": 0, "plain": 2}, 7, [0, 2]),
])  # fmt: skip
def test_each_ratio_rounds_up_and_never_above_what_there_is(level, scope, counts, officers, quotas):
    lines = pool.quota_lines(level=level, scope=scope, counts=counts, officers=officers, on=AT.date())
    assert [line["quota"] for line in lines] == quotas


def test_a_plan_is_approved_by_a_leader_who_did_not_draw_it_up():
    plan = plans.draw_up(year=2026, by=officer("吴海涛"), on=AT.date(), at=AT)
    with pytest.raises(NotAllowed, match="拟订人以外"):
        plans.approve(plan, by=officer("吴海涛"), on=AT.date(), at=AT)
    with pytest.raises(NotAllowed, match="岗位"):
        plans.approve(plan, by=officer("李明"), on=AT.date(), at=AT)
    with pytest.raises(NotAllowed, match="已经拟订"):
        plans.draw_up(year=2026, by=officer("李明"), on=AT.date(), at=AT)
    with pytest.raises(NotAllowed, match="尚未批准"):
        committed(plan)


@pytest.mark.parametrize("better, worse", [
    ({"credit": "green"}, {"credit": "red"}), ({"confirmed": 0}, {"confirmed": 2}), ({"months_since": 3}, {"months_since": 11}), ({"months_since": 11}, {"months_since": None}),
])  # fmt: skip
def test_bad_credit_risk_and_long_absence_raise_the_weight(better, worse):
    """浙江综合行政执法条例 art. 21: probability goes up for bad credit and high risk."""
    plain = {"credit": "blue", "confirmed": 0, "months_since": 6, "on": AT.date()}
    assert pool.weigh(**{**plain, **better})[0] < pool.weigh(**{**plain, **worse})[0]


def test_the_commitment_is_sealed_before_anything_is_drawn(settings):
    draw = committed(approved_plan())
    assert draw.state == "committed" and not draw.items.exists()
    assert seal.sealed_draws(settings.QINGYUAN_DATA, draw.commitment["plan"]) == [(1, draw.digest)]
    assert plan_queries.pool_summary(draw)[0]["count"] == len(draw.commitment["objects"])


def test_the_draw_makes_items_that_a_stranger_can_recompute():
    draw = drawn(approved_plan())
    item = draw.items.get()
    assert draw.state == "drawn" and item.officers.count() == 2
    assert plan_queries.bundle_problems(officer("李明"), draw) == []
    told = plan_queries.bundle(officer("李明"), draw)["result"][0]
    assert told["object"] == item.facility.code and set(told["officers"]) == {o.certificate_number for o in item.officers.all()}


@pytest.mark.parametrize("change, words", [
    ({"published_at": AT - dt.timedelta(hours=1)}, "封存"), ({"value": "3 7 11"}, "写法"), ({"published_at": AFTER + dt.timedelta(days=1)}, "还没有到"), ({"evidence": " "}, "何处"),
])  # fmt: skip
def test_a_seed_that_is_early_unreadable_or_of_nowhere_is_refused(change, words):
    draw = committed(approved_plan())
    given = {"value": NUMBERS, "published_at": OUT, "evidence": "公告", **change}
    with pytest.raises((NotAllowed, BadInput), match=words):
        draws.run_draw(draw, by=officer("李明"), at=AFTER, **given)
    assert Draw.objects.get().state == "committed" and not DrawnItem.objects.exists()


def test_a_second_draw_of_the_quarter_names_the_first_and_why():
    """Redraws cannot hide."""
    plan = approved_plan()
    first = drawn(plan)
    with pytest.raises(NotAllowed, match="理由"):
        committed(plan, at=AFTER, earliest=AFTER + dt.timedelta(hours=12))
    second = committed(plan, why="冯磊的执法证件失效", at=AFTER, earliest=AFTER + dt.timedelta(hours=12))
    first.refresh_from_db()
    assert (first.state, second.number, second.replaces) == ("replaced", 2, first)
    assert second.commitment["redraws"] == {"number": 1, "digest": first.digest, "why": "冯磊的执法证件失效"}
    assert any("第 2 次" in said for said in plan_queries.bundle_problems(officer("李明"), first))
    with pytest.raises(NotAllowed, match="已被替代"):
        draws.send(first.items.get(), by=officer("李明"), at=AFTER)


def test_a_commitment_sealed_but_lost_from_the_records_still_counts():
    """A crash between the ledger and the database leaves a leaf; the next commitment is the second."""
    plan = approved_plan()
    committed(plan).delete()
    assert committed(plan).number == 2


def test_no_redraw_once_a_visit_was_sent():
    plan = approved_plan()
    draws.send(drawn(plan).items.get(), by=officer("李明"), at=AFTER)
    with pytest.raises(NotAllowed, match="不能重抽"):
        committed(plan, why="名单不合适", at=AFTER, earliest=AFTER + dt.timedelta(hours=12))


def outsiders(draw: Draw) -> list[Officer]:
    """People of the same city who neither ran the draw nor were drawn."""
    known = {draw.drawn_by_id, *draw.items.get().officers.values_list("pk", flat=True)}
    return [o for o in Officer.objects.filter(agency__division=draw.division) if o.pk not in known]


def test_the_drawn_list_is_secret_until_the_visit():
    """环办〔2015〕88号 as Guangdong carries it out: nobody but who drew and who goes."""
    draw = drawn(approved_plan())
    item = draw.items.get()
    task = draws.send(item, by=officer("李明"), at=AFTER)
    for person in outsiders(draw):
        assert not plan_queries.drawn_items(person, draw).exists() and plan_queries.hidden_count(person, draw) == 1
        assert task not in queries.assignments(person) and not queries.assignments_of(person, facility=item.facility).exists()
        with pytest.raises(NotYours):
            queries.assignment(person, task.number)
        with pytest.raises(NotYours):
            plan_queries.drawn_item(person, draw, item.order)
        with pytest.raises(NotAllowed, match="验证包"):
            plan_queries.bundle(person, draw)
    for person in (officer("李明"), *item.officers.all()):
        assert plan_queries.drawn_items(person, draw).get() == item and queries.assignment(person, task.number) == task
    actions.take(task, "start", by=item.officers.first(), at=AFTER)
    for person in outsiders(draw):
        assert plan_queries.drawn_items(person, draw).get() == item and queries.assignment(person, task.number) == task
        assert plan_queries.bundle(person, draw)["digest"] == draw.digest


def test_the_trail_and_refusals_do_not_tell_the_list():
    draw = drawn(approved_plan())
    item = draw.items.get()
    task = draws.send(item, by=officer("李明"), at=AFTER)
    told = "".join(f"{event.before}{event.after}{event.why}" for event in Event.objects.all())
    assert item.facility.name not in told and item.facility.code not in told
    refusal = actions.why_not_assign(facility=item.facility, inspectors=list(item.officers.all()), on=AFTER.date())
    assert any("未完成" in reason for reason in refusal) and not any(task.number in reason for reason in refusal)


def test_another_city_sees_nothing_of_the_draw():
    draw = drawn(approved_plan())
    stranger = officer("冯永福", "9902")
    assert not plan_queries.draws(stranger).exists() and not plan_queries.plans(stranger).exists()
    with pytest.raises(NotYours):
        plan_queries.draw(stranger, draw.pk)


def test_who_must_stand_back_is_not_drawn_for_that_place():
    """Penalty Law art. 43: 冯磊 stands back everywhere, so the other two go."""
    for facility in Facility.objects.filter(city_code=officer("李明").agency.division_id):
        Recusal.objects.create(officer=officer("冯磊"), facility=facility, reason="近亲属任职", decided_on=AT.date())
    assert {o.name for o in drawn(approved_plan()).items.get().officers.all()} == {"李明", "王建国"}


def test_only_who_drew_sends_and_the_drawn_people_go():
    draw = drawn(approved_plan())
    item = draw.items.get()
    with pytest.raises(NotAllowed, match="保密"):
        draws.send(item, by=officer("王建国"), at=AFTER)
    task = draws.send(item, by=officer("李明"), at=AFTER)
    assert (task.basis, set(task.inspectors.all())) == ("draw", set(item.officers.all()))
    with pytest.raises(NotAllowed, match="已派发"):
        draws.send(item, by=officer("李明"), at=AFTER)


def test_a_result_needs_a_visit_and_is_public_within_twenty_working_days():
    """国发〔2019〕5号; 广东公示办法 art. 21."""
    draw = drawn(approved_plan())
    item = draw.items.get()
    task = draws.send(item, by=officer("李明"), at=AFTER)
    lead = item.officers.first()
    with pytest.raises(NotAllowed, match="尚未完成"):
        draws.record_result(item, result="none_found", note="", on=AFTER.date(), by=lead, at=AFTER)
    with pytest.raises(NotAllowed, match="没有可以公开|还没有"):
        draws.publish_results(draw, by=officer("郑静"), on=AFTER.date(), at=AFTER)
    for name in ("start", "finish"):
        actions.take(task, name, by=lead, at=AFTER)
    draws.record_result(item, result="corrected", note="危废标识缺失，已改正", on=dt.date(2026, 9, 20), by=lead, at=AFTER)
    due = draws.publication_due(item)
    assert due.due_on == dt.date(2026, 10, 23) and due.grade == "C"
    assert [pair[1].due_on for pair in plan_queries.unpublished(officer("郑静"), AFTER.date())] == [due.due_on]
    with pytest.raises(NotAllowed, match="岗位"):
        draws.publish_results(draw, by=officer("李明"), on=AFTER.date(), at=AFTER)
    assert draws.publish_results(draw, by=officer("郑静"), on=AFTER.date(), at=AFTER) == 1
    told = plan_queries.public_results(year=2026)[0]
    assert draw.state == "published" and told["result"] == "发现问题已责令改正" and len(told["certificates"]) == 2
    assert not any(person.name in str(told) for person in item.officers.all())


def test_the_cap_holds_for_planned_visits_and_not_for_cases():
    """国办发〔2024〕54号: case-driven checks lie outside the cap."""
    plan = approved_plan(frequency_cap=1)
    draw = drawn(plan)
    item = draw.items.get()
    people = list(item.officers.all())
    task = draws.send(item, by=officer("李明"), at=AFTER)
    for name in ("start", "finish"):
        actions.take(task, name, by=people[0], at=AFTER)
    for basis, refused in (("draw", True), ("campaign", True), ("clue", False), ("complaint", False), ("case", False)):
        reasons = actions.why_not_assign(facility=item.facility, inspectors=people, on=AFTER.date(), basis=basis)
        assert any("上限1次" in reason for reason in reasons) is refused, basis
    row = pool.object_rows([item.facility], {}, AFTER.date())[0]
    assert (row["weight"], row["working"]) == (0, "年度频次已达上限")
    assert actions.why_not_assign(facility=item.facility, inspectors=people, on=dt.date(2027, 3, 1), basis="draw") == []


def test_a_visit_called_off_does_not_count_against_the_cap():
    plan = approved_plan(frequency_cap=1)
    item = drawn(plan).items.get()
    task = draws.send(item, by=officer("李明"), at=AFTER)
    actions.cancel(task, why="企业停产", by=officer("李明"), at=AFTER)
    assert pool.planned_visits([item.facility], 2026) == {}
    assert draws.send(item, by=officer("李明"), at=AFTER).pk != task.pk and Assignment.objects.count() == 2


def test_a_large_pool_takes_no_query_per_facility(django_assert_max_num_queries):
    """Thousands of facilities: what is known of them is read in bulk."""
    with django_assert_max_num_queries(6):
        rows = pool.object_rows(list(Facility.objects.order_by("code")), {"99010200001": "red"}, AT.date())
    weights = {row["id"]: row["weight"] for row in rows}
    assert len(rows) == Facility.objects.count() and weights["99010200001"] > weights["99012100002"]
