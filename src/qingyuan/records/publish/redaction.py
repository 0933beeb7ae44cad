"""What is left out of a publication, and on what ground."""

from __future__ import annotations

from typing import Any

from qingyuan.records.cases.models import Case

GROUND = "广东省行政执法公示办法第14条（参照）；个人信息保护法"


def redact(case: Case) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the public fields of a decision and the list of what was left out, each with its ground."""
    redactions = [
        {"field": "住址", "ground": GROUND},
        {"field": "联系电话", "ground": GROUND},
        {"field": "银行账号", "ground": GROUND},
    ]
    is_person = case.party.kind == "person"
    party = mask_name(case.party.name) if is_person else case.party.name
    if is_person:
        redactions.append({"field": "自然人姓名", "ground": GROUND})
    proposal = case.proposal or {}
    content = {
        "party": party,
        "uscc": "" if is_person else case.party.uscc,
        "legal_representative": "" if is_person else case.party.legal_representative,
        "number": case.decision.number if case.decision else "",
        "cause": case.cause,
        "facts": case.inspection.conclusion_note,
        "prohibition": proposal.get("prohibition", []),
        "penalty": proposal.get("penalty", []),
        "kinds": ["罚款"],
        "fine_fen": case.fine_fen,
        "decided_on": case.decided_on.isoformat() if case.decided_on else "",
        "agency": case.agency.name,
        "digest": case.decision.digest if case.decision else "",
    }
    return content, redactions


def mask_name(name: str) -> str:
    """A person's family name and nothing else."""
    return name[:1] + "某" * max(1, len(name) - 1)
