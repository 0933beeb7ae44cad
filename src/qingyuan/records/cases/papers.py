"""What the papers of a case say, drawn from the record: nothing here is typed twice.

The shape is that of the fields in ``docket/kinds``: nested plain values, and ``sources`` naming the record behind each part.
"""

from __future__ import annotations

from typing import Any

from qingyuan.law import choice
from qingyuan.records.docket import queries as docket_queries
from qingyuan.records.registry.door import factor_name, factor_unit
from qingyuan.records.registry.models import Agency, Officer, Operator

from .models import Case


def agency_facts(agency: Agency, contact: Officer | None = None) -> dict[str, Any]:
    return {
        "name": agency.name, "short_name": agency.short_name, "address": agency.address, "telephone": agency.phone,
        "contact": contact.name if contact else "",
    }


def party_facts(party: Operator) -> dict[str, Any]:
    return {
        "kind": party.kind, "name": party.name, "uscc": party.uscc, "address": party.address, "legal_representative": party.legal_representative,
        "telephone": party.phone, "description": f"{party.name}，统一社会信用代码{party.uscc}，住所{party.address}，法定代表人{party.legal_representative}。",
    }


def people(officers: list[Officer]) -> list[dict[str, str]]:
    return [{"name": o.name, "certificate_number": o.certificate_number} for o in officers]


def case_facts(case: Case) -> dict[str, Any]:
    """Everything the papers of the ordinary procedure may ask for, as it stands now."""
    return {
        "agency": agency_facts(case.agency, case.investigators.first()),
        "party": party_facts(case.party),
        "case": {
            "number": case.number, "cause": case.cause, "source": case.clue.get_source_display() if case.clue else "现场检查",
            "found_on": (case.clue.found_at if case.clue else case.inspection.began_at).date().isoformat(),
            "filed_on": case.filed_on.isoformat(), "origin": origin(case),
        },
        "inspected_on": case.inspection.began_at.date().isoformat(),
        "violation": violation_facts(case),
        "evidence": docket_queries.evidence_lines(case.docket),
        "officers": people(list(case.investigators.all())),
        **law_facts(case),
        **answer_facts(case),
        "payment": {"bank": case.agency.payee or "见缴款书", "account": "以《非税收入缴款书》载明的账户为准"},
        "remedy": {"reconsideration_to": case.agency.reconsideration_body, "court": case.agency.court},
        "sources": {
            "inspected_on": f"inspection:{case.inspection_id}", "notice": f"case:{case.pk}", "statement": f"case:{case.pk}",
            "discretion": f"certificate:{case.pk}", "party": f"operator:{case.party_id}",
        },
    }


def origin(case: Case) -> str:
    found = f"{case.clue.found_at.date()}，线索{case.clue.number}（{case.clue.get_source_display()}）；" if case.clue else ""
    return f"{found}{case.inspection.began_at.date()}开展现场检查；{case.filed_on}立案调查。"


def violation_facts(case: Case) -> dict[str, Any]:
    """The structured exceedances behind the case first, one per outlet and factor, then what was seen on site."""
    record = case.inspection.record
    seen = {"text": record.facts.rstrip("。") + "。", "source": f"document:{record.document_id}"}
    rows = list(case.clue.findings.all()) if case.clue else []
    measured = [row for row in rows if row.limit_value is not None and row.value is not None]
    if not measured:
        return {"facts": [seen]}
    series: dict[tuple[str, str, str], list[Any]] = {}
    for row in measured:
        series.setdefault((str(row.data.get("outlet") or ""), str(row.data.get("factor") or ""), averaging(row)), []).append(row)
    found = [exceedance(key, group) for key, group in series.items()]
    readings = [reading(row.data, row) for row in measured]
    return {"facts": [*found, seen], "readings": readings[:24], "readings_caption": "超过限值的时段（自动监测数据，详见提取件）"}


def averaging(row: Any) -> str:
    return "日" if (row.ended - row.began).total_seconds() >= 86_400 and "daily" in row.rule else "小时"


