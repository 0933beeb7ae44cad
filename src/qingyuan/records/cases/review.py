"""Review by somebody who did not investigate.  Measures 30 arts. 38-40."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput
from qingyuan.law import citation
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .facts import facts_of
from .models import Case, CaseReview
from .papers import case_facts
from .signing import said, signed
from .steps import hold, take

FURTHER = dt.timedelta(days=15)  # our own practice: the articles set no period for a supplement


@transaction.atomic
def pass_review(case: Case, *, opinion: str, by: Officer, at: dt.datetime) -> Case:
    """Find jurisdiction, facts, evidence, procedure, limitation, law and discretion in order."""
    return reviewed(case, "pass_review", True, opinion, by, at)


@transaction.atomic
def send_back(case: Case, *, opinion: str, by: Officer, at: dt.datetime) -> Case:
    """Send the file back for more evidence."""
    return reviewed(case, "send_back", False, opinion, by, at)


def reviewed(case: Case, name: str, is_passed: bool, opinion: str, by: Officer, at: dt.datetime) -> Case:
    if not opinion.strip():
        raise BadInput("审查意见不能为空：管辖、事实、证据、程序、追责期限、法律适用与裁量（令30第39条）", field="opinion")
    held = take(hold(case), name, by=by, on=at.date(), at=at, why=opinion)
    CaseReview.objects.create(case=held, on=at.date(), by=by, note=opinion, made_at=at, is_passed=is_passed)
    box = {"opinions": {"reviewer": said(opinion, by, at.date())}}
    if not is_passed:
        due_on = (at.date() + FURTHER).isoformat()
        facts = {**case_facts(held), **box, "further": {"reason": opinion, "request": opinion, "due_on": due_on}}
        docket.issue(kind="further_investigation", docket=held.docket, by=by, at=at, facts=facts)
        return held
    docket.issue(kind="case_review", docket=held.docket, by=by, at=at, facts={**case_facts(held), **box, "review": findings(held, at.date(), by)})
    calculator = held.investigators.first()
    docket.issue(kind="discretion_sheet", docket=held.docket, by=by, at=at, facts={**case_facts(held), **signed(计算人=calculator, 审核人=by)})
    return held


def findings(case: Case, on: dt.date, by: Officer) -> dict[str, str]:
    """The six points of Measures 30 art. 39, each with what the record shows."""
    facts = facts_of(case, by=by, on=on)
    until = "违法行为仍在继续" if case.act_ended is None else f"追责期限至{facts['limitation_on']}"
    basis = "、".join(str(citation.parse(cite)) for cite in (case.proposal or {}).get("penalty", []))
    return {
        "jurisdiction": f"违法行为发生地为{case.division.name}，属于{case.agency.name}管辖。",
        "facts": f"{case.party.name}涉嫌{case.cause}，行为期间自{case.act_began}起{'至' + str(case.act_ended) if case.act_ended else '，仍在继续'}。",
        "evidence": f"卷内证据{case.docket.evidence.count()}件，本案由应备的证据种类没有缺项。",
        "procedure": f"{case.filed_on}立案，调查人员中当日执法证件有效的{facts['certified_investigators']}人，{case.concluded_on}调查终结。",
        "limitation": f"{until}，未超过追责期限。",
        "law": f"依据{basis}，法定幅度{facts['low_yuan']}—{facts['high_yuan']}元，拟处罚款{facts['amount_yuan']}元，在幅度之内，过程见裁量计算单。",
    }
