"""Handing a case to others: police, another agency, the damage compensation desk.

Criminal transfer measures 2017; Measures 30 arts. 16, 17, 41; the clocks are in law/book/procedure/transfer.yaml.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.registry.models import Officer

from .models import TRANSFER_KINDS, Case, Suspension, Transfer
from .steps import hold, note

POLICE = "police"
OPEN = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served")


@transaction.atomic
def transfer(case: Case, *, kind: str, to: str, papers: list[str], why: str, by: Officer, at: dt.datetime) -> Transfer:
    """Hand over; a crime transfer stops the decision clock until the police answer (criminal transfer measures art. 16)."""
    held = hold(case)
    if held.state not in OPEN:
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不能移送")
    if kind not in dict(TRANSFER_KINDS) or not to.strip() or not why.strip():
        raise BadInput(f"请写明移送种类（{'、'.join(dict(TRANSFER_KINDS).values())}）、接收机关和理由", field="kind")
    if kind in ("crime", "detention") and not by.has_role("leader"):
        raise NotAllowed("移送公安机关须经机关负责人批准（行刑衔接工作办法）")
    if held.transfers.filter(kind=kind, replied_on=None).exists():
        raise NotAllowed("同一种类的移送尚未回复，不得重复移送")
    row = Transfer.objects.create(case=held, on=at.date(), by=by, made_at=at, note=why, kind=kind, to=to, papers=papers)
    if kind == "crime" and held.decided_on is None:
        ground = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"][POLICE]
        Suspension.objects.create(case=held, on=at.date(), by=by, note=why, made_at=at, ground=POLICE, citation=ground["citation"])
    note(held, "transfer", by=by, at=at, why=f"{row.get_kind_display()}：{to}")
    return row


@transaction.atomic
def record_reply(row: Transfer, *, reply: str, is_taken: bool, by: Officer, at: dt.datetime) -> Transfer:
    """What the receiving body answered; when the police decline, the decision clock runs again."""
    if row.replied_on is not None:
        raise NotAllowed("该移送已登记回复")
    if not reply.strip():
        raise BadInput("请写明回复内容和文书", field="reply")
    held = hold(row.case)
    row.reply, row.is_taken, row.replied_on = reply, is_taken, at.date()
    row.save()
    if row.kind == "crime" and not is_taken:
        held.suspensions.filter(ground=POLICE, ended=None).update(ended=at.date())
    note(held, "record_reply", by=by, at=at, why=reply)
    return row