def exceedance(key: tuple[str, str, str], rows: list[Any]) -> dict[str, Any]:
    """What a sentence about an exceedance is made of: span, worst value against its own limit, unit, article."""
    outlet, factor, mean = key
    worst = max(rows, key=lambda row: row.value / row.limit_value if row.limit_value else row.value)
    basis = [str(cite) for cite in worst.data.get("basis", [])]
    return {
        "began": min(row.began for row in rows).isoformat(), "ended": max(row.ended for row in rows).isoformat(), "outlet": outlet.partition("/")[2] or outlet,
        "factor": factor_name(factor), "averaging": mean, "value": figure(worst.value), "unit": factor_unit(factor), "limit_value": f"{worst.limit_value:g}",
        "multiple": f"{worst.value / worst.limit_value - 1:.2f}" if worst.limit_value else "", "limit_basis": limit_basis(basis),
        "source": [f"clue_finding:{row.finding_id}" for row in rows[:8]],
    }  # fmt: skip


def limit_basis(basis: list[str]) -> str:
    """The permit or the standard that sets the limit; the articles of the duty stand in their own paragraph."""
    return "、".join(text for text in basis if "许可证" in text or text.startswith(("GB", "HJ", "DB", "《GB")))


def figure(value: float) -> str:
    return f"{value:.3g}" if value < 1 else f"{value:.1f}"


def reading(data: dict[str, Any], row: Any) -> dict[str, str]:
    multiple = row.value / row.limit_value - 1 if row.limit_value else 0.0
    return {
        "time": f"{row.began.astimezone():%Y-%m-%d %H:%M}", "outlet": str(data.get("outlet", "")).partition("/")[2] or "",
        "factor": factor_name(str(data.get("factor") or "")), "value": figure(row.value),
        "limit_value": f"{row.limit_value:g}", "multiple": f"{multiple:.2f}",
    }


def law_facts(case: Case) -> dict[str, Any]:
    proposal = case.proposal or {}
    fine = {} if case.fine_fen is None else {"fine_fen": case.fine_fen}
    return {
        "law": {
            "prohibition": proposal.get("prohibition", []), "penalty": proposal.get("penalty", []),
            "correction": ["penalty_law:28.1"], "reason": proposal.get("law_reason", ""),
        },
        "discretion": {
            "low_yuan": proposal.get("low_yuan"), "high_yuan": proposal.get("high_yuan"), "amount_yuan": proposal.get("amount_yuan"),
            "benchmark": benchmark(proposal), "working": proposal.get("working", {}), "circumstances": [],
            "certificate": (proposal.get("certificate") or {}).get("digest", ""),
        },
        "penalty": fine,
        "hearing": {"is_required": bool(proposal.get("hearing_required")), **held(case)},
    }


def duty_broken(case: Case) -> list[str]:
    """The articles of the duty that was broken, by the law of the act: known before any fine is calculated."""
    law = choice.choose(case.violation, began=case.act_began, ended=case.act_ended, decided_on=case.filed_on)
    return [cite.written for cite in law.prohibition]


def benchmark(proposal: dict[str, Any]) -> str:
    """The name of the table the fine was weighed by, as its working gives it."""
    lines = (proposal.get("working") or {}).get("children") or ()
    return str(next((line["value"] for line in lines if line.get("label") == "裁量表"), proposal.get("table", "")))


def held(case: Case) -> dict[str, str]:
    return {"held_on": case.hearing_closed_on.isoformat(), "result": "听取了当事人的陈述、申辩和质证，情况见听证笔录"} if case.hearing_closed_on else {}


def decision_facts(case: Case) -> dict[str, Any]:
    """The decision that a later paper carries out."""
    if case.decision is None or case.decided_on is None:
        return {}
    return {"decision": {"number": case.decision.number, "on": case.decided_on.isoformat()}}


def answer_facts(case: Case) -> dict[str, Any]:
    """That the party was told, and what it said."""
    facts: dict[str, Any] = {}
    if case.notice_served_on:
        number = case.docket.documents.filter(kind="prior_notice").values_list("number", flat=True).last() or ""
        offered = bool((case.proposal or {}).get("hearing_required"))
        facts["notice"] = {"served_on": case.notice_served_on.isoformat(), "number": number, "hearing_offered": offered}
    said = case.statements.last()
    if said is not None and said.answered_on:
        facts["statement"] = {"on": said.on.isoformat(), "text": said.text, "adopted": bool(said.is_accepted), "reason": said.answer}
    elif case.waived_on:
        facts["statement"] = {"waived": True}
    return facts
