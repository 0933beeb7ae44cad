"""Filing a case.  Penalty Law art. 54; Measures 30 arts. 18-20."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines, rulebook
from qingyuan.records.clues import grounds
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.queries import evidence_lines
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import search
from .facts import limitation_on
from .models import Case
from .papers import case_facts, duty_broken
from .signing import opinions as opinions_of
from .signing import opinions_given, said
from .steps import hold, take


@transaction.atomic
def file_case(
    visit: Inspection, *, violation: str, act_began: dt.date, act_ended: dt.date | None, by: Officer, at: dt.datetime, late_reason: str = "",
    opinions: Mapping[str, tuple[str, Officer]] | None = None,
) -> Case:
    """File a case on what an inspection found; within 15 days of the clue, or with the reason why later.

    ``opinions`` are those of the unit and the leader on the approval, as post → (text, officer); the handler's own is added.
    """
    on = at.date()
    known = rulebook.load().folder("violations")
    if violation not in known:
        raise BadInput("请从违法行为目录中选择案由（令30第19条：依法应当或者可以给予行政处罚）", field="violation")
    reasons = why_not_file(visit, by=by, on=on, act_ended=act_ended, late_reason=late_reason)
    if reasons:
        raise NotAllowed(reasons)
    case = Case(
        number=docket.next_number(agency=by.agency.authority, kind="filing_approval", year=on.year, by=by, at=at),
        name=f"{visit.facility.operator.name}涉嫌{known[violation]['name']}案", violation=violation, cause=known[violation]["name"],
        clue=visit.assignment.clue, inspection=visit, docket=visit.docket, agency=by.agency.authority, facility=visit.facility,
        division=visit.division, party=visit.facility.operator, act_began=act_began, act_ended=act_ended, filed_on=on,
    )
    case.save()
    case.investigators.set(visit.assignment.inspectors.all())
    boxes = {"handlers": said(f"建议立案。{late_reason}", by, on), **opinions_given(opinions, on)}
    docket.issue(kind="filing_approval", docket=case.docket, by=by, at=at, number=case.number, facts={**filing_facts(case), "opinions": boxes})
    search.index(case)
    record_event(by=by, subject=f"case:{case.pk}", step="file_case", at=at, after={"state": case.state, "number": case.number}, why=late_reason)
    return case


def why_not_file(visit: Inspection, *, by: Officer, on: dt.date, act_ended: dt.date | None, late_reason: str = "") -> list[str]:
    """The four conditions of Measures 30 art. 19, and the clock of art. 18."""
    reasons = []
    if not by.has_role("inspector"):
        reasons.append(f"立案由执法人员提出，{by.name}的岗位不是执法人员（令30第18条）")
    if visit.conclusion != "violation":
        reasons.append("检查没有得出“发现涉嫌违法行为”的结论，不符合立案条件（令30第19条）")
    if Case.objects.filter(inspection=visit).exists():
        reasons.append("本次检查已经立案，不得重复立案（行政处罚法第29条）")
    if act_ended is not None and on > deadlines.due("limitation", act_ended).due_on:
        reasons.append("违法行为已超过追责期限（行政处罚法第36条）")
    clue = visit.assignment.clue
    if clue is not None:
        due = deadlines.due("filing", clue.found_at.date())
        if on > due.due_on and not late_reason.strip():
            reasons.append(f"应在{due.due_on}前决定是否立案，逾期须写明经批准的理由（令30第18条）")
        reasons += grounds.why_not_sole_basis(clue, [line["title"] for line in evidence_lines(visit.docket)])
    return reasons


def filing_facts(case: Case) -> dict[str, object]:
    """What the filing approval says; the law is that of the act, the fine is not yet calculated."""
    until = {"limitation_until": limitation_on(case).isoformat()} if case.act_ended else {}
    reason = "有初步证据证明存在违法事实，依法应当给予行政处罚，属于本机关管辖，且未超过追责期限。"
    return {**case_facts(case), "law": {"prohibition": duty_broken(case)}, "filing": {"reason": reason, **until}}


@transaction.atomic
def withdraw_filing(case: Case, *, why: str, by: Officer, at: dt.datetime) -> Case:
    """Withdraw the filing when a condition turns out not to hold (Measures 30 art. 20)."""
    if not why.strip():
        raise BadInput("请写明不符合立案条件的新情况（令30第20条）", field="why")
    held = take(hold(case), "withdraw_filing", by=by, on=at.date(), at=at, why=why, changes={"closing_reason": f"撤销立案：{why}"[:120]})
    new = {"withdrawal": {"circumstances": why, "reason": "立案后的新情况表明不符合立案条件，依法撤销立案。"}}
    facts = {**case_facts(held), **new, **opinions_of(held, "filing_withdrawal_approval", text="同意撤销立案。", by=by, at=at)}
    docket.issue(kind="filing_withdrawal_approval", docket=held.docket, by=by, at=at, facts=facts)
    return held
