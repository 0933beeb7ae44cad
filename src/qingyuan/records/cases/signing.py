"""Who wrote what on an approval, and who signed a record: only what a person really gave stands there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket.writing.kinds import kinds
from qingyuan.records.registry.models import Officer

from .models import POSTS, Case, Opinion
from .steps import hold, note

MATTERS = (
    "filing_withdrawal_approval", "suspension_approval", "resumption_approval", "termination_approval", "closing_approval", "seizure_approval",
    "detention_transfer_approval", "crime_transfer_approval", "internal_approval",
)  # fmt: skip


def said(text: str, by: Officer, on: dt.date) -> dict[str, str]:
    """One opinion in the shape of an ``opinion`` field."""
    return {"text": text, "name": by.name, "on": on.isoformat()}


def signed(**who: Officer | None) -> dict[str, Any]:
    """``signatures`` of a record, by the label of the line; a line nobody signed stays blank."""
    return {"signatures": {label: {"name": officer.name} for label, officer in who.items() if officer is not None}}


def post_of(case: Case, by: Officer) -> str:
    """In which box this person writes: who handles the case, the legal desk, a leader, or the unit."""
    if case.investigators.filter(pk=by.pk).exists():
        return "handlers"
    if by.has_role("leader"):
        return "leader"
    return "legality" if by.has_role("legality_reviewer") else "division"


@transaction.atomic
def give_opinion(case: Case, *, matter: str, text: str, by: Officer, at: dt.datetime) -> Opinion:
    """Write an opinion on an approval that is being prepared; it is printed when the step is taken (Measures 30 art. 18 and after)."""
    if matter not in MATTERS or not text.strip():
        known = kinds()
        raise BadInput(f"请选择审批文书（{'、'.join(known[m].title for m in MATTERS)}）并写明意见", field="matter")
    held = hold(case)
    if held.state == "archived" or by.agency.authority != held.agency:
        raise NotAllowed("只有办案机关的人员在归档前可以签署审批意见")
    note(held, "give_opinion", by=by, at=at, why=f"{kinds()[matter].title}：{text}")
    return Opinion.objects.create(case=held, on=at.date(), by=by, note=text, made_at=at, matter=matter, post=post_of(held, by))


def opinions(case: Case, matter: str, *, text: str, by: Officer, at: dt.datetime, post: str = "") -> dict[str, Any]:
    """``opinions`` of an approval: those written since the last paper of the kind, and that of the person who takes the step."""
    last = case.docket.documents.filter(kind=matter).last()
    rows = case.opinions.filter(matter=matter).select_related("by")
    if last is not None:
        rows = rows.filter(made_at__gt=last.issued_at)
    given = {row.post: said(row.note, row.by, row.on) for row in rows}
    return {"opinions": {**given, post or post_of(case, by): said(text, by, at.date())}}


def opinions_given(given: Mapping[str, tuple[str, Officer]] | None, on: dt.date) -> dict[str, Any]:
    """Opinions handed over with a step that has no case yet: post → (text, officer).  A leader's box takes a leader only."""
    boxes = {}
    for post, (text, officer) in (given or {}).items():
        if post not in dict(POSTS) or not text.strip():
            raise BadInput(f"审批意见须写明签署栏（{'、'.join(dict(POSTS).values())}）和内容", field="opinions")
        if post == "leader" and not officer.has_role("leader"):
            raise NotAllowed(f"{officer.name}不是机关负责人，不能在负责人栏签署（令30第18条）")
        boxes[post] = said(text, officer, on)
    return boxes


def names(officers: Any) -> str:
    """People as a form lists them."""
    return "、".join(officer.name for officer in officers)
