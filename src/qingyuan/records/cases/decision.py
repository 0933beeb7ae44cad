"""Deciding and serving.  Penalty Law arts. 57, 59-61."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case
from .papers import case_facts
from .steps import hold, take


@transaction.atomic
def decide(case: Case, *, by: Officer, at: dt.datetime, version: int | None = None) -> Document:
    """Make the decision; the document is written, numbered and digested in the same transaction."""
    held = hold(case, version=version)
    take(held, "decide", by=by, on=at.date(), at=at, changes={"decided_on": at.date()})
    document = docket.issue(kind="penalty_decision", docket=held.docket, by=by, at=at, facts=case_facts(held))
    held.decision = document
    held.save(update_fields=["decision"])
    return document


@transaction.atomic
def serve_decision(case: Case, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Serve the decision within seven days (Penalty Law art. 61)."""
    held = hold(case)
    take(held, "serve_decision", by=by, on=at.date(), at=at, changes={"served_on": on})
    docket.serve(document=held.decision, how=how, receiver=receiver, on=on, by=by, at=at)
    return held
