"""Keeping out of a case: the request and its decision.  Penalty Law art. 43; Measures 30 art. 6."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .models import Case, RecusalRequest
from .papers import case_facts
from .signing import said
from .steps import hold, note

OVER = ("closed", "archived", "withdrawn", "terminated")


@transaction.atomic
def request_recusal(case: Case, *, person: Officer, applicant: str, reason: str, by: Officer, at: dt.datetime) -> RecusalRequest:
    """Somebody asks that a person keep out; until it is decided the investigation goes on (Penalty Law art. 43)."""
    held = hold(case)
    if held.state in OVER:
        raise NotAllowed(f"案件{held.get_state_display()}，不再受理回避申请（行政处罚法第43条）")
    if not applicant.strip() or not reason.strip():
        raise BadInput("请写明申请人和申请回避的事由（行政处罚法第43条）", field="reason")
    if held.recusals.filter(person=person, decided_on=None).exists():
        raise NotAllowed(f"对{person.name}的回避申请尚未决定，不重复受理")
    note(held, "request_recusal", by=by, at=at, why=f"{applicant}申请{person.name}回避：{reason}")
    return RecusalRequest.objects.create(case=held, on=at.date(), by=by, note=reason, made_at=at, person=person, applicant=applicant)


@transaction.atomic
def decide_recusal(row: RecusalRequest, *, is_granted: bool, why: str, by: Officer, at: dt.datetime) -> RecusalRequest:
    """A leader decides; who must keep out is no longer an investigator of the case (Penalty Law art. 43)."""
    held = hold(row.case)
    reasons = []
    if row.decided_on is not None:
        reasons.append("该回避申请已经决定")
    if not by.has_role("leader"):
        reasons.append("执法人员的回避由机关负责人决定（行政处罚法第43条）")
    if by.pk == row.person_id:
        reasons.append("本人不得决定自己的回避；负责人的回避由集体讨论决定（行政处罚法第43条）")
    if reasons:
        raise NotAllowed(reasons)
    if not why.strip():
        raise BadInput("请写明决定的理由", field="why")
    row.is_granted, row.decided_on, row.decided_by, row.decision = is_granted, at.date(), by, why
    row.save()
    if is_granted:
        held.investigators.remove(row.person)
    words = {
        "person": row.person.name, "applicant": row.applicant, "applied_on": row.on.isoformat(), "reason": row.note, "decided_on": at.date().isoformat(),
        "decision": "同意回避" if is_granted else "驳回申请",
    }  # fmt: skip
    facts = {**case_facts(held), "recusal": words, "opinions": {"leader": said(why, by, at.date())}}
    docket.issue(kind="recusal_decision", docket=held.docket, by=by, at=at, facts=facts)
    note(held, "decide_recusal", by=by, at=at, why=f"{row.person.name}：{words['decision']}。{why}")
    return row


@transaction.atomic
def appoint_investigator(case: Case, *, person: Officer, why: str, by: Officer, at: dt.datetime) -> Case:
    """A leader puts another certified officer on the case, for instance after a recusal (Penalty Law art. 42)."""
    held = hold(case)
    reasons = []
    if not by.has_role("leader"):
        reasons.append("调整调查人员由机关负责人决定（行政处罚法第42条）")
    if not person.has_role("inspector") or not person.is_certified(at.date()) or person.agency.authority != held.agency:
        reasons.append(f"{person.name}不是本机关执法证件有效的执法人员（行政处罚法第42条）")
    if held.recusals.filter(person=person, is_granted=True).exists():
        reasons.append(f"{person.name}已被决定回避（行政处罚法第43条）")
    if held.reviews.filter(by=person).exists() or held.legality_reviews.filter(by=person).exists():
        reasons.append(f"{person.name}审查、审核过本案，不得再作调查人员（令30第38条、行政处罚法第58条）")
    if reasons:
        raise NotAllowed(reasons)
    if not why.strip():
        raise BadInput("请写明调整的理由", field="why")
    held.investigators.add(person)
    return note(held, "appoint_investigator", by=by, at=at, why=f"{person.name}：{why}")
