"""Between the authorities: every clock of the table, what is refused, the letters left behind; supervision, damage, meetings."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import damage, liaison, queries, red_flags, transfer
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case, Transfer
from qingyuan.records.cases.transfer_clocks import clocks_of_transfer
from qingyuan.records.cases.transfer_states import CLOCKS, DAMAGE, SUPERVISION, TABLES
from qingyuan.records.registry.models import Event

from .cast import AT, DAY, file, officer

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CRIME = {"kind": "crime", "to": "清源市公安局", "papers": ["案件调查报告"], "why": "涉嫌污染环境犯罪。", "offence": "污染环境罪", "procuratorate": "清源市人民检察院"}


def report(case: Case, **changes) -> Transfer:
    return transfer.report_transfer(case, by=officer("李明"), at=AT, **{**CRIME, **changes})


def go(row: Transfer, *steps: str, at: dt.datetime = AT, **more) -> Transfer:
    for name in steps:
        row = transfer.decide(row, by=officer("吴海涛"), at=at) if name == "decide_transfer" else transfer.take(row, name, text="登记。", by=officer("吴海涛"), at=at, **more)
    return row


def running(row: Transfer, at: dt.datetime) -> dict[str, bool]:
    """Clocks that run at a moment: name → late."""
    return {clock.due.clock: clock.is_late for clock in clocks_of_transfer(row, at) if clock.done_at is None}


def kinds(case: Case) -> set[str]:
    return set(case.docket.documents.values_list("kind", flat=True))


def test_the_leader_has_three_days_and_then_twenty_four_hours_run_to_the_minute(visit):
    """Criminal transfer measures arts. 5, 6: three days to decide, twenty-four hours to hand over."""
    case = file(visit)
    row = report(case)
    assert running(row, AT) == {"crime_decision": False}
    assert running(row, AT + 4 * DAY) == {"crime_decision": True}
    with pytest.raises(NotAllowed, match="负责人"):
        transfer.decide(row, by=officer("李明"), at=AT)
    row = go(row, "decide_transfer")
    assert running(row, AT + 23 * HOUR) == {"crime_transfer": False, "platform_entry": False}
    assert running(row, AT + 25 * HOUR) == {"crime_transfer": True, "platform_entry": False}
    shown = next(clock for clock in clocks_of(case, (AT + DAY).date(), AT + 25 * HOUR) if clock.due.clock == "crime_transfer")
    assert (shown.due_at, shown.is_late, shown.is_theirs) == (AT + 24 * HOUR, True, False)
    assert {"crime_transfer_approval", "crime_transfer", "crime_transfer_list"} <= kinds(case)
    assert case.suspensions.filter(ground="police", ended=None).exists()


def test_the_list_must_be_whole_before_anything_is_handed_over(visit):
    """Criminal transfer measures art. 6: the investigation report belongs to the set."""
    row = go(report(file(visit), papers=[]), "decide_transfer")
    with pytest.raises(NotAllowed, match="还缺：案件调查报告"):
        go(row, "hand_over")


def test_the_police_have_three_seven_or_thirty_days_and_are_urged_only_when_late(visit):
    """Criminal transfer measures arts. 7, 9: counted from the receipt; no reply → urging letter → suggestion to the procuratorate."""
    case = file(visit)
    row = go(report(case), "decide_transfer", "hand_over", "note_receipt")
    assert running(row, AT)["police_filing"] is False
    for later in (AT + DAY, AT + 2 * DAY):  # no supplement asked within a day means none is needed: that is nobody's delay
        with pytest.raises(NotAllowed, match="尚未届满"):
            go(row, "urge_reply", at=later)
    assert running(row, AT + 2 * DAY)["police_filing"] is False and "police_supplement_notice" not in running(row, AT + 2 * DAY)
    row = go(row, "note_verification", at=AT + DAY)
    assert {clock.due.clock: clock.due.due_on for clock in clocks_of_transfer(row, AT + DAY)}["police_filing_verify"] == (AT + 7 * DAY).date()
    row = go(row, "note_complexity", at=AT + 2 * DAY)
    assert set(running(row, AT + 2 * DAY)) >= {"police_filing_complex"} and "police_filing_verify" not in running(row, AT + 2 * DAY)
    row = go(row, "urge_reply", at=AT + 31 * DAY)
    row = go(row, "suggest_supervision", at=AT + 32 * DAY)
    assert {"transfer_urging", "supervision_suggestion"} <= kinds(case)
    assert row.turns.get(name="suggest_supervision").document.facts["letter"]["to"] == "清源市人民检察院"
    row = go(row, "note_taken", at=AT + 40 * DAY, decided_on=(AT + 35 * DAY).date())
    late = {clock.due.clock: clock.is_late for clock in clocks_of_transfer(row, AT + 40 * DAY) if clock.done_at}
    assert late["police_notice"] is True
    assert running(row, AT + 44 * DAY)["crime_goods"] is True
    row = go(row, "hand_goods", "enter_platform", "note_outcome", at=AT + 45 * DAY)
    assert (row.state, running(row, AT + 45 * DAY)) == ("ended", {})
    assert not case.suspensions.filter(ground="police", ended=None).exists()


def test_a_refusal_is_reconsidered_within_three_working_days(visit):
    """Criminal transfer measures art. 11."""
    case = file(visit)
    row = go(report(case), "decide_transfer", "hand_over", "note_receipt", "ask_supplement")
    assert "crime_supplement" in running(row, AT)
    row = go(row, "supplement", "note_declined", at=AT + DAY)
    assert not case.suspensions.filter(ground="police", ended=None).exists()
    assert running(row, AT + 2 * DAY)["crime_reconsideration"] is False
    row = go(row, "ask_reconsideration", at=AT + 2 * DAY)
    assert "reconsideration_request" in kinds(case)
    assert running(row, AT + 20 * DAY)["police_reconsideration"] is True
    row = go(row, "note_upheld", "suggest_supervision", "note_taken", at=AT + 21 * DAY)
    assert (row.state, row.is_taken) == ("taken", True)


def test_a_moment_in_the_future_or_before_the_last_turn_is_refused_and_nothing_is_written(visit):
    """Clocks are counted from moments; a wrong one would move them."""
    row = go(report(file(visit)), "decide_transfer", at=AT + HOUR)
    before = (Event.objects.count(), row.turns.count())
    for moment, words in ((AT + 3 * HOUR, "晚于现在"), (AT, "早于上一事项")):
        with pytest.raises(BadInput, match=words):
            transfer.take(row, "hand_over", text="材料。", moment=moment, by=officer("李明"), at=AT + 2 * HOUR)
    with pytest.raises(NotAllowed, match="当前状态"):
        go(row, "note_taken", at=AT + 2 * HOUR)
    assert (Event.objects.count(), row.turns.count()) == before


def test_a_detention_has_clocks_of_its_own(visit):
    """Detention transfer measures arts. 12-15, 19: working days throughout."""
    case = file(visit)
    red_flags.note_signals(case, facts={"hidden_discharge": True}, by=officer("李明"), at=AT)
    case.refresh_from_db()
    row = go(report(case, kind="detention", responsible="陈立", offence="", procuratorate=""), "decide_transfer")
    due = next(clock for clock in clocks_of_transfer(row, AT) if clock.due.clock == "detention_transfer").due
    assert (due.budget, due.unit) == (3, "workday")
    row = go(row, "hand_over", "note_receipt", at=AT + DAY)
    row = go(row, "note_taken", at=AT + 2 * DAY, decided_on=(AT + DAY).date())
    assert row.state == "taken"


def test_every_clock_of_the_table_is_started_by_a_step_and_stopped_by_one():
    """No clock that nothing can start, none that can never end."""
    for kind, runs in CLOCKS.items():
        steps = {*TABLES[kind].steps, "report_transfer"}
        for run in runs:
            assert run.started_by in steps and set(run.stopped_by) <= steps and run.stopped_by, run


@pytest.mark.parametrize("table", [*TABLES.values(), SUPERVISION, DAMAGE], ids=lambda t: t.name)
def test_every_final_state_can_be_reached(table):
    """A table of transitions has no dead end."""
    assert table.final <= table.reachable()


def test_a_meeting_with_its_agreement_leaves_minutes_and_an_inquiry_is_answered_within_seven_days(visit):
    """Criminal transfer measures art. 24."""
    case = file(visit)
    who = {"by": officer("李明"), "at": AT, "on": AT.date()}
    row = liaison.record_liaison(case, kind="meeting", body="清源市公安局", text="研究取证。", attendees="公安、检察、环保", result="补充鉴定。", place="会议室", **who)
    assert row.minutes is not None and row.ended_on == AT.date()
    asked = liaison.record_liaison(case, kind="inquiry", body="清源市公安局", text="咨询危险废物认定。", **who)
    assert asked.due_on == (AT + 7 * DAY).date()
    sent = liaison.record_liaison(case, kind="letter", body="清源市公安局", text="咨询立案标准。", **who)
    clocks = {clock.label: clock.is_theirs for clock in clocks_of(case, AT.date())}
    assert clocks["收到书面咨询（清源市公安局）"] is False and clocks["发出书面咨询（清源市公安局）"] is True
    with pytest.raises(BadInput, match="办结日期"):
        liaison.end_liaison(sent, result="已复。", on=(AT - DAY).date(), by=officer("李明"), at=AT)


def test_a_listed_supervision_is_worked_off_extended_and_released(visit):
    """挂牌督办: one per level at a time; released only after it was asked for."""
    case = file(visit)
    asked = {"level": "province", "body": "示范省生态环境厅", "number": "督1号", "text": "限期查清。", "on": AT.date(), "due_on": (AT + 60 * DAY).date(), "by": officer("吴海涛"), "at": AT}
    with pytest.raises(BadInput, match="晚于挂牌日期"):
        liaison.list_supervision(case, **{**asked, "due_on": AT.date()})
    row = liaison.list_supervision(case, **asked)
    with pytest.raises(NotAllowed, match="不得重复挂牌"):
        liaison.list_supervision(case, **asked)
    who = {"by": officer("吴海涛"), "at": AT}
    with pytest.raises(NotAllowed, match="当前状态"):
        liaison.supervise(row, "release_supervision", text="解除。", **who)
    with pytest.raises(BadInput, match="须晚于"):
        liaison.supervise(row, "extend_supervision", text="复杂。", due_on=AT.date(), **who)
    row = liaison.supervise(row, "extend_supervision", text="复杂。", due_on=(AT + 90 * DAY).date(), **who)
    row = liaison.supervise(liaison.supervise(row, "ask_release", text="已办结。", **who), "release_supervision", text="同意解除。", **who)
    assert (row.state, row.released_on, len(row.progress)) == ("released", AT.date(), 3)


def test_a_damage_clue_goes_from_the_sheet_to_the_table(visit):
    """Code arts. 1073-1074: sheet, leader's decision, assessment, consultation notice served, agreement, done."""
    case = file(visit)
    red_flags.note_signals(case, facts={"toxic": True}, by=officer("李明"), at=AT)
    case.refresh_from_db()
    assert queries.unscreened(officer("李明"), AT.date()) == [case]
    row = damage.screen_damage(case, facts="有毒物质入河。", extent="清河下游两公里。", proposal="建议启动。", known_on=AT.date(), by=officer("李明"), at=AT)
    assert row.sheet.kind == "damage_screening_sheet" and queries.unscreened(officer("李明"), AT.date()) == []
    li, wu = {"by": officer("李明"), "at": AT}, {"by": officer("吴海涛"), "at": AT}
    with pytest.raises(NotAllowed, match="负责人"):
        damage.take(row, "start_claim", text="启动。", **li)
    row = damage.take(row, "start_claim", text="同意启动。", **wu)
    with pytest.raises(BadInput, match="损害数额"):
        damage.take(row, "note_assessment", text="专家意见。", **li)
    row = damage.take(row, "note_assessment", text="专家意见：水质受损。", amount_fen=35_000_000, **li)
    with pytest.raises(BadInput, match="磋商时间"):
        damage.take(row, "invite_consultation", text="请赔偿。", held_at=AT, place="会议室", receiver="陈立", **wu)
    row = damage.take(row, "invite_consultation", text="请赔偿。", held_at=AT + 7 * DAY, place="会议室", receiver="陈立", **wu)
    assert row.notice.services.exists()
    row = damage.take(damage.take(row, "record_consultation", text="同意分期修复。", **li), "agree", text="赔偿35万元，一年内修复。", **wu)
    row = damage.take(row, "note_performance", text="修复通过验收。", **li)
    assert (row.state, row.ended_on) == ("performed", AT.date())
