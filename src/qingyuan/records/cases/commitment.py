"""Not punished, but not without a word: the party's commitment and its check, the letter of guidance.

Penalty Law arts. 6, 33; the commitment is the promise on which a minor violation is let go, checked later, and answered for.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case, Commitment
from .papers import case_facts
from .steps import hold, note

OPEN = ("filed", "investigated", "reviewed", "notified", "answered", "decided", "served", "performed")


@transaction.atomic
def record_commitment(case: Case, *, text: str, due_on: dt.date, signer: str, by: Officer, at: dt.datetime) -> Commitment:
    """The party promises to put it right by a day (告知承诺); the letter goes into the file."""
    held = hold(case)
    if held.state not in OPEN:
        raise NotAllowed(f"案件{held.get_state_display()}，不再登记承诺")
    if held.commitments.filter(checked_on=None).exists():
        raise NotAllowed("已有尚未核查的承诺，核查后再登记")
    if not text.strip() or not signer.strip() or due_on < at.date():
        raise BadInput("请写明承诺内容、承诺人和不早于今天的完成期限", field="text")
    words = {"text": text, "due_on": due_on.isoformat(), "signer": signer}
    document = docket.issue(kind="commitment_letter", docket=held.docket, by=by, at=at, facts={**case_facts(held), "commitment": words})
    note(held, "record_commitment", by=by, at=at, why=f"{signer}：{text}")
    return Commitment.objects.create(case=held, on=at.date(), by=by, note=text, made_at=at, text=text, due_on=due_on, signer=signer, document=document)


@transaction.atomic
def check_commitment(row: Commitment, *, is_kept: bool, finding: str, by: Officer, at: dt.datetime) -> Commitment:
    """Look whether it was kept; a broken one is on the record and speaks against leniency the next time."""
    held = hold(row.case)
    fresh = Commitment.objects.select_for_update().get(pk=row.pk)
    if fresh.checked_on is not None:
        raise NotAllowed(f"该承诺已于{fresh.checked_on}核查")
    if not finding.strip():
        raise BadInput("请写明核查情况", field="finding")
    fresh.checked_on, fresh.is_kept, fresh.finding = at.date(), is_kept, finding
    fresh.save()
    note(held, "check_commitment", by=by, at=at, why=f"{'已经履行' if is_kept else '没有履行'}：{finding}")
    return fresh


@transaction.atomic
def send_guidance(case: Case, *, facts: str, law: str, advice: str, how: str, receiver: str, by: Officer, at: dt.datetime) -> Document:
    """A letter of guidance: what was seen, what the rules say, what would help; no duty and no penalty."""
    held = hold(case)
    missing = [label for label, text in (("发现的问题", facts), ("有关规定的说明", law), ("改进建议", advice)) if not text.strip()]
    if missing:
        raise BadInput(f"请写明{'、'.join(missing)}", field="facts")
    if held.state not in OPEN:
        raise NotAllowed(f"案件{held.get_state_display()}，不再制发指导书")
    document = docket.issue(kind="guidance_letter", docket=held.docket, by=by, at=at, facts={**case_facts(held), "guidance": {"facts": facts, "law": law, "advice": advice}})
    docket.serve(document=document, how=how, receiver=receiver, on=at.date(), by=by, at=at)
    note(held, "send_guidance", by=by, at=at, why=advice)
    return document
