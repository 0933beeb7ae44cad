"""Reading a document on a screen: every sentence with the records it came from, red where a record has changed since.

What a record looked like when the document was made is kept in the row (``facts["seen"]``); ``changed`` compares it with now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .models import Document, EvidenceItem, Extract
from .writing.paper import canonical

Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Said:
    """One sentence: its text, its sources, and the sources that are no longer what they were."""

    text: str
    sources: tuple[str, ...]
    changed: tuple[str, ...]


def digest_of(value: Any) -> str:
    """A short name for what a record says: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(canonical(value)).hexdigest()[:16]


def look_now(reference: str) -> Any:
    """What a record of this room says now; None when this room does not know the kind of reference."""
    kind, _, key = reference.partition(":")
    if kind == "evidence":
        item = EvidenceItem.objects.filter(pk=key).first() if key.isdigit() else None
        return None if item is None else [item.name, item.digest, item.proves, item.is_verified]
    if kind == "document":
        document = Document.objects.filter(pk=key).first() if key.isdigit() else None
        return None if document is None else [document.number, document.digest]
    if kind == "extract":
        extract = Extract.objects.filter(pk=key).first() if key.isdigit() else None
        return None if extract is None else [extract.digest]
    return None


def snapshot(references: set[str], read: Reader = look_now) -> dict[str, str]:
    """Digests of the records a document is about to rest on; kept with it when it is issued."""
    found = {ref: read(ref) for ref in sorted(references)}
    return {ref: digest_of(value) for ref, value in found.items() if value is not None}


def sentences(document: Document, read: Reader = look_now) -> list[list[Said]]:
    """Paragraphs of sentences in reading order; ``read`` lets a later room look its own records up as well."""
    stale = changed(document, read)
    paragraphs = []
    for block in document.paper["blocks"]:
        if block["type"] == "paragraph":
            paragraphs.append([
                Said(s["text"], tuple(s["sources"]), tuple(ref for ref in s["sources"] if ref in stale)) for s in block["sentences"]
            ])
    return paragraphs


def changed(document: Document, read: Reader = look_now) -> set[str]:
    """References whose record is not what it was when the document was issued."""
    seen: Mapping[str, str] = document.facts.get("seen") or {}
    stale = set()
    for reference, before in seen.items():
        now = read(reference)
        if now is None or digest_of(now) != before:
            stale.add(reference)
    return stale


def references_of(paper_blocks: list[dict[str, Any]]) -> set[str]:
    """Every reference a structured paper rests on."""
    return {r for b in paper_blocks for s in b.get("sentences", ()) for r in s["sources"]}
