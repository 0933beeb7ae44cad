"""Agreements, shared clues, recognised evidence; alerts and their checklists; key areas."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch import actions, alerts, areas, joint, positive, sending
from qingyuan.records.dispatch.alert_models import Alert, FirmMeasure
from qingyuan.records.dispatch.joint_models import Agreement, Recognition, SharedClue
from qingyuan.records.dispatch.models import Assignment, PositiveListEntry
from qingyuan.records.docket.actions import open_docket
from qingyuan.records.docket.evidence import take_evidence
from qingyuan.records.registry.models import Division, Facility
from qingyuan.records.registry.place_models import Area
from qingyuan.testing import PHOTO

from .cast_visits import AT, inspectors_of, officer, place, planner, sent

pytestmark = [pytest.mark.usefixtures("province", "db", "files")]
DAY = dt.timedelta(days=1)
PARTY = "邻省河口市生态环境局"


def agreed(**given) -> Agreement:
    told = {"kind": "province", "title": "跨省流域联合执法协议", "parties": f"{PARTY}\n水利局", "shares": "断面数据、线索", "signed_on": dt.date(2026, 1, 1), "by": officer("李明"), "at": AT, **given}
    return joint.register(**told)


def test_what_a_party_sends_about_our_facility_becomes_a_clue_and_is_answered():
    row, li = agreed(), officer("李明")
    shared = joint.share_clue(row, direction="in", party=PARTY, content="下游异常", facility=place(), by=li, at=AT)
    assert Clue.objects.get() == shared.clue and PARTY in shared.clue.title
    with pytest.raises(NotAllowed, match="不能“登记反馈”"):
        joint.move_shared(shared, "answer", text="x", by=li, at=AT)
    joint.move_shared(shared, "receive", text="李明", by=li, at=AT)
    joint.move_shared(shared, "answer", text="已查处", by=li, at=AT)
    assert shared.state == "answered" and shared.answered_on == AT.date()


def test_nothing_is_shared_with_a_stranger_or_under_an_agreement_that_is_over():
    row = agreed(valid_to=AT.date() - DAY)
    with pytest.raises(NotAllowed) as refusal:
        joint.share_clue(row, direction="out", party="陌生机关", content="x", by=officer("李明"), at=AT)
    assert "到期" in str(refusal.value) and "不是协议的一方" in str(refusal.value) and not SharedClue.objects.exists()


@pytest.mark.parametrize("given", [{"kind": "x"}, {"title": ""}, {"parties": " \n "}, {"shares": ""}, {"valid_to": dt.date(2025, 1, 1)}])
def test_an_agreement_that_cannot_be_read_is_not_written(given):
    with pytest.raises(BadInput):
        agreed(**given)
    assert not Agreement.objects.exists()


def recognised(row, **given) -> Recognition:
    told = {
        "direction": "in", "party": PARTY, "name": "采样照片", "digest": "a" * 64, "was_lawful": True, "is_original": True, "is_accepted": True, "why": "程序合法",
        "by": officer("李明"), "at": AT, **given,
    }  # fmt: skip
    return joint.recognise(row, **told)


def test_evidence_obtained_unlawfully_is_not_recognised_and_ours_must_be_in_a_file():
    """Penalty Law art. 46."""
    row, li = agreed(), officer("李明")
    assert recognised(row).evidence is None
    with pytest.raises(NotAllowed, match="不得采用"):
        recognised(row, was_lawful=False)
    assert recognised(row, was_lawful=False, is_accepted=False, why="未出示证件").is_accepted is False
    with pytest.raises(NotAllowed, match="没有摘要相符的证据"):
        recognised(row, direction="out")
    folder = open_docket(title="卷", agency=li.agency.authority, by=li, at=AT)
    item = take_evidence(docket=folder, kind="audiovisual", name="a.jpg", content=PHOTO, source="现场", taken_at=AT, by=li, at=AT)
    assert recognised(row, direction="out", digest=hashlib.sha256(PHOTO).hexdigest()).evidence == item
    with pytest.raises(BadInput, match="64 位"):
        recognised(row, digest="abc")


def test_visits_made_together_are_counted_against_what_was_agreed():
    row = agreed(checks_per_year=2)
    outside = sending.note_outside(facility=place(), department="水利局", planned_on=AT.date(), items="取水", by=officer("李明"), at=AT)
    task = sent(merge=[outside])
    assert joint.joint_tasks(officer("李明"), row, 2026) == []
    actions.take(task, "start", by=officer("李明"), at=AT)
    assert joint.joint_tasks(officer("李明"), row, 2026) == [task]
    assert not joint.agreements(inspectors_of("9902")[0]).exists()


# -- alerts -------------------------------------------------------------------------------------------------------------------


def raised(level: str = "orange", kind: str = "heavy_pollution", code: str = "990100000000", **given) -> Alert:
    told = {"kind": kind, "level": level, "title": "橙色预警", "document": "清指〔2026〕8号", "division": Division.objects.get(code=code), "began_at": AT, "by": officer("李明"), "at": AT, **given}
    return alerts.raise_alert(**told)


def firm(row: Alert, name: str = "清河水泥有限公司") -> FirmMeasure:
    return row.firms.get(facility__name=name)


def test_an_alert_makes_the_checklist_of_every_enterprise_it_reaches():
    row = raised()
    assert "停止矿山爆破与物料露天装卸" in firm(row).measures
    assert not row.firms.filter(facility__city_code="990200000000").exists() and not row.firms.filter(facility__name="东山造纸有限公司", measures=[]).exists()
    assert "停止土石方与拆除" in firm(raised("red")).measures and "停止土石方与拆除" not in firm(row).measures


def test_who_is_on_the_positive_list_is_left_alone():
    """湖北正面清单办法."""
    power = place("红旗电力有限公司")
    entry = positive.propose(facility=power, ground="good_management", reason="好", by=officer("李明"), on=AT.date(), at=AT)
    PositiveListEntry.objects.filter(pk=entry.pk).update(state="listed", listed_on=AT.date() - 9 * DAY, valid_to=AT.date() + 90 * DAY)
    row = firm(raised(), power.name)
    assert row.measures == [] and "正面清单" in row.exempt
    with pytest.raises(NotAllowed, match="正面清单"):
        alerts.check(row, way="power", is_met=True, found="x", by=officer("李明"), at=AT)


def test_what_is_not_done_becomes_a_problem_and_a_visit_needs_a_task():
    row = firm(raised())
    with pytest.raises(NotAllowed, match="须先派发任务并到场"):
        alerts.check(row, way="on_site", is_met=True, found="已停", by=officer("李明"), at=AT)
    alerts.check(row, way="power", is_met=False, found="窑用电未降", by=officer("李明"), at=AT)
    assert row.problem.kind == "response_ignored" and row.problem.facility == row.facility
    with pytest.raises(NotAllowed, match="问题台账"):
        alerts.check(row, way="power", is_met=True, found="降了", by=officer("李明"), at=AT)
    task = sent(basis="response", reason="橙色预警核查", facility=place("安泰热力有限公司"))
    Assignment.objects.filter(pk=task.pk).update(state="started")
    alerts.check(firm(row.alert, "安泰热力有限公司"), way="on_site", is_met=True, found="已落实", by=officer("李明"), at=AT)
    assert task.gate[2]["said"].endswith("应急响应不计入上限")


@pytest.mark.parametrize(("given", "error"), [({"level": "event"}, BadInput), ({"title": ""}, BadInput), ({"document": " "}, BadInput), ({"code": "990200000000"}, NotAllowed), ({"by": None}, NotAllowed)])
def test_an_alert_that_cannot_be_raised_leaves_no_checklist(given, error):
    given = {**given, **({"by": officer("赵晓燕")} if "by" in given else {})}
    with pytest.raises(error):
        raised(**given)
    assert not Alert.objects.exists() and not FirmMeasure.objects.exists()


def test_an_alert_of_the_province_is_seen_by_the_city_with_its_own_enterprises_and_ended_by_the_province():
    row = raised(code="990000000000", by=planner())
    li = officer("李明")
    assert alerts.alert(li, row.number) == row and {one.facility.city_code for one in alerts.firms(li, row)} == {"990100000000"}
    with pytest.raises(NotAllowed, match="由登记响应的一级解除"):
        alerts.end(row, by=li, at=AT)
    alerts.end(row, by=planner(), at=AT)
    with pytest.raises(NotAllowed, match="响应已解除"):
        alerts.check(firm(row), way="power", is_met=True, found="x", by=li, at=AT)
    raised()
    with pytest.raises(NotAllowed, match="已有正在响应"):
        raised()


def test_a_major_event_asks_every_trade():
    row = raised("event", "major_event")
    assert row.firms.count() == Facility.objects.filter(city_code="990100000000").count() > 3
    assert {one.facility.city_code for one in FirmMeasure.objects.select_related("facility")} == {"990100000000"}


# -- key areas ----------------------------------------------------------------------------------------------------------------


def reserve() -> Area:
    spot = place()
    ring = [[spot.lon - 0.01, spot.lat - 0.01], [spot.lon + 0.01, spot.lat - 0.01], [spot.lon + 0.01, spot.lat + 0.01], [spot.lon - 0.01, spot.lat + 0.01], [spot.lon - 0.01, spot.lat - 0.01]]
    row = Area(
        kind="protected_area", code="ZR001", name="清河湿地自然保护地", grade="一般控制区", geometry={"type": "Polygon", "coordinates": [ring]}, west=ring[0][0], south=ring[0][1],
        east=ring[2][0], north=ring[2][1], valid_from=dt.date(2025, 1, 1), division=spot.division,
    )
    row.save()
    return row


def test_a_key_area_has_its_plan_its_patrols_and_the_enterprises_inside():
    row, li = reserve(), officer("李明")
    assert [one.name for one in areas.inside(li, row)] == ["清河水泥有限公司"]
    areas.draw_up(row, year=2026, times=4, content="每季度一次", officer=li, pack="nature_reserve", by=li, at=AT)
    assert areas.standings(li, AT.date())[0].due_on == dt.date(2026, 4, 1)
    walk = areas.patrol(row, on=AT.date(), found="新增堆土", has_problem=True, by=li, at=AT)
    found, = areas.standings(li, AT.date())
    assert (found.walked, found.last, found.due_on) == (1, AT.date(), dt.date(2026, 7, 1)) and walk.problem.kind == "reserve"
    with pytest.raises(NotYours):
        areas.area(inspectors_of("9902")[0], row.pk, AT.date())


@pytest.mark.parametrize(("times", "content", "pack"), [(0, "x", ""), (400, "x", ""), (4, " ", ""), (4, "x", "nothing")])
def test_a_special_plan_that_cannot_be_read_is_not_written(times, content, pack):
    with pytest.raises(BadInput):
        areas.draw_up(reserve(), year=2026, times=times, content=content, officer=officer("李明"), pack=pack, by=officer("李明"), at=AT)


@pytest.mark.parametrize(("on", "found"), [(AT.date() + DAY, "x"), (AT.date(), " ")])
def test_a_patrol_of_tomorrow_or_without_words_is_not_written(on, found):
    with pytest.raises(BadInput):
        areas.patrol(reserve(), on=on, found=found, by=officer("李明"), at=AT)
