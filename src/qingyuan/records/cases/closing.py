"""Closing and archiving.  Review criteria 2024 item 14; Measures 30 arts. 77-79 (article numbers unverified)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import volume
from qingyuan.records.registry.models import Officer

from .models import Case
from .papers import case_facts
from .signing import opinions, signed
from .steps import hold, take

REASONS = {"performed": "改正和处罚决定履行完毕", "annulled": "决定被撤销", "withdrawn": "撤销立案", "terminated": "终止调查", "in_court": "已申请强制执行且法院受理"}


@transaction.atomic
def close(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Close the case with its reason; the approval goes into the volume."""
    held = hold(case)
    reason = held.closing_reason or REASONS.get(held.state, "")
    take(held, "close_in_court" if held.state == "in_court" else "close", by=by, on=at.date(), at=at, changes={"closed_on": at.date(), "closing_reason": reason})
    box = opinions(held, "closing_approval", text="同意结案。", by=by, at=at)
    docket.issue(kind="closing_approval", docket=held.docket, by=by, at=at, facts={**case_facts(held), **closing_facts(held, reason), **box})
    return held


def closing_facts(case: Case, reason: str) -> dict[str, object]:
    """How it went and what is attached (review criteria 2024, item 14)."""
    decided = f"{case.decided_on}作出决定，" if case.decided_on else ""
    paid = [f"{p.on}缴款{p.amount_fen / 100:.2f}元（票据{p.receipt}）" for p in case.payments.all()]
    corrected = [o.reinspection_note for o in case.inspection.correction_orders.exclude(corrected_on=None)]
    decision = {"decision": {"number": case.decision.number, "on": case.decision.issued_on.isoformat()}} if case.decision else {}
    return {
        "process": f"{case.filed_on}立案，{decided}{case.closed_on}结案。", "performance": "；".join(paid) or "无须履行。",
        "attachments": "；".join(f"票据{p.receipt}" for p in case.payments.all()) or case.annulment or "无", "closing": {"reason": reason},
        **({"correction": {"result": "；".join(corrected)}} if corrected else {}), **decision,
    }


@transaction.atomic
def archive(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Put the file away; from now on nothing is added, taken out or changed."""
    held = take(hold(case), "archive", by=by, on=at.date(), at=at)
    index = {"archive": {"volume": "正卷", "items": contents(held)}}
    docket.issue(kind="archive_index", docket=held.docket, by=by, at=at, facts={**case_facts(held), **index, **signed(立卷人=by)})
    docket.archive_docket(docket=held.docket, by=by, at=at)
    return held


def contents(case: Case) -> list[dict[str, str]]:
    """What lies in the main volume, with its page."""
    return [
        {"title": leaf.title, "number": leaf.number, "on": leaf.on, "page": volume.page_span(leaf), "source": leaf.reference} for leaf in volume.leaves(case.docket)
    ]
