"""Legality review and collective deliberation.  Penalty Law arts. 57, 58."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import Officer

from .models import Case, Deliberation, LegalityReview
from .steps import hold, note


@transaction.atomic
def review_legality(case: Case, *, is_passed: bool, opinion: str, by: Officer, at: dt.datetime) -> LegalityReview:
    """Review legality; by a legality reviewer who did not investigate (Penalty Law art. 58)."""
    held = hold(case)
    reasons = []
    if held.state != "answered":
        reasons.append(f"当前状态为“{held.get_state_display()}”，告知程序完成后才进行法制审核（行政处罚法第58条）")
    if not by.has_role("legality_reviewer"):
        reasons.append(f"{by.name}不是法制审核人员（行政处罚法第58条）")
    if held.investigators.filter(pk=by.pk).exists():
        reasons.append("调查人员不得审核自己调查的案件（行政处罚法第58条）")
    if reasons:
        raise NotAllowed(reasons)
    if not opinion.strip():
        raise BadInput("法制审核意见不能为空（行政处罚法第58条）", field="opinion")
    note(held, "review_legality", by=by, at=at, why=opinion)
    return LegalityReview.objects.create(case=held, on=at.date(), by=by, note=opinion, made_at=at, is_passed=is_passed)


@transaction.atomic
def deliberate(case: Case, *, voters: Sequence[Officer], conclusion: str, by: Officer, at: dt.datetime) -> Deliberation:
    """Those in charge deliberate together; investigators do not vote (Penalty Law art. 57)."""
    held = hold(case)
    investigators = set(held.investigators.values_list("pk", flat=True))
    voting = sorted(officer.name for officer in voters if officer.pk in investigators)
    reasons = []
    if held.state != "answered":
        reasons.append(f"当前状态为“{held.get_state_display()}”，告知程序完成后才集体讨论（行政处罚法第57条）")
    if voting:
        reasons.append(f"调查人员不得参加表决：{'、'.join(voting)}（行政处罚法第57条）")
    if len(voters) < 2:
        reasons.append("集体讨论至少应有两名负责人参加（行政处罚法第57条）")
    if reasons:
        raise NotAllowed(reasons)
    if not conclusion.strip():
        raise BadInput("请写明集体讨论的结论", field="conclusion")
    note(held, "deliberate", by=by, at=at, why=conclusion)
    row = Deliberation.objects.create(case=held, on=at.date(), by=by, made_at=at, conclusion=conclusion)
    row.voters.set(voters)
    return row
