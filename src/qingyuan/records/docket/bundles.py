"""The file for machines: every document, item, link of custody, service and extract, with digests; and the packets behind it."""

from __future__ import annotations

import json
from typing import Any

from . import queries, volume
from .models import Docket, Document, EvidenceItem

FORMAT = "qingyuan-docket-1"


def description(docket: Docket) -> dict[str, Any]:
    """The whole file as plain JSON; personal data stays in the documents it stands in."""
    pages = volume.page_index(docket)
    return {
        "format": FORMAT,
        "title": docket.title,
        "agency": {"code": docket.agency.code, "name": docket.agency.name},
        "documents": [document_of(d, pages) for d in docket.documents.all()],
        "evidence": [item_of(i, pages) for i in docket.evidence.all()],
        "extracts": [
            {"item": e.item.ordinal, "outlet": e.outlet, "factor": e.factor, "rows": e.row_count, "as_of": e.as_of.isoformat(), "sha256": e.digest,
             "findings": e.findings, "packets": e.proof.get("positions", [])}
            for e in docket.extracts.select_related("item")
        ],
    }  # fmt: skip


def document_of(document: Document, pages: dict[str, int]) -> dict[str, Any]:
    return {
        "ordinal": document.ordinal, "kind": document.kind, "title": document.title, "number": document.number,
        "issued_on": document.issued_on.isoformat(), "facts": document.facts, "paper": document.paper, "content_sha256": document.content_digest,
        "sha256": document.digest, "sm3": document.sm3, "file": f"documents/{document.ordinal:03d}.pdf", "page": pages.get(f"document:{document.pk}"),
        "services": [
            {"way": s.way, "receiver": s.receiver, "served_on": s.served_on.isoformat(), "refusal": s.refusal} for s in document.services.all()
        ],
    }  # fmt: skip


def item_of(item: EvidenceItem, pages: dict[str, int]) -> dict[str, Any]:
    return {
        "ordinal": item.ordinal, "kind": item.kind, "name": item.name, "source": item.source, "proves": item.proves, "media_type": item.media_type,
        "size": item.size, "sha256": item.digest, "sm3": item.sm3, "taken_at": item.taken_at.isoformat(), "file": f"evidence/{item.ordinal:03d}",
        "page": pages.get(f"evidence:{item.pk}"), "copy_of": item.copy_of.ordinal if item.copy_of else None,
        "custody": [
            {"action": c.action, "holder": c.holder, "at": c.at.isoformat(), "why": c.why, "chain": c.chain} for c in item.custody.all()
        ],
    }  # fmt: skip


def files_of(docket: Docket) -> dict[str, bytes]:
    """Every byte of the file by its name in the bundle, docket.json and the bound volume among them."""
    found = {"docket.json": json.dumps(description(docket), ensure_ascii=False, sort_keys=True, indent=1).encode()}
    for document in docket.documents.all():
        found[f"documents/{document.ordinal:03d}.pdf"] = queries.content(document)
    for item in docket.evidence.all():
        found[f"evidence/{item.ordinal:03d}"] = queries.evidence_content(item)
    if found.keys() - {"docket.json"}:
        found["volume.pdf"] = volume.bind(docket)
    return found
