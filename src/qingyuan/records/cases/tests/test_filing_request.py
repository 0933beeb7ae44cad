"""The filing form on its way to the leader; urgent sealing and its twenty-four hours; commitment and guidance."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import commitment, filing_request, measures, red_flags
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case
from qingyuan.records.docket.models import DocumentNumber

from .cast import AT, DAY, file, officer
from .test_companions import SEALED

pytestmark = pytest.mark.django_db
ASKED = {"violation": "air_exceedance", "act_began": AT.date(), "act_ended": AT.date(), "opinion": "建议立案。"}


def test_the_leader_files_the_case_and_all_three_opinions_are_on_the_form(visit):
    """Measures 30 art. 18: number and approval come into being with the leader's word."""
    row = filing_request.request_filing(visit, by=officer("李明"), at=AT, **ASKED)
    assert not DocumentNumber.objects.filter(series__word="立").exists()
    with pytest.raises(NotAllowed, match="不得重复提请"):
        filing_request.request_filing(visit, by=officer("李明"), at=AT, **ASKED)
    with pytest.raises(NotAllowed, match="不得代签"):
        filing_request.give_unit_opinion(row, opinion="同意。", by=officer("李明"), at=AT)
    row = filing_request.give_unit_opinion(row, opinion="属本局管辖，同意。", by=officer("赵晓燕"), at=AT)
    with pytest.raises(NotAllowed, match="机关负责人批准"):
        filing_request.approve_filing(row, opinion="同意。", by=officer("李明"), at=AT)
    case = filing_request.approve_filing(row, opinion="同意立案。", by=officer("吴海涛"), at=AT)
    given = case.docket.documents.get(kind="filing_approval").facts["opinions"]
    assert [given[post]["name"] for post in ("handlers", "division", "leader")] == ["李明", "赵晓燕", "吴海涛"]
    with pytest.raises(NotAllowed, match="已经办结"):
        filing_request.approve_filing(row, opinion="同意。", by=officer("吴海涛"), at=AT)


def test_a_request_that_is_declined_names_the_condition_and_makes_no_case(visit):
    """Measures 30 art. 19."""
    row = filing_request.request_filing(visit, by=officer("李明"), at=AT, **ASKED)
    with pytest.raises(BadInput, match="立案条件"):
        filing_request.decline_filing(row, condition=" ", opinion="不立案。", by=officer("吴海涛"), at=AT)
    filing_request.decline_filing(row, condition="没有初步证据", opinion="证据不足。", by=officer("吴海涛"), at=AT)
    assert not Case.objects.exists()
    assert visit.docket.documents.filter(kind="filing_decline_approval").exists()
    assert not filing_request.requests(officer("吴海涛")).exists()


def test_an_approval_after_the_fifteen_days_needs_its_reason(visit):
    """Measures 30 art. 18: the days run until the leader's word; the request alone does not stop them."""
    row = filing_request.request_filing(visit, by=officer("李明"), at=AT, **ASKED)
    with pytest.raises(NotAllowed, match="逾期须写明"):
        filing_request.approve_filing(row, opinion="同意。", by=officer("吴海涛"), at=AT + 40 * DAY)
    row.refresh_from_db()
    assert row.state == "asked" and not Case.objects.exists()


def urgent(case: Case, at: dt.datetime = AT):
    red_flags.note_signals(case, facts={"hidden_discharge": True}, by=officer("李明"), at=at)
    case.refresh_from_db()
    row = measures.propose_measure(case, by=officer("李明"), at=at, **SEALED)
    return measures.impose_urgently(row, how="direct", receiver="陈立", process="张贴封条。", heard="无异议。", urgency="正在转移设备", by=officer("李明"), at=at)


def test_an_urgent_sealing_is_approved_within_twenty_four_hours_or_falls(visit):
    """Compulsion Law art. 19; Order 29 of 2014 art. 13."""
    case = file(visit)
    row = urgent(case)
    assert row.state == "unapproved"
    late = AT + dt.timedelta(hours=25)
    clock = next(clock for clock in clocks_of(case, late.date(), late) if clock.due.clock == "seizure_approval")
    assert clock.is_late and clock.due_at == AT + dt.timedelta(hours=24)
    with pytest.raises(NotAllowed, match="应当立即解除"):
        measures.approve_afterwards(row, opinion="同意。", by=officer("吴海涛"), at=late)
    with pytest.raises(NotAllowed, match="负责人"):
        measures.approve_afterwards(row, opinion="同意。", by=officer("李明"), at=AT)
    row = measures.let_fall(row, why="未在期限内补批。", receiver="陈立", by=officer("李明"), at=late)
    assert row.state == "released"
    assert case.docket.documents.filter(kind="seizure_release").exists()


def test_an_urgent_sealing_that_was_approved_in_time_goes_on_as_any_other(visit):
    """Order 29 of 2014 art. 13: the approval form lies in the file, its clock is done in time."""
    case = file(visit)
    at = AT + dt.timedelta(hours=23)
    row = measures.approve_afterwards(urgent(case), opinion="情况属实，同意。", by=officer("吴海涛"), at=at)
    assert (row.state, row.approved_on) == ("imposed", at.date())
    clock = next(clock for clock in clocks_of(case, at.date(), at) if clock.due.clock == "seizure_approval")
    assert (clock.is_late, clock.done_on) == (False, at.date())
    assert case.docket.documents.filter(kind="seizure_approval").exists()


def test_a_restriction_is_never_imposed_before_its_approval(visit):
    """Only a sealing may be urgent (Compulsion Law art. 19)."""
    row = measures.propose_measure(file(visit), kind="restrict_production", why="超标。", content="限产一半", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="只有查封、扣押"):
        measures.impose_urgently(row, how="direct", receiver="陈立", process="张贴。", heard="无。", urgency="紧急", by=officer("李明"), at=AT)


def test_a_commitment_is_kept_in_the_file_and_checked(visit):
    """Penalty Law art. 33: promised, checked, and what came of it on the record."""
    case = file(visit)
    with pytest.raises(BadInput, match="承诺内容"):
        commitment.record_commitment(case, text=" ", due_on=AT.date(), signer="陈立", by=officer("李明"), at=AT)
    row = commitment.record_commitment(case, text="三十日内完成改造。", due_on=(AT + 30 * DAY).date(), signer="陈立", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="尚未核查"):
        commitment.record_commitment(case, text="再承诺。", due_on=AT.date(), signer="陈立", by=officer("李明"), at=AT)
    assert any(clock.due.clock == "commitment" for clock in clocks_of(case, AT.date()))
    row = commitment.check_commitment(row, is_kept=False, finding="没有改造。", by=officer("李明"), at=AT + 31 * DAY)
    assert row.is_kept is False
    letter = commitment.send_guidance(case, facts="台账不全。", law="应当建立台账。", advice="专人记录。", how="direct", receiver="陈立", by=officer("李明"), at=AT)
    assert letter.services.exists()
