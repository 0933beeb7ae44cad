"""Carrying the decision out.  Penalty Law arts. 66, 67, 72, 73."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import Officer

from .models import Case, Payment
from .steps import hold, note, take


@transaction.atomic
def record_payment(case: Case, *, amount_fen: int, receipt: str, on: dt.date, by: Officer, at: dt.datetime) -> Payment:
    """Write down what the collecting bank received; the same receipt counts once."""
    held = hold(case)
    if held.state not in ("served", "performed"):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，没有待缴的罚款（行政处罚法第66条）")
    if amount_fen <= 0 or not receipt.strip():
        raise BadInput("缴款金额须大于零，并附财政票据号（行政处罚法第70条）", field="amount_fen")
    if held.payments.filter(receipt=receipt).exists():
        raise NotAllowed(f"票据{receipt}已经登记过，没有重复记账")
    note(held, "record_payment", by=by, at=at, why=f"{amount_fen / 100:.2f}元，票据{receipt}")
    return Payment.objects.create(case=held, on=on, by=by, made_at=at, amount_fen=amount_fen, receipt=receipt)


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
