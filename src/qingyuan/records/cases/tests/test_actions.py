"""What actions refuse, and that a refusal leaves nothing half-written."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import decision, enforcement, investigation, notice, queries, review, summary
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case, Payment
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Event, Officer
from qingyuan.testing import photo

from . import conftest
from .cast import AT, DAY, FACTORS, file, officer

pytestmark = pytest.mark.django_db
visit = conftest.visit


def test_a_case_is_filed_once(visit):
    """Penalty Law art. 29."""
    file(visit)
    with pytest.raises(NotAllowed, match="第29条"):
        file(visit)
    assert Case.objects.count() == 1


def test_filing_late_needs_the_reason_and_then_is_possible(visit):
    """Measures 30 art. 18: fifteen days; an illegal act does not become legal by our delay."""
    late = AT + 20 * DAY
    with pytest.raises(NotAllowed, match="令30第18条"):
        file(visit, at=late)
    assert file(visit, at=late, late_reason="经负责人批准延长").filed_on == late.date()


def test_an_unknown_violation_leaves_no_number_and_no_case(visit):
    """Nothing half-written."""
    before = (Event.objects.count(), Document.objects.count())
    with pytest.raises(BadInput, match="违法行为目录"):
        file(visit, violation="being_rude")
    assert (Event.objects.count(), Document.objects.count()) == before


def test_an_act_older_than_two_years_is_not_filed(visit):
    """Penalty Law art. 36."""
    old = AT.date() - dt.timedelta(days=800)
    with pytest.raises(NotAllowed, match="第36条"):
        file(visit, act_began=old, act_ended=old)


def test_two_people_who_change_one_case_do_not_overwrite_each_other(visit):
    """The later one is told, and nothing of theirs is lost silently."""
    case = file(visit)
    seen = case.version
    investigation.propose_penalty(case, factors=FACTORS, circumstances=[], by=officer("李明"), at=AT, version=seen)
    with pytest.raises(NotAllowed, match="已被他人修改"):
        investigation.propose_penalty(case, factors={**FACTORS, "repeat": "second"}, circumstances=[], by=officer("王建国"), at=AT, version=seen)
    assert Case.objects.get().proposal["factors"]["repeat"] == "first"


def test_a_missing_factor_is_asked_for_by_name(visit):
    """No guess: the sentence names the factor and the values that may stand there."""
    case = file(visit)
    with pytest.raises(BadInput, match="超标倍数"):
        investigation.propose_penalty(case, factors={}, circumstances=[], by=officer("李明"), at=AT)
    assert Case.objects.get().fine_fen is None


def test_the_next_steps_say_why_not_yet(visit):
    """What the page shows beside a greyed-out button."""
    case = file(visit)
    steps = {name: reasons for name, _, _, reasons in queries.next_steps(officer("李明"), case, AT.date())}
    assert any("尚缺证据" in reason for reason in steps["conclude"])


def test_a_case_of_another_city_is_not_there(visit):
    """Scope."""
    case = file(visit)
    other = Officer.objects.filter(agency__division__code="990200000000").first()
    assert not queries.cases(other).filter(pk=case.pk).exists()


def test_suspending_stops_the_decision_clock_and_resuming_starts_it(visit):
    """Measures 30 art. 35; Penalty Law art. 60."""
    case = file(visit)
    first = clocks_of(case, AT.date())[0].due.due_on
    investigation.suspend(case, why="等待司法鉴定", by=officer("吴海涛"), at=AT + 10 * DAY)
    case.refresh_from_db()
    assert clocks_of(case, (AT + 50 * DAY).date())[0].is_still
    investigation.resume(case, by=officer("吴海涛"), at=AT + 30 * DAY)
    case.refresh_from_db()
    moved = clocks_of(case, (AT + 50 * DAY).date())[0].due.due_on
    assert (moved - first).days in range(19, 24)


def test_notice_steps_before_service_are_refused(visit):
    """Penalty Law arts. 44, 45, 64."""
    case = file(visit)
    for call in (
        lambda: notice.record_waiver(case, why="书面放弃", on=AT.date(), by=officer("李明"), at=AT),
        lambda: notice.request_hearing(case, on=AT.date(), by=officer("李明"), at=AT),
        lambda: notice.record_statement(case, text="请求从轻", on=AT.date(), by=officer("李明"), at=AT),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_an_exemption_needs_its_ground_and_spares_the_minimum(visit):
    """Penalty Law art. 33: no ground, no exemption; with it, a decision, an education, and the sum that was spared."""
    case = file(visit)
    for name in ("调查询问笔录", "营业执照", "排污许可证副本", "现场照片", "监测报告", "采样记录"):
        docket.take_evidence(
            docket=case.docket, kind="audiovisual" if name == "现场照片" else "documentary", name=name, content=photo((len(name), ord(name[0]) % 200, 9)),
            source="当事人", taken_at=AT, by=officer("李明"), at=AT,
        )  # fmt: skip
    slight = {**FACTORS, "exceedance": {"multiple": "0.05"}}
    investigation.propose_penalty(case, factors=slight, circumstances=[], by=officer("李明"), at=AT)
    investigation.conclude(case, summary="首次、轻微、已改正，建议不予处罚。", by=officer("李明"), at=AT)
    review.pass_review(case, opinion="同意。", by=officer("赵晓燕"), at=AT)
    with pytest.raises(NotAllowed, match="第33条"):
        decision.exempt(case, education="已约谈", by=officer("吴海涛"), at=AT)
    Case.objects.filter(pk=case.pk).update(state="investigated")
    investigation.propose_penalty(case, factors=slight, circumstances=["first_violation"], by=officer("李明"), at=AT)
    review.pass_review(case, opinion="同意。", by=officer("赵晓燕"), at=AT)
    assert decision.give_exemption_notice(case, by=officer("李明"), at=AT).number.startswith("清环不罚告")
    with pytest.raises(BadInput, match="教育"):
        decision.exempt(case, education=" ", by=officer("吴海涛"), at=AT)
    document = decision.exempt(case, education="已约谈并发放守法提示。", by=officer("吴海涛"), at=AT)
    case.refresh_from_db()
    assert document.title == "不予行政处罚决定书"
    assert (case.state, case.decision_kind, case.fine_fen, case.exempted_fen) == ("decided", "no_penalty", 0, 100_000_00)


def test_a_penalty_on_the_spot_is_decided_numbered_and_served_at_once(visit):
    """Penalty Law arts. 51, 52."""
    case = summary.decide_on_spot(visit, violation="air_exceedance", fine_yuan=1000, heard="无异议。", receiver="陈立", by=officer("李明"), at=AT)
    assert (case.state, case.procedure, case.decision.number) == ("served", "summary", case.number)
    with pytest.raises(NotAllowed, match="第29条"):
        file(visit)


def test_a_penalty_on_the_spot_stays_under_its_ceiling(visit):
    """Penalty Law art. 51; the ceiling comes from the rule book."""
    most = int(summary.ceiling("company", AT.date()))
    assert summary.why_not_on_spot(visit, violation="air_exceedance", fine_yuan=most, by=officer("李明"), on=AT.date()) == []
    (reason,) = summary.why_not_on_spot(visit, violation="air_exceedance", fine_yuan=most + 1, by=officer("李明"), on=AT.date())
    assert "普通程序" in reason
    assert summary.ceiling("person", AT.date()) < most


def test_no_payment_before_a_decision_and_a_receipt_counts_once(visit):
    """Penalty Law arts. 66, 70."""
    case = file(visit)
    with pytest.raises(NotAllowed, match="没有待缴"):
        enforcement.record_payment(case, amount_fen=100, receipt="票1", on=AT.date(), by=officer("李明"), at=AT)
    Case.objects.filter(pk=case.pk).update(state="served", fine_fen=100_00, served_on=AT.date())
    enforcement.record_payment(case, amount_fen=100, receipt="票1", on=AT.date(), by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="没有重复记账"):
        enforcement.record_payment(case, amount_fen=100, receipt="票1", on=AT.date(), by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="大于零"):
        enforcement.record_payment(case, amount_fen=0, receipt="票2", on=AT.date(), by=officer("李明"), at=AT)
    assert Payment.objects.count() == 1


def test_instalments_must_add_up_to_what_is_owed(visit):
    """Penalty Law art. 66."""
    case = file(visit)
    Case.objects.filter(pk=case.pk).update(state="served", fine_fen=100_00, served_on=AT.date())
    day = AT.date() + DAY
    with pytest.raises(BadInput, match="100.00元"):
        enforcement.grant_instalments(case, parts=[(day, 50_00)], why="困难", by=officer("吴海涛"), at=AT)
    with pytest.raises(NotAllowed, match="负责人"):
        enforcement.grant_instalments(case, parts=[(day, 100_00)], why="困难", by=officer("李明"), at=AT)
    rows = enforcement.grant_instalments(case, parts=[(day, 40_00), (day + 30 * DAY, 60_00)], why="困难", by=officer("吴海涛"), at=AT)
    assert sum(row.amount_fen for row in rows) == 100_00
