"""Legality review and collective deliberation.  Penalty Law arts. 57, 58."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .facts import legality_required
from .models import Case, Deliberation, LegalityReview
from .papers import case_facts
from .red_flags import red_flags_of
from .signing import names, said, signed
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
    box = {"opinions": {"legality": said(opinion, by, at.date())}}
    docket.issue(kind="legality_opinion", docket=held.docket, by=by, at=at, facts={**case_facts(held), **box, "legality": examined(held, is_passed, at.date())})
    return LegalityReview.objects.create(case=held, on=at.date(), by=by, note=opinion, made_at=at, is_passed=is_passed)


def examined(case: Case, is_passed: bool, on: dt.date) -> dict[str, str]:
    """The points of Penalty Law art. 58 with what the record shows; the flags of a crime come from the facts noted on the case."""
    flags = "；".join(f"{flag.id} {flag.label}" for flag in red_flags_of(case, on))
    handed = "、".join(row.get_kind_display() for row in case.transfers.all())
    proposal = case.proposal or {}
    return {
        "ground": f"{legality_required(case) or '承办机构提请审核'}。", "body": f"{case.agency.name}；执法人员{case.investigators.count()}人，均持执法证件。",
        "procedure": f"{case.filed_on}立案，{case.concluded_on}调查终结，{case.notice_served_on}送达事先告知书，陈述申辩{case.statements.count()}次。",
        "facts": f"{case.cause}；卷内证据{case.docket.evidence.count()}件。",
        "law": f"拟处罚款{(case.fine_fen or 0) // 100}元；法定幅度{proposal.get('low_yuan', 0)}—{proposal.get('high_yuan', 0)}元，过程见裁量计算单。",
        "papers": f"卷内文书{case.docket.documents.count()}件。", "crime": f"{flags or '已登记的事实没有命中涉嫌犯罪的情形'}{'；已' + handed if handed else ''}。",
        "conclusion": "审核通过" if is_passed else "审核不通过，退回纠正",
    }


@transaction.atomic
def deliberate(
    case: Case, *, voters: Sequence[Officer], conclusion: str, by: Officer, at: dt.datetime, place: str = "", speeches: Sequence[Mapping[str, str]] = (),
    in_favour: int | None = None,
) -> Deliberation:
    """Those in charge deliberate together; investigators do not vote (Penalty Law art. 57).

    ``speeches`` are {name, text}; ``in_favour`` counts the votes for the conclusion, all of them when left out.
    """
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
    for_it = len(voters) if in_favour is None else in_favour
    if not len(voters) / 2 < for_it <= len(voters):
        raise NotAllowed(f"赞成{for_it}人，应当超过参加表决的{len(voters)}人的半数才能形成结论（行政处罚法第57条：集体讨论决定）")
    note(held, "deliberate", by=by, at=at, why=conclusion)
    facts = {**case_facts(held), **signed(主持人=by), "deliberation": talk(held, voters, conclusion, by, at, place, speeches, for_it)}
    docket.issue(kind="deliberation_record", docket=held.docket, by=by, at=at, facts=facts)
    row = Deliberation.objects.create(case=held, on=at.date(), by=by, made_at=at, conclusion=conclusion)
    row.voters.set(voters)
    return row


def talk(
    case: Case, voters: Sequence[Officer], conclusion: str, by: Officer, at: dt.datetime, place: str, speeches: Sequence[Mapping[str, str]], for_it: int,
) -> dict[str, Any]:
    """The record of the deliberation."""
    given = [dict(speech) for speech in speeches] or [{"name": by.name, "text": conclusion}]
    return {
        "at": at.isoformat(), "place": place or f"{case.agency.name}会议室", "chair": by.name, "voters": names(voters), "observers": names(case.investigators.all()),
        "speeches": given, "vote": f"参加表决{len(voters)}人，赞成{for_it}人，其他意见{len(voters) - for_it}人", "conclusion": conclusion,
    }
