"""Investigating: evidence, the calculation of the fine, suspension, the end of the investigation.

Penalty Law arts. 36, 40, 42, 46, 54; Measures 30 arts. 21-37.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import choice, penalty, rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import door as docket_door
from qingyuan.records.docket.models import Extract
from qingyuan.records.registry.models import Division, Officer

from .certificate_key import signed
from .models import Case, Suspension
from .papers import case_facts
from .signing import opinions
from .steps import hold, note, take

SUSPENDED = "investigation_suspended"


@transaction.atomic
def propose_penalty(
    case: Case, *, factors: dict[str, Any], circumstances: list[str], by: Officer, at: dt.datetime, version: int | None = None,
    tier: str = "", base_yuan: int | None = None, count: int | None = None, benchmark: str = "", other_kinds: Sequence[str] = (),
    decided_yuan: int | None = None, decided_reason: str = "", evidence: Mapping[str, Sequence[str]] | None = None,
) -> Case:  # fmt: skip
    """Calculate the fine from the facts; the working and its signed certificate stay with the case (Penalty Law art. 34).

    evidence: factor or circumstance → references of this file ("evidence:12", "document:5"); the other words are those of
    ``penalty.PenaltyInput``.
    """
    held = hold(case, version=version)
    if held.state not in ("filed", "investigated", "answered"):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不能重新计算罚款；告知后有新事实的，应重新告知（行政处罚法第45条）")
    if not by.has_role("inspector", "reviewer"):
        raise NotAllowed("裁量计算由调查人员或者审查人员进行（行政处罚法第34条）")
    given = penalty.PenaltyInput(
        violation=held.violation, province=province_name(held), party_kind=held.party.kind, began=held.act_began, ended=held.act_ended,
        decided_on=at.date(), factors=factors, circumstances=circumstances, tier=tier, base_yuan=base_yuan, count=count, benchmark=benchmark,
        other_kinds=tuple(other_kinds), decided_yuan=decided_yuan, decided_reason=decided_reason, evidence=evidence_links(held, evidence or {}),
        case=held.number,
    )  # fmt: skip
    result = penalty.calculate(given)
    law = choice.choose(
        held.violation, began=held.act_began, ended=held.act_ended, decided_on=at.date(), tier=result.tier, base_yuan=base_yuan, count=count,
        weigh=lambda regime: regime != result.regime,
    )
    proposal = {
        **result.plain(), "factors": factors, "circumstances": circumstances, "other_kinds": list(other_kinds), "certificate": signed(result.certificate),
        "prohibition": [c.written for c in law.prohibition], "penalty": [c.written for c in law.penalty], "law_reason": law.reason,
    }
    changes = {"proposal": proposal, "fine_fen": result.amount_yuan * 100}
    why = f"拟处罚款{result.amount_yuan}元" if not decided_reason else f"拟处罚款{result.amount_yuan}元，裁量表结果{result.benchmark_yuan}元；{decided_reason}"
    return note(held, "propose_penalty", by=by, at=at, changes=changes, why=why)


def evidence_links(case: Case, evidence: Mapping[str, Sequence[str]]) -> dict[str, list[dict[str, str]]]:
    """What each fact rests on, by the digest under which it lies in the file; BadInput for what is not in this file."""
    held = {f"evidence:{row.pk}": row for row in case.docket.evidence.all()} | {f"document:{row.pk}": row for row in case.docket.documents.all()}
    found: dict[str, list[dict[str, str]]] = {}
    for fact, references in evidence.items():
        for reference in references:
            row = held.get(reference)
            if row is None:
                raise BadInput(f"本案案卷里没有证据“{reference}”；事实须由本案证据证明（行政处罚法第四十六条）", field="evidence")
            name = row.name if reference.startswith("evidence") else row.title
            found.setdefault(fact, []).append({"ref": reference, "name": name, "sha256": row.digest})
    return found


def province_name(case: Case) -> str:
    """The name by which the rule book knows the province; it decides whose discretion table is used."""
    return Division.objects.get(code=case.province_code).name


@transaction.atomic
def attach_telemetry(case: Case, *, by: Officer, at: dt.datetime) -> Extract:
    """Seal the rows the clue rests on into the file: the party and the court see exactly these (Penalty Law arts. 41, 46)."""
    held = hold(case)
    clue = held.clue
    if clue is None or not clue.outlet_code:
        raise NotAllowed("本案不是由自动监测线索立案的，没有可提取的监测数据")
    extract = docket_door.freeze(
        docket=held.docket, data=settings.QINGYUAN_DATA, facility=held.facility.code, outlet=clue.outlet_code, factor=clue.factor,
        began=clue.began, ended=clue.ended, findings=[row.data for row in clue.findings.all()], by=by, at=at,
    )
    note(held, "attach_telemetry", by=by, at=at, why=f"提取{clue.outlet_code} {clue.factor}")
    return extract


@transaction.atomic
def conclude(case: Case, *, summary: str, by: Officer, at: dt.datetime) -> Case:
    """End the investigation with a report (Measures 30 art. 37)."""
    if not summary.strip():
        raise BadInput("调查报告须写明事实、证据和初步意见（令30第37条）", field="summary")
    held = take(hold(case), "conclude", by=by, on=at.date(), at=at, why=summary, changes={"concluded_on": at.date()})
    facts = {**case_facts(held), "conclusion": "事实清楚，证据确凿，调查程序合法。", "proposal": summary}
    docket.issue(kind="investigation_report", docket=held.docket, by=by, at=at, facts=facts)
    return held


@transaction.atomic
def suspend(case: Case, *, why: str, by: Officer, at: dt.datetime) -> Case:
    """Stop the investigation; the decision clock stops with it (Measures 30 art. 35)."""
    if not why.strip():
        raise BadInput("请写明中止调查的情形（令30第35条）", field="why")
    held = take(hold(case), "suspend", by=by, on=at.date(), at=at, why=why)
    ground = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"][SUSPENDED]
    Suspension.objects.create(case=held, on=at.date(), by=by, note=why, made_at=at, ground=SUSPENDED, citation=ground["citation"])
    words = {"suspension": {"ground": why, "began": at.date().isoformat()}}
    approve(held, "suspension_approval", words, "同意中止调查。", by, at)
    return held


def approve(case: Case, kind: str, words: dict[str, Any], text: str, by: Officer, at: dt.datetime) -> None:
    """Put the approval of a step into the file, with every opinion that was given on it."""
    docket.issue(kind=kind, docket=case.docket, by=by, at=at, facts={**case_facts(case), **words, **opinions(case, kind, text=text, by=by, at=at)})


@transaction.atomic
def resume(case: Case, *, by: Officer, at: dt.datetime, why: str = "中止调查的情形已经消除。") -> Case:
    """Go on as soon as the ground is gone (Measures 30 art. 35)."""
    held = take(hold(case), "resume", by=by, on=at.date(), at=at, why=why)
    last = held.suspensions.filter(ended=None, ground=SUSPENDED).last()
    held.suspensions.filter(ended=None, ground=SUSPENDED).update(ended=at.date())
    if last is not None:
        words = {"suspension": {"began": last.on.isoformat(), "ended": at.date().isoformat(), "reason": why}}
        approve(held, "resumption_approval", words, "同意恢复调查。", by, at)
    return held


@transaction.atomic
def terminate(case: Case, *, why: str, by: Officer, at: dt.datetime, proof: str = "") -> Case:
    """End a case whose party is no more (Measures 30 art. 36)."""
    if not why.strip():
        raise BadInput("请写明终止调查的情形（令30第36条）", field="why")
    held = take(hold(case), "terminate", by=by, on=at.date(), at=at, why=why, changes={"closing_reason": f"终止调查：{why}"[:120]})
    held.suspensions.filter(ended=None).update(ended=at.date())
    approve(held, "termination_approval", {"termination": {"ground": why, "proof": proof or "见卷内材料。"}}, "同意终止调查。", by, at)
    return held
