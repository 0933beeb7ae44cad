"""Carrying the decision out.  Penalty Law arts. 66, 67, 72, 73."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import Officer

from .models import Case, Instalment, Payment, Remedy
from .steps import hold, note, take


@transaction.atomic
def record_payment(case: Case, *, amount_fen: int, receipt: str, on: dt.date, by: Officer, at: dt.datetime) -> Payment:
    """Write down what the collecting bank received; the same receipt counts once."""
    held = hold(case)
    if held.state not in ("served", "in_court", "performed"):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，没有待缴的罚款（行政处罚法第66条）")
    if amount_fen <= 0 or not receipt.strip():
        raise BadInput("缴款金额须大于零，并附财政票据号（行政处罚法第70条）", field="amount_fen")
    if held.payments.filter(receipt=receipt).exists():
        raise NotAllowed(f"票据{receipt}已经登记过，没有重复记账")
    note(held, "record_payment", by=by, at=at, why=f"{amount_fen / 100:.2f}元，票据{receipt}")
    return Payment.objects.create(case=held, on=on, by=by, made_at=at, amount_fen=amount_fen, receipt=receipt)


@transaction.atomic
def grant_instalments(case: Case, *, parts: list[tuple[dt.date, int]], why: str, by: Officer, at: dt.datetime) -> list[Instalment]:
    """Let a party in real hardship pay later or in parts, on its written request (Penalty Law art. 66)."""
    held = hold(case)
    if held.state != "served" or not by.has_role("leader"):
        raise NotAllowed("送达后、履行前，经机关负责人批准才能延期或者分期缴纳（行政处罚法第66条）")
    owed = (held.fine_fen or 0) - sum(held.payments.values_list("amount_fen", flat=True))
    if sum(amount for _, amount in parts) != owed or any(amount <= 0 or due <= at.date() for due, amount in parts):
        raise BadInput(f"各期金额之和应为尚未缴纳的{owed / 100:.2f}元，各期均须晚于今天", field="parts")
    if not why.strip():
        raise BadInput("请写明当事人的申请和经济困难的情况（行政处罚法第66条）", field="why")
    held.instalments.all().delete()
    note(held, "grant_instalments", by=by, at=at, why=why)
    return [Instalment.objects.create(case=held, on=at.date(), by=by, made_at=at, due_on=due, amount_fen=amount, note=why) for due, amount in parts]


@transaction.atomic
def record_remedy(case: Case, *, kind: str, body: str, number: str = "", on: dt.date, by: Officer, at: dt.datetime) -> Remedy:
    """The party went to reconsideration or to court; the decision goes on meanwhile (Penalty Law art. 73)."""
    held = hold(case)
    if held.served_on is None:
        raise NotAllowed("决定尚未送达，没有可以复议或者起诉的决定（行政处罚法第73条）")
    if kind not in ("reconsideration", "litigation") or not body.strip():
        raise BadInput("请写明是行政复议还是行政诉讼，以及受理机关", field="kind")
    note(held, "record_remedy", by=by, at=at, why=f"{body}{number}")
    return Remedy.objects.create(case=held, on=on, by=by, made_at=at, kind=kind, body=body, number=number)


@transaction.atomic
def end_remedy(remedy: Remedy, *, outcome: str, on: dt.date, by: Officer, at: dt.datetime, why: str = "") -> Remedy:
    """How it ended; an annulment is carried out by ``annul``."""
    if remedy.ended_on is not None:
        raise NotAllowed("该复议、诉讼已经终结")
    if outcome not in ("upheld", "changed", "annulled", "withdrawn") or on < remedy.on:
        raise BadInput("结果须为维持、变更、撤销或者撤回，终结日期不得早于受理日期", field="outcome")
    remedy.outcome, remedy.ended_on, remedy.note = outcome, on, why
    remedy.save()
    note(hold(remedy.case), "end_remedy", by=by, at=at, why=f"{remedy.get_kind_display()}：{remedy.get_outcome_display()}")
    return remedy


@transaction.atomic
def urge(case: Case, *, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Urge the party in writing before going to court (Compulsion Law art. 54)."""
    held = hold(case)
    if held.state != "served" or on < (held.served_on or on):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不需要催告（行政强制法第54条）")
    return note(held, "urge", by=by, at=at, changes={"urged_on": on})


@transaction.atomic
def apply_to_court(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Ask the court for compulsory enforcement (Compulsion Law arts. 53-55)."""
    return take(hold(case), "apply_to_court", by=by, on=at.date(), at=at)


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


@transaction.atomic
def annul(case: Case, *, ground: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The decision was annulled on reconsideration, by a court, or by the agency itself.

    The publication has to be withdrawn within three days (Penalty Law art. 48).
    """
    if not ground.strip():
        raise BadInput("请写明撤销决定的文书（复议决定书、判决书等）", field="ground")
    return take(hold(case), "annul", by=by, on=at.date(), at=at, why=ground, changes={"annulled_on": on, "annulment": ground[:200]})
