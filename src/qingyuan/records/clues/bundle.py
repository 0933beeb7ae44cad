"""A clue as files for its bundle: what was found and how, what was asked and answered, what was done, and every paper."""

from __future__ import annotations

import json
from typing import Any

from qingyuan.records.docket import queries as docket
from qingyuan.records.registry.events import trail

from . import gaps
from .models import Clue

FORMAT = "qingyuan-clue-1"


def files_of_clue(clue: Clue) -> dict[str, bytes]:
    """The files by their names in the bundle; clue.json says how they belong together."""
    found = {"clue.json": json.dumps(description(clue), ensure_ascii=False, sort_keys=True, indent=1).encode()}
    if clue.docket is not None:
        for item in clue.docket.evidence.all():
            found[f"evidence/{item.ordinal:03d}"] = docket.evidence_content(item)
        for document in clue.docket.documents.all():
            found[f"documents/{document.ordinal:03d}.pdf"] = docket.content(document)
    return found


def description(clue: Clue) -> dict[str, Any]:
    """The whole clue as plain JSON."""
    place = clue.facility
    return {
        "format": FORMAT, "number": clue.number, "title": clue.title, "source": clue.source, "source_facts": clue.source_facts, "severity": clue.severity, "state": clue.state,
        "facility": {"code": place.code, "name": place.name, "operator": place.operator.uscc} if place else None,
        "place": clue.place, "division": clue.division_id, "violation": clue.violation, "began": clue.began.isoformat(), "ended": clue.ended.isoformat(),
        "outcome": clue.outcome, "outcome_note": clue.outcome_note, "scheme": clue.scheme,
        "findings": [{"id": row.finding_id, "rule": row.rule, "moves": moves_of(row), "data": row.data} for row in clue.findings.prefetch_related("moves")],
        "clocks": [{"kind": c.kind, "due_at": c.due_at.isoformat(), "done_at": c.done_at.isoformat() if c.done_at else None, "lines": c.lines, "grade": c.grade} for c in clue.clocks.all()],
        "requests": [
            {"questions": r.questions, "wanted": r.wanted, "asked_at": r.asked_at.isoformat(), "due_at": r.due_at.isoformat(), "answers": r.answers, "state": r.state, "assessment": r.assessment}
            for r in clue.requests.all()
        ],
        "remote_checks": [{"way": c.way, "at": c.done_at.isoformat(), "minutes": c.minutes, "found": c.found, "result": c.result} for c in clue.remote_checks.all()],
        "gaps": [{"name": g.name, "asked_by": g.asked_by, "met_by": g.met_by} for g in gaps.gaps_of(clue)],
        "papers": [
            {"file": f"evidence/{item.ordinal:03d}", "name": item.name, "source": item.source, "sha256": item.digest, "sm3": item.sm3, "taken_at": item.taken_at.isoformat()}
            for item in (clue.docket.evidence.all() if clue.docket else ())
        ],
        "events": [
            {"at": e.at.isoformat(), "by": e.by.name if e.by else "", "step": e.step, "before": e.before, "after": e.after, "why": e.why, "leaf": e.leaf} for e in trail(f"clue:{clue.pk}")
        ],
    }  # fmt: skip


def moves_of(row: Any) -> list[dict[str, Any]]:
    return [{"kind": move.kind, "from": move.origin.number, "to": move.target.number, "at": move.at.isoformat(), "why": move.why} for move in row.moves.all()]
