"""Issuing a document: complete the facts, take the number, typeset, digest, keep — all or nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pikepdf
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import agency_key, numbering, vault
from .briefs import complete
from .models import Docket, Document, Signature
from .reading import references_of, snapshot
from .writing import facts as writing_facts
from .writing.compose import compose
from .writing.kinds import kind as kind_of
from .writing.paper import Paper, Picture, content, content_digest
from .writing.signature import sign
from .writing.typeset import pdf
from .writing.word import docx_bytes
from .writing.wording import CHINA


def draft(*, kind: str, docket: Docket, facts: Mapping[str, Any], by: Officer, at: dt.datetime) -> bytes:
    """A PDF marked 草稿, without number or seal; nothing is kept and gaps are shown as blanks."""
    full = complete(kind, facts, docket=docket, agency=docket.agency, by=by, at=at)
    paper = compose(kind, full, dated=legal_day(at).isoformat(), is_draft=True)
    return pdf(paper, pictures_of(paper))


@transaction.atomic
def issue(
    *, kind: str, docket: Docket, facts: Mapping[str, Any], by: Officer, at: dt.datetime, number: str = ""
) -> Document:
    """Issue one document into the file.

    ``number`` is one taken before (or lent to a device); without it the next one is taken, for kinds that bear numbers.
    Raises BadInput naming every missing element and its article; then nothing was written and no number is lost.
    ``facts["sources"]`` names the record behind each part, ``facts["seen"]`` may add ``reading.digest_of`` of records of later rooms.
    """
    known = kind_of(kind)
    full = complete(kind, facts, docket=docket, agency=docket.agency, by=by, at=at)
    writing_facts.require(known, full)
    held = hold_open(docket)
    taken = None
    if number:
        taken = numbering.claim(number, agency=held.agency, by=by, at=at)
    elif known.word:
        taken = numbering.take(agency=held.agency, kind=kind, year=legal_day(at).year, by=by, at=at)
    paper = with_address(compose(kind, full, number=taken.text if taken else "", dated=legal_day(at).isoformat()))
    document = keep(paper, held, full, by=by, at=at)
    if taken is not None:
        numbering.use(taken, document)
    record_event(
        by=by, subject=f"document:{document.pk}", step="issue", at=at,
        after={"kind": kind, "number": document.number, "digest": document.digest}, why=known.title,
    )
    return document


def hold_open(docket: Docket) -> Docket:
    """The file's row, held until the transaction ends; NotAllowed once it is archived."""
    held = Docket.objects.select_for_update(of=("self",)).select_related("agency").get(pk=docket.pk)
    if held.archived_at is not None:
        raise NotAllowed(f"案卷已于{legal_day(held.archived_at)}归档，归档后不得增加、删除、修改材料")
    return held


def with_address(paper: Paper) -> Paper:
    """The paper with the address its QR code leads to; the address ends in the digest of the words."""
    return replace(paper, verification=f"{settings.QINGYUAN_PUBLIC_URL}/public/verify/?digest={content_digest(paper)}")


def keep(paper: Paper, docket: Docket, facts: dict[str, Any], *, by: Officer, at: dt.datetime) -> Document:
    """Typeset both forms, keep the bytes by their digests, write the row."""
    pictures = pictures_of(paper)
    bytes_pdf = pdf(paper, pictures)
    kept, kept_docx = vault.keep(bytes_pdf), vault.keep(docx_bytes(paper, pictures))
    facts["seen"] = {**snapshot(references_of(content(paper)["blocks"])), **(facts.get("seen") or {})}
    ordinal = (docket.documents.aggregate(n=Max("ordinal"))["n"] or 0) + 1
    document = Document.objects.create(
        docket=docket, ordinal=ordinal, kind=paper.kind, title=paper.title, agency=docket.agency, number=paper.number, facts=facts,
        paper=content(paper), content_digest=content_digest(paper), digest=kept.digest, sm3=kept.sm3, docx_digest=kept_docx.digest,
        pages=page_count(bytes_pdf), issued_on=legal_day(at), issued_at=at, issued_by=by,
    )
    seal(document, bytes_pdf, at)
    return document


def seal(document: Document, content: bytes, at: dt.datetime) -> Signature:
    """Sign the issued bytes with the agency's certificate; what is handed out begins with them (decision 0007)."""
    identity = agency_key.identity_of(document.agency)
    kept = vault.keep(sign(content, identity, at=at, reason=f"{document.title}{document.number}"))
    serial = f"{identity.parsed.serial_number:x}"
    return Signature.objects.create(document=document, digest=kept.digest, signer=identity.name, serial=serial, fingerprint=identity.fingerprint, at=at)


def pictures_of(paper: Paper) -> dict[str, bytes]:
    """The bytes of every picture the paper shows."""
    found = {}
    for block in paper.blocks:
        if isinstance(block, Picture):
            found[block.digest] = vault.fetch(block.digest)
    return found


def page_count(document: bytes) -> int:
    with pikepdf.open(io.BytesIO(document)) as file:
        return len(file.pages)


def legal_day(at: dt.datetime) -> dt.date:
    """The day in China of an aware moment."""
    if at.tzinfo is None:
        raise BadInput("时刻须带时区")
    return at.astimezone(CHINA).date()
