"""How screens and later rooms read the file.  Queries for screens take the viewer; those for rooms take the docket they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from django.db.models import Q, QuerySet

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one, scoped

from . import agency_key, vault
from .models import Docket, Document, DocumentNumber, EvidenceItem, Extract, NumberSeries, Signature
from .writing import signature
from .writing.kinds import kinds
from .writing.signature import Read

CHINA_DATE = "%Y-%m-%d"


# for screens


def dockets(viewer: Officer) -> QuerySet[Docket]:
    """Files in the viewer's division, newest first."""
    return scoped(Docket.objects.select_related("agency"), viewer).order_by("-opened_at")


def docket_for(viewer: Officer, pk: int) -> Docket:
    return one(Docket.objects.select_related("agency"), viewer, pk=pk)


def documents_of(viewer: Officer, docket: Docket) -> QuerySet[Document]:
    """Issued documents of one file, in order."""
    return scoped(Document.objects.filter(docket=docket).select_related("issued_by"), viewer, through="docket")


def document_for(viewer: Officer, pk: int) -> Document:
    return one(Document.objects.select_related("docket", "issued_by", "agency"), viewer, through="docket", pk=pk)


def evidence_of(viewer: Officer, docket: Docket) -> QuerySet[EvidenceItem]:
    """Evidence of one file with its chain of custody."""
    rows = EvidenceItem.objects.filter(docket=docket).select_related("taken_by").prefetch_related("custody__by")
    return scoped(rows, viewer, through="docket")


def evidence_for(viewer: Officer, pk: int) -> EvidenceItem:
    return one(EvidenceItem.objects.select_related("docket", "taken_by"), viewer, through="docket", pk=pk)


def extract_for(viewer: Officer, pk: int) -> Extract:
    return one(Extract.objects.select_related("docket", "item"), viewer, through="docket", pk=pk)


def series_of(viewer: Officer, year: int) -> QuerySet[NumberSeries]:
    """The number ledger of the viewer's agency."""
    agency = viewer.agency.authority
    return NumberSeries.objects.filter(agency=agency, year=year).order_by("word")


def numbers_of(viewer: Officer, series: NumberSeries) -> QuerySet[DocumentNumber]:
    """Every number of one series and what became of it."""
    rows = DocumentNumber.objects.filter(series=series, series__agency=viewer.agency.authority)
    return rows.select_related("document", "taken_by", "block").order_by("value")


# for anyone with the paper in hand


def verified(digest: str) -> Document | None:
    """What the QR code leads to: the document whose words (or whose PDF) have this SHA-256."""
    if len(digest) != 64:
        return None
    rows = Document.objects.select_related("agency", "signature")
    return rows.filter(content_digest=digest).last() or rows.filter(Q(digest=digest) | Q(signature__digest=digest)).last()


def looked_into(content: bytes) -> tuple[Document | None, Read | None]:
    """A PDF somebody holds: the document it is, or was before something was added, and what its signature says."""
    said = signature.read(content, root=agency_key.root_certificate())
    found = verified(hashlib.sha256(content).hexdigest())
    if found is None and said is not None:
        found = next((row for digest in said.revisions if (row := verified(digest)) is not None), None)
    return found, said


# for later rooms


def content(document: Document, form: str = "pdf") -> bytes:
    """The bytes as issued, checked against their digest.  ``form`` is pdf, docx, or signed: the PDF with the agency's signature."""
    if form not in ("pdf", "docx", "signed"):
        raise BadInput("文书有 pdf、docx 和 signed（带电子签名的 PDF）三种格式", field="form")
    if form == "signed":
        row = Signature.objects.filter(document=document).first()
        return vault.fetch(row.digest if row else document.digest)
    return vault.fetch(document.digest if form == "pdf" else document.docx_digest)


def evidence_file(item: EvidenceItem) -> BinaryIO:
    """The bytes as taken in as an open file, checked against their digest piece by piece."""
    return vault.checked(item.digest)


def evidence_content(item: EvidenceItem) -> bytes:
    """The bytes as taken in, checked against their digest."""
    return vault.fetch(item.digest)


def kinds_present(docket: Docket) -> set[str]:
    """Kinds of document that were issued into this file."""
    return set(docket.documents.values_list("kind", flat=True))


def evidence_lines(docket: Docket) -> list[dict[str, str]]:
    """Every piece of evidence as a decision lists it: records first, then items, each with its reference."""
    known = kinds()
    lines = [
        {
            "title": document.title, "kind": label_of(known[document.kind].evidence), "on": document.issued_on.isoformat(),
            "provider": "我局执法人员制作", "proves": "现场情况和违法事实", "source": f"document:{document.pk}",
        }
        for document in docket.documents.all() if document.kind in known and known[document.kind].evidence
    ]  # fmt: skip
    return lines + [
        {
            "title": item.name.rsplit(".", 1)[0] if "." in item.name else item.name, "kind": item.get_kind_display(),
            "on": local_day(item.taken_at), "provider": item.source, "proves": item.proves, "source": f"evidence:{item.pk}",
        }
        for item in docket.evidence.all()
    ]  # fmt: skip


def local_day(at: Any) -> str:
    from .writing.wording import CHINA

    return at.astimezone(CHINA).strftime(CHINA_DATE)


def label_of(kind: str) -> str:
    return dict(EvidenceItem._meta.get_field("kind").choices or ()).get(kind, "")


@lru_cache(maxsize=1)
def requirements() -> Mapping[str, Mapping[str, Any]]:
    """What proves what, from requirements.yaml."""
    return yaml.safe_load((Path(__file__).parent / "requirements.yaml").read_text("utf-8"))


def evidence_gaps(docket: Docket, *, violation: str) -> list[dict[str, Any]]:
    """Every requirement of the violation: id, name, whether it is met, by what, and why that is enough."""
    entry = rulebook.load().entry(f"violations/{violation}")
    held = _Held(docket)
    rows = []
    for key in entry.get("evidence", ()):
        by, because = held.meets(key)
        rows.append({"id": key, "name": requirements().get(key, {}).get("name", key), "met_by": by, "because": because, "is_met": bool(by)})
    return rows


def evidence_missing(docket: Docket, *, violation: str) -> list[str]:
    """Names of the evidence that the violation still lacks; [] means the investigation may be concluded (令30第37条)."""
    return [row["name"] for row in evidence_gaps(docket, violation=violation) if not row["is_met"]]


class _Held:
    """What a file holds, looked at once."""

    def __init__(self, docket: Docket) -> None:
        self.items = list(docket.evidence.all())
        self.documents = list(docket.documents.all())
        self.extracts = set(docket.extracts.values_list("item_id", flat=True))

    def meets(self, key: str) -> tuple[list[str], str]:
        """References of what meets a requirement, and the article when something else stands in for it."""
        found = self._direct(key)
        if found:
            return found, ""
        want = requirements().get(key, {})
        for other in want.get("instead", ()):
            instead = self._direct(other)
            if instead:
                return instead, want.get("because", "")
        return [], ""

    def _direct(self, key: str) -> list[str]:
        want = requirements().get(key, {})
        found = [f"document:{d.pk}" for d in self.documents if d.kind in want.get("documents", ())]
        return found + [f"evidence:{i.pk}" for i in self.items if self._is(i, key, want)]

    def _is(self, item: EvidenceItem, key: str, want: Mapping[str, Any]) -> bool:
        if key in item.requirements or (want.get("extract") and item.pk in self.extracts):
            return True
        if want.get("kinds") and item.kind not in want["kinds"]:
            return False
        words = want.get("words")
        return any(word in item.name for word in words) if words else bool(want.get("kinds"))
