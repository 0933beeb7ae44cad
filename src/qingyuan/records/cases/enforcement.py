"""Carrying the decision out.  Penalty Law arts. 66, 67, 72, 73."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.law.late_fine import yuan
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case, Instalment, Measure, Payment
from .money import owed
from .papers import case_facts, decision_facts
from .remedies import annul, end_remedy, record_remedy
from .signing import said
from .steps import hold, note, take

__all__ = [
    "annul", "apply_to_court", "end_remedy", "grant_instalments", "note_court_acceptance", "perform", "record_payment", "record_remedy", "refuse_instalments", "urge",
    "waive_late_fine",
]  # fmt: skip


@transaction.atomic
def record_payment(
    case: Case, *, amount_fen: int, receipt: str, on: dt.date, by: Officer, at: dt.datetime, measure: Measure | None = None,
) -> Payment:
    """Write down what the collecting bank received; the same receipt counts once.

    What is paid beyond the fine goes to the additional fine for late payment; ``measure`` is the daily penalty it is for.
    """
    held = hold(case)
    if measure is not None and (measure.case_id != held.pk or measure.kind != "daily_penalty"):
        raise BadInput("缴款对应的按日连续处罚不属于本案", field="measure")
    if held.state not in ("served", "in_court", "performed"):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，没有待缴的罚款（行政处罚法第66条）")
    if amount_fen <= 0 or not receipt.strip():
        raise BadInput("缴款金额须大于零，并附财政票据号（行政处罚法第70条）", field="amount_fen")
    if held.payments.filter(receipt=receipt).exists():
        raise NotAllowed(f"票据{receipt}已经登记过，没有重复记账")
    note(held, "record_payment", by=by, at=at, why=f"{amount_fen / 100:.2f}元，票据{receipt}")
    return Payment.objects.create(case=held, on=on, by=by, made_at=at, amount_fen=amount_fen, receipt=receipt, measure=measure)


@transaction.atomic
def grant_instalments(case: Case, *, parts: list[tuple[dt.date, int]], why: str, by: Officer, at: dt.datetime) -> list[Instalment]:
    """Let a party in real hardship pay later or in parts, on its written request (Penalty Law art. 66)."""
    held = hold(case)
    if held.state != "served" or not by.has_role("leader"):
        raise NotAllowed("送达后、履行前，经机关负责人批准才能延期或者分期缴纳（行政处罚法第66条）")
    unpaid = (held.fine_fen or 0) - sum(held.payments.filter(measure=None).values_list("amount_fen", flat=True))
    if sum(amount for _, amount in parts) != unpaid or any(amount <= 0 or due <= at.date() for due, amount in parts):
        raise BadInput(f"各期金额之和应为尚未缴纳的{unpaid / 100:.2f}元，各期均须晚于今天", field="parts")
    if not why.strip():
        raise BadInput("请写明当事人的申请和经济困难的情况（行政处罚法第66条）", field="why")
    held.instalments.all().delete()
    note(held, "grant_instalments", by=by, at=at, why=why)
    plan = [{"due_on": due.isoformat(), "amount": f"{amount / 100:,.2f}元"} for due, amount in parts]
    facts = {**case_facts(held), **decision_facts(held), "deferral": {"reason": why, "plan": plan}}
    if held.decision is not None:
        docket.issue(kind="deferral_approval", docket=held.docket, by=by, at=at, facts=facts)
    return [Instalment.objects.create(case=held, on=at.date(), by=by, made_at=at, due_on=due, amount_fen=amount, note=why) for due, amount in parts]


@transaction.atomic
def refuse_instalments(case: Case, *, reason: str, refusal: str, by: Officer, at: dt.datetime) -> Document:
    """Say no to a request to pay later, with the reason (Penalty Law art. 66)."""
    held = hold(case)
    if held.state != "served" or not by.has_role("leader"):
        raise NotAllowed("送达后、履行前，由机关负责人决定是否准许延期或者分期缴纳（行政处罚法第66条）")
    if not reason.strip() or not refusal.strip():
        raise BadInput("请写明当事人的申请理由和不同意的理由（行政处罚法第66条）", field="refusal")
    note(held, "refuse_instalments", by=by, at=at, why=refusal)
    facts = {**case_facts(held), **decision_facts(held), "deferral": {"reason": reason, "refusal": refusal}}
    return docket.issue(kind="deferral_refusal", docket=held.docket, by=by, at=at, facts=facts)


@transaction.atomic
def waive_late_fine(case: Case, *, why: str, by: Officer, at: dt.datetime) -> Case:
    """Let the additional fine go once the fine is paid, by an agreement on carrying the decision out (Compulsion Law art. 42)."""
    held = hold(case)
    money = owed(held, at.date())
    reasons = []
    if held.state not in ("served", "in_court") or money.late_fen <= 0:
        reasons.append("没有尚未缴纳的加处罚款（行政处罚法第72条）")
    if money.fine_fen > 0:
        reasons.append(f"罚款本数尚欠{yuan(money.fine_fen)}元，缴清后才能减免加处罚款（行政强制法第42条）")
    if not by.has_role("leader"):
        reasons.append("减免加处罚款由机关负责人决定（行政强制法第42条）")
    if reasons:
        raise NotAllowed(reasons)
    if not why.strip():
        raise BadInput("请写明执行协议和当事人采取的补救措施（行政强制法第42条）", field="why")
    words = {"approval": {"matter": f"减免加处罚款{yuan(money.late_fen)}元", "reason": why}, "opinions": {"leader": said("同意。", by, at.date())}}
    note(held, "waive_late_fine", by=by, at=at, why=why, changes={"late_waived_on": at.date()})
    docket.issue(kind="internal_approval", docket=held.docket, by=by, at=at, facts={**case_facts(held), **words})
    return held


@transaction.atomic
def urge(case: Case, *, on: dt.date, by: Officer, at: dt.datetime, how: str = "direct", receiver: str = "") -> Case:
    """Urge the party in writing before going to court; the notice is made and served (Compulsion Law art. 54)."""
    held = hold(case)
    if held.state != "served" or held.served_on is None or on < held.served_on:
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不需要催告（行政强制法第54条）")
    money = owed(held, on)
    if money.total_fen <= 0:
        raise NotAllowed("没有尚未缴纳的罚款，不需要催告（行政强制法第54条）")
    late = f"，另有加处罚款{yuan(money.late_fen)}元（计算至{on}）" if money.late_fen else ""
    words = {
        "due_on": deadlines.due("urging", on).due_on.isoformat(), "content": f"缴纳罚款{yuan(money.fine_fen)}元{late}。", "amount_fen": money.total_fen,
    }  # fmt: skip
    facts = {**case_facts(held), **decision_facts(held), "urging": words}
    document = docket.issue(kind="urging_notice", docket=held.docket, by=by, at=at, facts=facts)
    if on < document.issued_on:
        raise NotAllowed(f"催告书今天制作，送达日期{on}不得早于今天")
    docket.serve(document=document, how=how, receiver=receiver or held.party.legal_representative or held.party.name, on=on, by=by, at=at)
    return note(held, "urge", by=by, at=at, changes={"urged_on": on})


@transaction.atomic
def apply_to_court(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Ask the court for compulsory enforcement (Compulsion Law arts. 53-55)."""
    held = take(hold(case), "apply_to_court", by=by, on=at.date(), at=at)
    money = owed(held, at.date())
    late = f"和加处罚款{yuan(money.late_fen)}元" if money.late_fen else ""
    words = {
        "request": f"强制执行罚款{yuan(money.fine_fen)}元{late}。", "reason": f"决定书于{held.served_on}送达，被申请人在法定期限内未申请复议、未起诉，又不履行。",
        "urged": f"{held.urged_on}送达催告书，期满仍未履行。", "subject": "见被申请人的登记住所和财产线索。",
        "attachments": "行政处罚决定书及事实、理由和依据；当事人的意见及催告情况；执行标的情况。", "leader": by.name,
    }
    facts = {**case_facts(held), **decision_facts(held), "application": words}
    docket.issue(kind="court_application", docket=held.docket, by=by, at=at, facts=facts)
    return held


@transaction.atomic
def note_court_acceptance(case: Case, *, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The court accepted the application (Compulsion Law art. 56)."""
    held = hold(case)
    if held.state != "in_court":
        raise NotAllowed("尚未向人民法院申请强制执行（行政强制法第53条）")
    return note(held, "note_court_acceptance", by=by, at=at, changes={"court_accepted_on": on})


@transaction.atomic
def perform(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """The fine is paid and the violation corrected."""
    return take(hold(case), "perform", by=by, on=at.date(), at=at)
