"""Closing and archiving.  Review criteria 2024 item 14; Measures 30 arts. 77-79 (article numbers unverified)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .models import Case
from .steps import hold, take

REASONS = {"performed": "改正和处罚决定履行完毕", "annulled": "决定被撤销", "withdrawn": "撤销立案", "terminated": "终止调查"}


@transaction.atomic
def close(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Close the case with its reason; the approval goes into the volume."""
    held = hold(case)
    reason = held.closing_reason or REASONS.get(held.state, "")
    take(held, "close", by=by, on=at.date(), at=at, changes={"closed_on": at.date(), "closing_reason": reason})
    docket.issue(
        kind="closing_approval", docket=held.docket, by=by, at=at,
        facts={
            "party": held.party.name, "cause": held.cause, "case_number": held.number, "filed_on": held.filed_on.isoformat(),
            "decided_on": held.decided_on.isoformat() if held.decided_on else "", "reason": reason, "fine_fen": held.fine_fen,
            "payments": [{"on": p.on.isoformat(), "amount_fen": p.amount_fen, "receipt": p.receipt} for p in held.payments.all()],
        },
    )
    return held


@transaction.atomic
def archive(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Put the file away; from now on nothing is added, taken out or changed."""
    return take(hold(case), "archive", by=by, on=at.date(), at=at)
