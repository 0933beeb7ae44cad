"""What the notice and the decision say, drawn from the record: nothing here is typed twice."""

from __future__ import annotations

from typing import Any

from qingyuan.records.docket import queries as docket_queries

from .models import Case


def decision_facts(case: Case) -> dict[str, Any]:
    """The six elements of Penalty Law art. 59, and what the review criteria add."""
    proposal = case.proposal or {}
    return {
        "party": case.party.name, "party_kind": case.party.kind, "uscc": case.party.uscc, "address": case.party.address,
        "legal_representative": case.party.legal_representative, "case_number": case.number, "cause": case.cause,
        "facility": case.facility.name, "inspected_on": case.inspection.began_at.date().isoformat(),
        "facts": case.inspection.record.facts, "evidence": docket_queries.evidence_lines(case.docket),
        "act_began": case.act_began.isoformat(), "act_ended": case.act_ended.isoformat() if case.act_ended else "",
        "prohibition": proposal.get("prohibition", []), "penalty": proposal.get("penalty", []), "matrix": proposal.get("matrix", ""),
        "working": proposal.get("working", {}), "low_yuan": proposal.get("low_yuan"), "high_yuan": proposal.get("high_yuan"),
        "fine_fen": case.fine_fen, "hearing_required": proposal.get("hearing_required", False),
        "noticed_on": case.notice_served_on.isoformat() if case.notice_served_on else "",
        "has_waived": case.waived_on is not None, "hearing_closed_on": case.hearing_closed_on.isoformat() if case.hearing_closed_on else "",
        "statements": [{"text": s.text, "answer": s.answer, "is_accepted": s.is_accepted} for s in case.statements.all()],
        "payee": case.agency.payee, "reconsideration_body": case.agency.reconsideration_body, "court": case.agency.court,
        "agency_phone": case.agency.phone, "agency_address": case.agency.address,
    }
