"""Hearing, recusal, companion measures, daily penalty, late fine, remedies, transfer: what is refused, and the papers left behind."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import workdays
from qingyuan.records.cases import (
    closing,
    daily,
    enforcement,
    hearing,
    liaison,
    measures,
    notice,
    recusal,
    red_flags,
    signing,
    transfer,
)
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case
from qingyuan.records.cases.money import owed
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.registry.models import Event

from .cast import AT, DAY, evidence, file, forward, officer, serve

pytestmark = pytest.mark.django_db
SAID = hearing.Minutes("陈立（环保负责人）", "调查人员陈述事实、证据和拟处罚意见。", "请求从轻。", "双方对提取件无异议。", "请求考虑整改。")
SEALED = {"kind": "seize", "why": "逃避监管排放。", "content": "暗管阀门一套", "items": [{"title": "阀门", "model": "DN50", "count": "1", "place": "原地"}], "place": "原地封存"}


def kinds(case: Case) -> list[str]:
    return list(case.docket.documents.values_list("kind", flat=True))


def test_a_hearing_is_told_seven_days_before_and_leaves_its_record(visit):
    """Penalty Law art. 64: seven working days, an impartial chair, a record; only then may the notice be settled."""
    case = forward(file(visit), "notified")
    serve(case)
    notice.request_hearing(case, on=AT.date(), by=officer("李明"), at=AT)
    setting = {"place": "会议室", "presiding_officer": officer("孙立军"), "recorder": officer("郑静"), "by": officer("赵晓燕"), "at": AT}
    with pytest.raises(NotAllowed, match="七日前"):
        hearing.schedule_hearing(case, held_at=AT + 5 * DAY, **setting)
    with pytest.raises(NotAllowed, match="非本案调查人员"):
        hearing.schedule_hearing(case, held_at=AT + 20 * DAY, **{**setting, "recorder": officer("李明")})
    row = hearing.schedule_hearing(case, held_at=AT + 20 * DAY, **setting)
    assert hearing.earliest(AT.date()) == workdays.add_workdays(AT.date(), 7)
    with pytest.raises(NotAllowed, match="尚未送达"):
        hearing.close_hearing(row, minutes=SAID, ended_at=AT + 20 * DAY, by=officer("孙立军"), at=AT + 20 * DAY)
    with pytest.raises(NotAllowed, match="改期"):
        hearing.serve_hearing_notice(row, how="direct", receiver="陈立", on=(AT + 18 * DAY).date(), by=officer("李明"), at=AT + 18 * DAY)
    hearing.serve_hearing_notice(row, how="direct", receiver="陈立", on=AT.date(), by=officer("李明"), at=AT)
    end = AT + 20 * DAY + dt.timedelta(hours=2)
    with pytest.raises(BadInput, match="最后陈述"):
        hearing.close_hearing(row, minutes=hearing.Minutes("陈立", "陈述", "申辩", "质证", " "), ended_at=end, by=officer("孙立军"), at=end)
    hearing.close_hearing(row, minutes=SAID, ended_at=end, by=officer("孙立军"), at=end)
    with pytest.raises(NotAllowed, match="孙立军"):
        hearing.report_hearing(row, issues="数额", findings="属实", advice="维持", by=officer("郑静"), at=end)
    hearing.report_hearing(row, issues="数额", findings="属实", advice="维持", by=officer("孙立军"), at=end)
    case.refresh_from_db()
    assert case.hearing_closed_on == end.date()
    assert {"hearing_notice", "hearing_record", "hearing_report"} <= set(kinds(case))
    decision_clock = next(clock for clock in clocks_of(case, end.date()) if clock.due.clock == "decision_90")
    assert (decision_clock.due.due_on - case.filed_on).days >= 90 + 19


def test_a_request_for_a_hearing_after_the_period_is_refused(visit):
    """Penalty Law art. 64: five working days."""
    case = forward(file(visit), "notified")
    serve(case)
    with pytest.raises(NotAllowed, match="不在期限内"):
        notice.request_hearing(case, on=(AT + 30 * DAY).date(), by=officer("李明"), at=AT + 30 * DAY)


def test_who_must_keep_out_leaves_the_case_and_an_open_request_stops_the_decision(visit):
    """Penalty Law art. 43."""
    case = forward(file(visit), "answered")
    row = recusal.request_recusal(case, person=officer("王建国"), applicant=case.party.name, reason="亲属在竞争企业任职", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="回避申请没有决定"):
        forward(case, "decided")
    with pytest.raises(NotAllowed, match="机关负责人"):
        recusal.decide_recusal(row, is_granted=True, why="属实", by=officer("李明"), at=AT)
    recusal.decide_recusal(row, is_granted=True, why="属实", by=officer("吴海涛"), at=AT)
    assert not case.investigators.filter(name="王建国").exists()
    with pytest.raises(NotAllowed, match="不足两人"):
        forward(case, "decided")
    with pytest.raises(NotAllowed, match="已被决定回避"):
        recusal.appoint_investigator(case, person=officer("王建国"), why="补足", by=officer("吴海涛"), at=AT)
    recusal.appoint_investigator(case, person=officer("冯磊"), why="补足两人", by=officer("吴海涛"), at=AT)
    assert forward(case, "decided").state == "decided"
    assert "recusal_decision" in kinds(case)


def test_a_sealing_needs_its_condition_its_approval_and_ends_with_its_release(visit):
    """Compulsion Law arts. 18-28: no condition, no sealing; thirty days, once extended; nothing closes while it lasts."""
    case = file(visit)
    with pytest.raises(NotAllowed, match="不符合"):
        measures.propose_measure(case, by=officer("李明"), at=AT, **SEALED)
    red_flags.note_signals(case, facts={"hidden_discharge": True}, by=officer("李明"), at=AT)
    case.refresh_from_db()
    with pytest.raises(BadInput, match="物品清单"):
        measures.propose_measure(case, by=officer("李明"), at=AT, **{**SEALED, "items": []})
    row = measures.propose_measure(case, by=officer("李明"), at=AT, **SEALED)
    handing = {"how": "direct", "receiver": "陈立", "process": "张贴封条。", "heard": "无异议。", "by": officer("李明"), "at": AT}
    with pytest.raises(NotAllowed, match="待批准"):
        measures.impose(row, **handing)
    with pytest.raises(NotAllowed, match="负责人"):
        measures.approve_measure(row, by=officer("李明"), at=AT)
    row = measures.approve_measure(row, by=officer("吴海涛"), at=AT)
    row = measures.impose(row, **handing)
    assert (row.state, row.until) == ("imposed", (AT + 30 * DAY).date())
    with pytest.raises(NotAllowed, match="不得重复"):
        measures.propose_measure(case, by=officer("李明"), at=AT, **SEALED)
    with pytest.raises(NotAllowed, match="届满"):
        measures.extend(row, why="情况复杂", by=officer("吴海涛"), at=AT + 31 * DAY)
    row = measures.extend(row, why="情况复杂", by=officer("吴海涛"), at=AT + 29 * DAY)
    assert row.extended_until == (AT + 60 * DAY).date()
    assert any(clock.due.clock == "seizure" and clock.due.due_on == row.extended_until for clock in clocks_of(case, AT.date()))
    row = measures.release_measure(row, why="违法行为已经消除。", by=officer("李明"), at=AT + 40 * DAY)
    assert row.state == "released"
    assert {"seizure_approval", "seizure_decision", "seizure_record", "seizure_extension", "seizure_release"} <= set(kinds(case))


def test_a_restriction_ends_only_when_the_party_has_put_it_right(visit):
    """Order 30 of 2014 arts. 15-18."""
    case = file(visit)
    row = measures.propose_measure(case, kind="restrict_production", why="超标排放。", content="生产负荷限制在百分之五十以下", by=officer("李明"), at=AT)
    row = measures.approve_measure(row, by=officer("吴海涛"), at=AT)
    row = measures.impose(row, how="direct", receiver="陈立", process="", heard="", by=officer("李明"), at=AT, months=2)
    assert row.until == dt.date(2026, 11, 15)
    with pytest.raises(NotAllowed, match="尚未报备整改完成"):
        measures.release_measure(row, why="已整改。", by=officer("李明"), at=AT + 20 * DAY)
    told = {"text": "完成改造。", "monitoring": "连续达标。", "usage": "用电下降。", "by": officer("李明")}
    with pytest.raises(NotAllowed, match="整改方案尚未备案"):
        measures.file_rectification(row, is_finished=True, on=AT.date(), at=AT, **told)
    measures.file_rectification(row, is_finished=False, on=AT.date(), at=AT, **told)
    row = measures.file_rectification(row, is_finished=True, on=(AT + 20 * DAY).date(), at=AT + 20 * DAY, **told)
    row = measures.release_measure(row, why="已整改。", by=officer("李明"), at=AT + 20 * DAY)
    assert any(clock.due.clock == "follow_up_check" for clock in clocks_of(case, AT.date()))


def test_the_daily_penalty_counts_the_days_between_order_and_re_inspection(visit):
    """Code art. 1060; Order 28 of 2014 arts. 8-17: order, service, re-inspection, the fine times the days; then it is owed."""
    order = inspections.order_correction(visit, requirement="立即停止超标排放。", correct_by=AT.date(), by=officer("李明"), at=AT).document
    case = forward(file(visit), "served")
    later = AT + 10 * DAY
    seen = {"findings": "仍在超标排放。", "manner": "暗查", "still_violating": True, "by": officer("李明")}
    with pytest.raises(NotAllowed, match="尚未送达"):
        daily.reinspect(case, order, began_at=later, at=later, **seen)
    daily.serve_order(case, order, how="direct", receiver="陈立", on=AT.date(), by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="没有责令改正和复查"):
        daily.decide_daily_penalty(case, heard="无异议", receiver="陈立", by=officer("吴海涛"), at=later)
    daily.reinspect(case, order, began_at=later, at=later, **seen)
    again = daily.order_again(case, content="立即停止。", correct_by=later.date(), by=officer("李明"), at=later)
    assert again.kind == "second_correction_order"
    with pytest.raises(NotAllowed, match="负责人"):
        daily.decide_daily_penalty(case, heard="无异议", receiver="陈立", by=officer("李明"), at=later + DAY)
    row = daily.decide_daily_penalty(case, heard="无异议。", receiver="陈立", by=officer("吴海涛"), at=later + DAY)
    assert row.fine_fen == case.fine_fen * 10
    case.refresh_from_db()
    assert owed(case, (later + DAY).date()).daily_fen == row.fine_fen
    with pytest.raises(NotAllowed, match="没有责令改正和复查"):
        daily.computed(case, (later + 2 * DAY).date())
    enforcement.record_payment(case, amount_fen=row.fine_fen, receipt="财票2", on=later.date(), measure=row, by=officer("李明"), at=later + DAY)
    assert owed(case, (later + DAY).date()).daily_fen == 0
    assert owed(case, (later + DAY).date()).fine_fen == case.fine_fen


def test_the_late_fine_grows_three_per_cent_a_day_stands_still_in_a_remedy_and_is_paid_last(visit):
    """Penalty Law arts. 72, 73."""
    case = forward(file(visit), "served")
    first = AT + 16 * DAY
    assert owed(case, (AT + 15 * DAY).date()).late_fen == 0
    assert owed(case, (first + 9 * DAY).date()).late_fen == case.fine_fen * 3 * 10 // 100
    assert owed(case, (AT + 300 * DAY).date()).late_fen == case.fine_fen
    remedy = enforcement.record_remedy(case, kind="reconsideration", body="清源市人民政府", on=first.date(), by=officer("李明"), at=first)
    assert owed(case, (AT + 300 * DAY).date()).late_fen == 0
    enforcement.end_remedy(remedy, outcome="upheld", on=(first + 30 * DAY).date(), by=officer("李明"), at=first + 30 * DAY)
    due = owed(case, (first + 31 * DAY).date())
    assert due.late_fen == case.fine_fen * 6 // 100
    paid_at = first + 31 * DAY
    enforcement.record_payment(case, amount_fen=case.fine_fen, receipt="票1", on=paid_at.date(), by=officer("李明"), at=paid_at)
    with pytest.raises(NotAllowed, match="第72条"):
        enforcement.perform(case, by=officer("李明"), at=paid_at)
    enforcement.record_payment(case, amount_fen=case.fine_fen * 3 // 100, receipt="票2", on=paid_at.date(), by=officer("李明"), at=paid_at)
    assert enforcement.perform(case, by=officer("李明"), at=paid_at).state == "performed"


def test_the_late_fine_may_be_let_go_once_the_fine_is_paid(visit):
    """Compulsion Law art. 42: by a leader, with its reason, never before the fine itself."""
    case = forward(file(visit), "served")
    later = AT + 30 * DAY
    with pytest.raises(NotAllowed, match="缴清后"):
        enforcement.waive_late_fine(case, why="协议", by=officer("吴海涛"), at=later)
    enforcement.record_payment(case, amount_fen=case.fine_fen, receipt="票1", on=later.date(), by=officer("李明"), at=later)
    with pytest.raises(NotAllowed, match="负责人"):
        enforcement.waive_late_fine(case, why="协议", by=officer("李明"), at=later)
    with pytest.raises(BadInput, match="执行协议"):
        enforcement.waive_late_fine(case, why=" ", by=officer("吴海涛"), at=later)
    enforcement.waive_late_fine(case, why="达成执行协议，已完成治理。", by=officer("吴海涛"), at=later)
    assert enforcement.perform(case, by=officer("李明"), at=later).state == "performed"
    assert kinds(case).count("internal_approval") == 1


def test_a_changed_decision_changes_the_fine_or_nothing(visit):
    """Reconsideration Law art. 63: never heavier; outcome and sum stand together or not at all."""
    case = forward(file(visit), "served")
    remedy = enforcement.record_remedy(case, kind="reconsideration", body="清源市人民政府", on=AT.date(), by=officer("李明"), at=AT)
    before = Event.objects.count()
    for wrong in (None, case.fine_fen + 1):
        with pytest.raises((BadInput, NotAllowed)):
            enforcement.end_remedy(remedy, outcome="changed", on=AT.date(), new_fine_fen=wrong, by=officer("吴海涛"), at=AT)
        remedy.refresh_from_db()
        assert (remedy.ended_on, Event.objects.count()) == (None, before)
    fine = case.fine_fen
    enforcement.end_remedy(remedy, outcome="changed", on=AT.date(), new_fine_fen=fine // 2, by=officer("吴海涛"), at=AT)
    case.refresh_from_db()
    assert (case.fine_fen, case.original_fine_fen, case.changed_on) == (fine // 2, fine, AT.date())


def test_an_annulment_by_a_remedy_annuls_the_case_with_it(visit):
    """Penalty Law art. 48."""
    case = forward(file(visit), "served")
    remedy = enforcement.record_remedy(case, kind="litigation", body="清源市人民法院", on=AT.date(), by=officer("李明"), at=AT)
    enforcement.end_remedy(remedy, outcome="annulled", on=AT.date(), why="事实不清", by=officer("吴海涛"), at=AT)
    case.refresh_from_db()
    assert (case.state, case.annulled_on) == ("annulled", AT.date())


def test_a_transfer_to_the_police_brings_its_papers_and_its_clock(visit):
    """Criminal transfer measures arts. 5-11; a detention needs its ground in the facts."""
    case = file(visit)
    handing = {"to": "清源市公安局", "papers": ["案件调查报告"], "why": "涉嫌污染环境犯罪。", "by": officer("吴海涛"), "at": AT}
    with pytest.raises(NotAllowed, match="移送行政拘留"):
        transfer.transfer(case, kind="detention", **handing)
    with pytest.raises(BadInput, match="涉嫌罪名"):
        transfer.transfer(case, kind="crime", **handing)
    red_flags.note_signals(case, facts={"hidden_discharge": True, "toxic": True}, by=officer("李明"), at=AT)
    case.refresh_from_db()
    assert [flag.id for flag in red_flags.red_flags_of(case, AT.date())] == ["C5"]
    row = transfer.transfer(case, kind="crime", offence="污染环境罪", procuratorate="清源市人民检察院", **handing)
    transfer.transfer(case, kind="detention", responsible="陈立", **handing)
    assert {"crime_transfer_approval", "crime_transfer", "crime_transfer_list", "detention_transfer"} <= set(kinds(case))
    transfer.take(row, "hand_over", text="材料一式两份。", by=officer("李明"), at=AT)
    transfer.take(row, "note_receipt", text="回执。", paper="清公（环）收字1号", by=officer("李明"), at=AT)
    assert any(clock.due.clock == "police_filing" and clock.is_theirs for clock in clocks_of(case, AT.date()))
    note = liaison.record_liaison(case, kind="consultation", body="清源市公安局", text="会商证据标准。", on=AT.date(), transfer=row, by=officer("李明"), at=AT)
    liaison.end_liaison(note, result="补充鉴定。", on=AT.date(), by=officer("李明"), at=AT)
    transfer.record_reply(row, reply="不予立案", is_taken=False, by=officer("李明"), at=AT + 3 * DAY)
    assert not case.suspensions.filter(ended=None).exists()


def test_an_unknown_fact_is_refused_and_nothing_is_kept(visit):
    """law.conditions names the facts it knows."""
    case = file(visit)
    with pytest.raises(BadInput, match="没有“colour”"):
        red_flags.note_signals(case, facts={"colour": True}, by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="应当是数"):
        red_flags.note_signals(case, facts={"hazardous_waste_tonnes": True}, by=officer("李明"), at=AT)
    case.refresh_from_db()
    assert case.signals == {}


def test_opinions_written_before_a_step_are_printed_on_its_approval(visit):
    """An approval carries what each post wrote, under the name of who wrote it."""
    case = forward(file(visit), "served")
    signing.give_opinion(case, matter="closing_approval", text="罚款已缴清，建议结案。", by=officer("李明"), at=AT)
    enforcement.record_payment(case, amount_fen=case.fine_fen, receipt="票1", on=AT.date(), by=officer("李明"), at=AT)
    enforcement.perform(case, by=officer("李明"), at=AT)
    closing.close(case, by=officer("吴海涛"), at=AT)
    given = case.docket.documents.get(kind="closing_approval").facts["opinions"]
    assert given["handlers"]["name"] == "李明"
    assert given["leader"]["name"] == "吴海涛"


def test_an_archived_file_takes_nothing_more(visit):
    """Measures 30 art. 78: the index is the last thing that goes in."""
    case = forward(file(visit), "served")
    enforcement.record_payment(case, amount_fen=case.fine_fen, receipt="票1", on=AT.date(), by=officer("李明"), at=AT)
    enforcement.perform(case, by=officer("李明"), at=AT)
    closing.close(case, by=officer("吴海涛"), at=AT)
    closing.archive(case, by=officer("李明"), at=AT)
    assert kinds(case)[-1] == "archive_index"
    with pytest.raises(NotAllowed, match="归档"):
        evidence(case)
