"""What the rooms of the procedure hand over is completed here: the agency's own data, the evidence in the file, default sentences.

Rooms may pass facts nested as the kinds name them, or flat under the short names of ``FLAT``; what they pass always wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from qingyuan.records.registry.models import Agency, Officer

from .models import Docket
from .queries import evidence_lines
from .writing import wording

FLAT = {
    "party": "party.name", "party_kind": "party.kind", "uscc": "party.uscc", "address": "party.address",
    "legal_representative": "party.legal_representative", "cause": "case.cause", "source": "case.source", "case_number": "case.number",
    "number": "case.number", "filed_on": "case.filed_on", "found_on": "case.found_on", "decided_on": "decision.on",
    "decision_number": "decision.number", "prohibition": "law.prohibition", "penalty": "law.penalty", "law_reason": "law.reason",
    "matrix": "discretion.benchmark", "working": "discretion.working", "low_yuan": "discretion.low_yuan", "high_yuan": "discretion.high_yuan",
    "fine_fen": "penalty.fine_fen", "hearing_required": "hearing.is_required", "hearing_closed_on": "hearing.held_on",
    "noticed_on": "notice.served_on", "payee": "payment.payee", "reconsideration_body": "remedy.reconsideration_to", "court": "remedy.court",
    "agency_phone": "agency.telephone", "agency_address": "agency.address", "requirement": "correction.content", "correct_by": "correction.due_on",
    "person_on_site": "present.name", "position": "present.position", "inspectors": "officers", "investigators": "officers",
    "was_certificate_shown": "certificates_shown", "was_told_of_recusal": "rights_told", "refusal": "present.comment", "opinion": "conclusion",
    "reason": "closing.reason",
}  # fmt: skip
IS_EVIDENCE_OF_ITSELF = {"on_site_record", "filing_approval"}


def complete(kind: str, given: Mapping[str, Any], *, docket: Docket, agency: Agency, by: Officer, at: dt.datetime) -> dict[str, Any]:
    """Facts in full for one kind of document."""
    facts = defaults(kind, docket=docket, agency=agency, by=by)
    merge(facts, nested(kind, given) if isinstance(given.get("party"), str) else dict(given))
    return facts


def defaults(kind: str, *, docket: Docket, agency: Agency, by: Officer) -> dict[str, Any]:
    """What the registry and the file already know."""
    facts: dict[str, Any] = {
        "agency": {
            "name": agency.name, "short_name": agency.short_name, "address": agency.address, "telephone": agency.phone, "contact": by.name,
        },
        "payment": {"payee": agency.payee},
        "remedy": {"reconsideration_to": agency.reconsideration_body, "court": agency.court},
        "law": {"correction": ["penalty_law:28.1"]},
        "correction": {"consequence": "逾期拒不改正的，我局将依法采取进一步措施；违法排放污染物受到罚款处罚、被责令改正后拒不改正的，可以依法按日连续处罚。"},
        "filing": {"reason": f"有初步证据证明存在涉嫌违法的事实，属于本机关管辖，且未超过追责期限，符合{wording.cite('measures_30:19')}规定的立案条件。"},
        "sources": {},
    }  # fmt: skip
    if kind not in IS_EVIDENCE_OF_ITSELF:
        facts["evidence"] = evidence_lines(docket)
        facts["inspected_on"] = inspected_on(docket)
    facts["sources"].update(document_sources(docket))
    return facts


def inspected_on(docket: Docket) -> str:
    """The day of the last on-site record in the file, "" when there is none."""
    record = docket.documents.filter(kind="on_site_record").last()
    return "" if record is None else str(record.facts.get("began_at", record.issued_on.isoformat()))[:10]


def document_sources(docket: Docket) -> dict[str, list[str]]:
    """Parts of the facts that come from documents of this file: the notice, the day of the inspection."""
    found: dict[str, list[str]] = {}
    for part, kind in (("notice", "prior_notice"), ("inspected_on", "on_site_record"), ("case", "filing_approval")):
        document = docket.documents.filter(kind=kind).last()
        if document is not None:
            found[part] = [f"document:{document.pk}"]
    return found


def nested(kind: str, flat: Mapping[str, Any]) -> dict[str, Any]:
    """Flat facts in the shape the kinds name."""
    facts: dict[str, Any] = {}
    for key, value in flat.items():
        if value is None or value == "" or key in ("facts", "statements", "has_waived", "payments"):
            continue
        put(facts, FLAT.get(key, key), value)
    words = flat.get("facts")
    if words:
        put(facts, "findings.violation" if kind == "on_site_record" else "violation.facts", words if kind == "on_site_record" else [words])
    if kind == "on_site_record":
        put(facts, "place", flat.get("address") or flat.get("facility", ""))
    _statement(facts, flat)
    _hearing(facts, flat)
    _payments(facts, flat)
    return facts


def _statement(facts: dict[str, Any], flat: Mapping[str, Any]) -> None:
    said = flat.get("statements") or []
    if said:
        verdicts = {bool(s["is_accepted"]) for s in said}
        facts["statement"] = {
            "text": "；".join(s["text"].rstrip("。；") for s in said), "reason": "；".join(s["answer"].rstrip("。；") for s in said),
            "adopted": True if verdicts == {True} else False if verdicts == {False} else "partly",
        }  # fmt: skip
    elif flat.get("has_waived"):
        facts["statement"] = {"waived": True}


def _hearing(facts: dict[str, Any], flat: Mapping[str, Any]) -> None:
    if flat.get("hearing_closed_on"):
        put(facts, "hearing.result", "听证情况见听证笔录")
    if flat.get("noticed_on"):
        put(facts, "notice.hearing_offered", bool(flat.get("hearing_required")))


def _payments(facts: dict[str, Any], flat: Mapping[str, Any]) -> None:
    paid = flat.get("payments") or []
    if paid:
        put(facts, "performance", "；".join(f"{wording.date(p['on'])}缴纳{wording.money(p['amount_fen'])}" for p in paid) + "。")
        put(facts, "attachments", "；".join(f"财政票据 {p['receipt']}" for p in paid) + "。")


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path, making the parts on the way."""
    *parents, last = path.split(".")
    node = facts
    for part in parents:
        node = node.setdefault(part, {})
    node[last] = value


def merge(into: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Lay ``given`` over ``into``, mapping by mapping; a default is kept where nothing was given."""
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif value is not None and value != "":
            into[key] = value
