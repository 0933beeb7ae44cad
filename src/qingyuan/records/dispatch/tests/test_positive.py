"""The positive list: how a place gets on it, what it exempts from, how it ends.  环办执法〔2021〕10号."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues import actions as clues
from qingyuan.records.clues.models import ClueFinding
from qingyuan.records.dispatch import actions, draws, plan_queries, pool, positive
from qingyuan.records.dispatch.models import Assignment, OffSiteCheck, PositiveListEntry
from qingyuan.records.registry.models import Facility
from qingyuan.testing import small_province

from .cast_draws import AFTER, AT, OUT, approved_plan, committed, drawn, officer

pytestmark = pytest.mark.django_db
ON = AT.date()
NOTICE_OVER = dt.date(2026, 9, 28)  # the seventh working day is 24 September; the 25th is a holiday


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.QINGYUAN_DATA = tmp_path / "telemetry"
    small_province(AT)


def facility(name: str = "红旗电力有限公司") -> Facility:
    return Facility.objects.get(name=name)


def noticed(where: Facility | None = None) -> PositiveListEntry:
    entry = positive.propose(facility=where or facility(), ground="good_management", reason="两年无突发事件，治污水平高", by=officer("李明"), on=ON, at=AT)
    return positive.give_notice(entry, by=officer("李明"), on=ON, at=AT)


def listed(where: Facility | None = None, on: dt.date = NOTICE_OVER) -> PositiveListEntry:
    return positive.enter(noticed(where), by=officer("吴海涛"), on=on, at=AFTER)


def clue(source: str = "rule", where: Facility | None = None):
    row = clues.open_clue(facility=where or facility(), source=source, title="异味", severity="yellow", began=AT, ended=AT, at=AT)
    return clues.accept(row, by=officer("李明"), at=AT)


def pair() -> list:
    return [officer("李明"), officer("王建国")]


def test_nobody_is_listed_before_the_notice_has_run():
    """湖南管理办法: seven working days; listing is possible from the day after."""
    entry = noticed()
    for on in (ON, entry.notice_ends_on):
        with pytest.raises(NotAllowed, match="公示至"):
            positive.enter(entry, by=officer("吴海涛"), on=on, at=AT)
    positive.enter(entry, by=officer("吴海涛"), on=NOTICE_OVER, at=AT)
    assert (entry.state, entry.valid_to) == ("listed", dt.date(2027, 9, 28))
    assert entry.notice_ends_on == positive.notice_due(ON).due_on < NOTICE_OVER


def test_an_objection_without_an_answer_keeps_it_off():
    entry = noticed()
    positive.note_objection(entry, objection="夜间有异味", answer="", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="异议"):
        positive.enter(entry, by=officer("吴海涛"), on=NOTICE_OVER, at=AT)
    positive.note_objection(entry, objection="夜间有异味", answer="夜间三次走航未检出", by=officer("李明"), at=AT)
    assert positive.enter(entry, by=officer("吴海涛"), on=NOTICE_OVER, at=AT).state == "listed"


def test_what_is_excluded_is_not_even_announced():
    """鄂环发〔2020〕19号: sewage works."""
    water = facility("云汐城市污水处理厂")
    entry = positive.propose(facility=water, ground="livelihood", reason="民生", by=officer("冯永福", "9902"), on=ON, at=AT)
    with pytest.raises(NotAllowed, match="污水处理"):
        positive.give_notice(entry, by=officer("冯永福", "9902"), on=ON, at=AT)


def test_a_rule_that_nobody_read_warns_and_does_not_bar():
    """Grade U never alone decides a gate: a confirmed clue within twelve months is shown to the leader."""
    entry = noticed()
    row = clue("complaint")
    row.state, row.ended_at = "confirmed", AT
    row.save()
    assert "属实" in positive.cautions(facility(), NOTICE_OVER)[0] and positive.exclusions(facility(), NOTICE_OVER) == []
    assert positive.cautions(facility(), dt.date(2027, 9, 16)) == []
    assert positive.enter(entry, by=officer("吴海涛"), on=NOTICE_OVER, at=AT).state == "listed"


def test_the_leader_enters_and_removes_not_the_one_who_proposes():
    entry = noticed()
    with pytest.raises(NotAllowed, match="岗位"):
        positive.enter(entry, by=officer("李明"), on=NOTICE_OVER, at=AT)


@pytest.mark.parametrize("basis, allowed", [("draw", False), ("campaign", False), ("complaint", True), ("case", True), ("reinspection", True), ("clue", False)])
def test_a_listed_place_gets_no_visit_without_a_lawful_reason(basis, allowed):
    listed()
    reasons = actions.why_not_assign(facility=facility(), inspectors=pair(), on=NOTICE_OVER, basis=basis)
    assert (reasons == []) is allowed
    assert allowed or "正面清单" in reasons[0]


def test_a_clue_with_evidence_opens_the_gate_and_a_bare_one_does_not():
    """The decision lies in the records: a finding of the judge or what a person reported."""
    listed()
    at = dt.datetime(2026, 10, 9, 9, tzinfo=AT.tzinfo)
    bare, told = clue("remote_sensing"), clue("complaint")
    with pytest.raises(NotAllowed, match="正面清单"):
        actions.assign(clue=bare, inspectors=pair(), by=officer("李明"), at=at)
    assert not Assignment.objects.exists()
    ClueFinding.objects.create(clue=bare, finding_id="f1", rule="flat_line", began=AT, ended=AT, data={})
    assert positive.exempt_reason(facility=facility(), basis="clue", clue=bare, on=at.date()) == ""
    assert actions.assign(clue=told, inspectors=pair(), by=officer("李明"), at=at).state == "issued"


def test_the_exemption_ends_with_its_period_and_rests_while_suspended():
    entry = listed()
    assert positive.listing(facility(), entry.valid_to) == entry
    assert positive.listing(facility(), entry.valid_to + dt.timedelta(days=1)) is None
    positive.suspend(entry, why="收到举报，核查中", by=officer("李明"), on=NOTICE_OVER, at=AFTER)
    assert actions.why_not_assign(facility=facility(), inspectors=pair(), on=NOTICE_OVER, basis="campaign") == []
    positive.resume(entry, why="举报不属实", by=officer("吴海涛"), on=NOTICE_OVER, at=AFTER)
    assert positive.listing(facility(), NOTICE_OVER) == entry


def test_removal_needs_a_ground_and_begins_the_cooling_off():
    entry = listed()
    with pytest.raises(BadInput, match="移出情形"):
        positive.remove(entry, removal="mood", why="x", by=officer("吴海涛"), on=NOTICE_OVER, at=AFTER)
    positive.remove(entry, removal="accident", why="发生突发环境事件", by=officer("吴海涛"), on=NOTICE_OVER, at=AFTER)
    assert positive.listing(facility(), NOTICE_OVER) is None and entry.ended_on == NOTICE_OVER
    again = {"facility": facility(), "ground": "good_management", "reason": "已整改", "by": officer("李明"), "at": AFTER}
    with pytest.raises(NotAllowed, match="冷却期"):
        positive.propose(on=dt.date(2027, 9, 27), **again)
    assert positive.propose(on=dt.date(2027, 9, 28), **again).state == "candidate"


def test_one_open_entry_per_place():
    noticed()
    with pytest.raises(NotAllowed, match="公示中"):
        positive.propose(facility=facility(), ground="livelihood", reason="x", by=officer("李明"), on=ON, at=AT)


def test_a_listed_place_cannot_be_drawn():
    """§2.4: weight zero, with the reason in the committed pool."""
    early = dt.date(2026, 9, 1)
    entry = positive.propose(facility=facility(), ground="good_management", reason="好", by=officer("李明"), on=early, at=AT)
    positive.give_notice(entry, by=officer("李明"), on=early, at=AT)
    positive.enter(entry, by=officer("吴海涛"), on=dt.date(2026, 9, 14), at=AT)
    row = next(row for row in committed(approved_plan()).commitment["objects"] if row["id"] == facility().code)
    assert (row["weight"], row["working"]) == (0, "在正面清单内，不纳入现场抽查")


def test_a_place_listed_after_it_was_drawn_is_checked_off_site_and_counted():
    """The visit avoided is counted once, with its method; nothing else counts."""
    draw = drawn(approved_plan())
    item = draw.items.get()
    listed(item.facility)
    at = dt.datetime(2026, 9, 28, 9, tzinfo=AT.tzinfo)
    with pytest.raises(NotAllowed, match="正面清单"):
        draws.send(item, by=officer("李明"), at=at)
    draws.record_result(item, result="off_site", note="近三个月自动监测数据无异常", way="monitoring", on=at.date(), by=officer("李明"), at=at)
    told = plan_queries.avoided(officer("李明"), dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    assert (told.count, told.by_basis, told.facilities) == (1, {"双随机抽查": 1}, 1) and "都不计" in told.method
    assert plan_queries.avoided(officer("李明"), dt.date(2026, 1, 1), at.date()).count == 0
    assert plan_queries.avoided(officer("冯永福", "9902"), dt.date(2026, 1, 1), dt.date(2027, 1, 1)).count == 0


def test_an_off_site_check_counts_only_where_a_visit_was_barred():
    with pytest.raises(NotAllowed, match="不计"):
        positive.check_off_site(facility=facility(), basis="draw", way="video", found="正常", by=officer("李明"), on=ON, at=AT)
    listed()
    with pytest.raises(NotAllowed, match="不计"):
        positive.check_off_site(facility=facility(), basis="complaint", way="video", found="正常", by=officer("李明"), on=NOTICE_OVER, at=AT)
    with pytest.raises(BadInput, match="方式"):
        positive.check_off_site(facility=facility(), basis="campaign", way="phone", found="正常", by=officer("李明"), on=NOTICE_OVER, at=AT)
    assert not OffSiteCheck.objects.exists()


def test_another_city_sees_no_entry():
    entry = noticed()
    assert not plan_queries.positive_entries(officer("冯永福", "9902")).exists()
    with pytest.raises(NotYours):
        plan_queries.positive_entry(officer("冯永福", "9902"), entry.pk)


def test_a_pool_where_everyone_is_exempt_cannot_be_drawn():
    for where in Facility.objects.filter(city_code=officer("李明").agency.division_id):
        PositiveListEntry(facility=where, division=where.division, ground="livelihood", reason="x", state="listed", proposed_by=officer("李明"), proposed_on=ON, listed_on=ON, valid_to=dt.date(2027, 1, 1)).save()
    with pytest.raises(NotAllowed, match="没有可抽的对象"):
        committed(approved_plan(), earliest=OUT)
    assert pool.object_rows([facility()], {}, ON)[0]["weight"] == 0
