"""The structured document.  What is typeset, digested, shown and compared is always this, never a file.

A Paper is pure data; ``content`` turns it into plain JSON and ``content_digest`` names it.  The digest goes into the
QR code, because the digest of the PDF cannot be printed inside the PDF.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Layout = Literal["letter", "form", "record"]
Style = Literal["body", "heading", "subheading", "plain", "note"]


@dataclass(frozen=True)
class Sentence:
    """A piece of text and the records it came from.

    ``sources`` are references such as ``evidence:12``, ``document:7``, ``finding:…`` or ``law:penalty_law:44``.
    """

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """Sentences set one after another; ``style`` decides indent and weight."""

    sentences: tuple[Sentence, ...]
    style: Style = "body"

    @property
    def text(self) -> str:
        return "".join(s.text for s in self.sentences)


@dataclass(frozen=True)
class Table:
    """A ruled table in 小四; ``widths`` are relative, one per column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    caption: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell of a form: a label, or a filled value spanning ``span`` of eight columns."""

    text: str
    span: int = 1
    is_label: bool = False
    lines: int = 1
    signature: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """The grid of an approval sheet; each row's spans sum to eight."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """An image by its digest; the bytes travel beside the Paper, not in it."""

    digest: str
    caption: str


@dataclass(frozen=True)
class Signature:
    """A line to sign on; ``name`` and ``on`` are printed when a person has signed electronically."""

    label: str
    name: str = ""
    on: str = ""


Block = Paragraph | Table | Form | Picture


@dataclass(frozen=True)
class Paper:
    """One document, complete: what is on the paper and nothing that is not."""

    kind: str
    layout: Layout
    agency: str
    title: str
    number: str = ""
    party: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    closing: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    page_signatures: tuple[Signature, ...] = ()
    dated: str = ""
    has_seal: bool = False
    is_draft: bool = False
    verification: str = ""

    def sentences(self) -> list[Sentence]:
        """Every sentence of the running text, in reading order."""
        return [s for block in self.blocks if isinstance(block, Paragraph) for s in block.sentences]


def content(paper: Paper) -> dict[str, Any]:
    """Plain JSON of the whole paper; each block carries its ``type``."""
    plain = asdict(paper)
    plain["blocks"] = [{"type": type(block).__name__.lower(), **asdict(block)} for block in paper.blocks]
    return plain


def content_digest(paper: Paper) -> str:
    """SHA-256 of the canonical JSON, the verification address left out, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content(replace(paper, verification="")))).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON in one fixed spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
