"""Publishing a decision, and taking it back.  Penalty Law art. 48."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.cases import publication
from qingyuan.records.cases.models import Case
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .models import Release
from .redaction import redact
from .states import RELEASE


@transaction.atomic
def draft(case: Case, *, by: Officer, at: dt.datetime) -> Release:
    """Draft the notice from the decision; personal data is left out by rule, and every omission is listed."""
    if case.decided_on is None or case.decision is None:
        raise NotAllowed("尚未作出处罚决定，没有可公开的内容（行政处罚法第48条）")
    if Release.objects.filter(case=case).exists():
        raise NotAllowed("该决定已起草公示，不得重复")
    content, redactions = redact(case)
    row = Release(
        case=case, division=case.division, title=f"{case.party.name}行政处罚决定", content=content, redactions=redactions, drafted_by=by,
        due_on=deadlines.due("publication", case.decided_on).due_on,
    )
    row.save()
    record_event(by=by, subject=f"release:{row.pk}", step="draft", at=at, after={"state": row.state})
    return row


@transaction.atomic
def release(row: Release, *, by: Officer, at: dt.datetime) -> Release:
    """A second person has checked it: it is public now."""
    fresh = move(row, "release", by=by, at=at, released_on=at.date(), released_by=by)
    publication.note_published(fresh.case, on=at.date(), by=by, at=at)
    return fresh


@transaction.atomic
def withdraw(row: Release, *, why: str, by: Officer, at: dt.datetime) -> Release:
    """Take it back and say publicly why; the page stays, with the reason in place of the text."""
    fresh = move(row, "withdraw", by=by, at=at, why=why, withdrawn_on=at.date(), withdrawal_reason=why)
    publication.note_withdrawn(fresh.case, on=at.date(), by=by, at=at)
    return fresh


def why_not(row: Release, name: str, *, by: Officer, why: str = "") -> list[str]:
    """Every reason why this person cannot take this step."""
    known = RELEASE.steps[name]
    facts = {"by": by.pk, "drafted_by": row.drafted_by_id, "is_annulled": row.case.annulled_on is not None, "why": why}
    reasons = list(RELEASE.why_not(row.state, name, row, facts))
    if not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由信息公开人员或者机关负责人办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


def move(row: Release, name: str, *, by: Officer, at: dt.datetime, why: str = "", **changes: object) -> Release:
    fresh = Release.objects.select_for_update().get(pk=row.pk)
    reasons = why_not(fresh, name, by=by, why=why)
    if reasons:
        raise NotAllowed(reasons)
    before = {"state": fresh.state}
    fresh.state = RELEASE.steps[name].target
    for field, value in changes.items():
        setattr(fresh, field, value)
    fresh.save()
    record_event(by=by, subject=f"release:{fresh.pk}", step=name, at=at, before=before, after={"state": fresh.state}, why=why)
    row.refresh_from_db()
    return fresh
