"""A penalty on the spot: the summary procedure.  Penalty Law arts. 42, 51, 52; Measures 30 arts. 67-68."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import choice, rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import search
from .models import Case
from .papers import case_facts


@transaction.atomic
def decide_on_spot(
    visit: Inspection, *, violation: str, fine_yuan: int, heard: str, receiver: str, by: Officer, at: dt.datetime,
) -> Case:
    """Decide, hand over and have it signed for, in one visit; filed with the agency within three days (Measures 30 art. 68)."""
    reasons = why_not_on_spot(visit, violation=violation, fine_yuan=fine_yuan, by=by, on=at.date())
    if reasons:
        raise NotAllowed(reasons)
    if not heard.strip() or not receiver.strip():
        raise BadInput("请写明听取陈述申辩的情况和签收人（行政处罚法第52条）", field="heard")
    known = rulebook.load().entry(f"violations/{violation}")
    law = choice.choose(violation, began=at.date(), ended=at.date(), decided_on=at.date())
    case = Case(
        number=docket.next_number(agency=by.agency.authority, kind="on_the_spot_decision", year=at.year, by=by, at=at),
        name=f"{visit.facility.operator.name}{known['name']}案（简易程序）", procedure="summary", violation=violation, cause=known["name"],
        clue=visit.assignment.clue, inspection=visit, docket=visit.docket, agency=by.agency.authority, facility=visit.facility,
        division=visit.division, party=visit.facility.operator, act_began=at.date(), act_ended=at.date(), filed_on=at.date(), state="served",
        decision_kind="penalty", decided_on=at.date(), served_on=at.date(), fine_fen=fine_yuan * 100,
        proposal={
            "amount_yuan": fine_yuan, "low_yuan": law.low_yuan, "high_yuan": law.high_yuan, "prohibition": [c.written for c in law.prohibition],
            "penalty": [c.written for c in law.penalty], "law_reason": law.reason,
        },
    )
    case.save()
    case.investigators.set(visit.assignment.inspectors.all())
    spot = {"at": at.isoformat(), "place": visit.facility.address or visit.facility.name, "payment": "自收到本决定书之日起十五日内到指定银行缴纳"}
    facts = {**case_facts(case), "statement": {"text": heard}, "spot": spot}
    case.decision = docket.issue(kind="on_the_spot_decision", docket=case.docket, by=by, at=at, number=case.number, facts=facts)
    case.save(update_fields=["decision"])
    docket.serve(document=case.decision, how="direct", receiver=receiver, on=at.date(), by=by, at=at)
    search.index(case)
    record_event(by=by, subject=f"case:{case.pk}", step="decide_on_spot", at=at, after={"state": case.state, "fine_fen": case.fine_fen})
    return case


def why_not_on_spot(visit: Inspection, *, violation: str, fine_yuan: int, by: Officer, on: dt.date) -> list[str]:
    """Every reason why this may not be decided on the spot (Penalty Law art. 51)."""
    reasons = []
    most = ceiling(visit.facility.operator.kind, on)
    certified = sum(officer.is_certified(on) for officer in visit.assignment.inspectors.all())
    if not visit.assignment.inspectors.filter(pk=by.pk).exists() or certified < 2:
        reasons.append("当场处罚由两名以上在场的执法人员作出（行政处罚法第42条）")
    if visit.conclusion != "violation":
        reasons.append("检查没有得出“发现涉嫌违法行为”的结论，违法事实不确凿（行政处罚法第51条）")
    if violation not in rulebook.load().folder("violations"):
        reasons.append("请从违法行为目录中选择案由（行政处罚法第51条：有法定依据）")
    if fine_yuan < 0 or Decimal(fine_yuan) > most:
        reasons.append(f"当场处罚的罚款不得超过{most}元，拟罚{fine_yuan}元；应当适用普通程序（行政处罚法第51条）")
    if Case.objects.filter(inspection=visit).exists():
        reasons.append("本次检查已经立案或者当场处罚，不得重复处罚（行政处罚法第29条）")
    return reasons


def ceiling(party_kind: str, on: dt.date) -> Decimal:
    """The most that may be fined on the spot on that day, whole yuan."""
    return Decimal(rulebook.load().get(f"procedure/summary_{party_kind}", on=on)["value"])
