"""Documents and evidence as files: the bytes that were kept, checked against their digest on the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from qingyuan.errors import NotYours
from qingyuan.records.docket import queries

from .frame import Look, desk

FORMS = {"pdf": "application/pdf", "signed": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
SUFFIXES = {"pdf": ".pdf", "signed": "（电子签名）.pdf", "docx": ".docx"}
PLAYED = ("video/", "audio/")
PIECE = 1 << 18
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
SHOWN = ("image/jpeg", "image/png", "application/pdf")  # everything else is downloaded, never opened in the page


@desk
def paper(request: HttpRequest, look: Look, pk: int, form: str) -> HttpResponse:
    """An issued document as PDF (shown), with the agency's signature, or as DOCX (downloaded)."""
    if form not in FORMS:
        raise NotYours("文书只有 PDF、签名 PDF 和 DOCX 三种格式")
    row = queries.document_for(look.viewer, pk)
    content = queries.content(row, form)
    return as_file(content, f"{row.title}{row.number}{SUFFIXES[form]}", FORMS[form], shown=form == "pdf")


@desk
def evidence(request: HttpRequest, look: Look, pk: int) -> HttpResponseBase:
    """A piece of evidence as it came in, streamed; a player may ask for a part of a recording."""
    row = queries.evidence_for(look.viewer, pk)
    return streamed(request, queries.evidence_file(row), row.size, row.name, row.media_type, shown=row.media_type in SHOWN or row.media_type.startswith(PLAYED))


def as_file(content: bytes, name: str, media_type: str, *, shown: bool) -> HttpResponse:
    """Bytes with a Chinese file name; nothing that came from outside may run in our page."""
    answer = HttpResponse(content, content_type=media_type if shown or media_type in FORMS.values() else "application/octet-stream")
    return harmless(answer, name, shown)


def harmless(answer: HttpResponseBase, name: str, shown: bool) -> HttpResponseBase:
    answer["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
    return answer


def streamed(request: HttpRequest, handle: BinaryIO, size: int, name: str, media_type: str, *, shown: bool) -> HttpResponseBase:
    """An open file in pieces, whole or the one range that was asked for (RFC 9110 section 14); the file is closed at the end."""
    kind = media_type if shown else "application/octet-stream"
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    began, ended = (0, size - 1) if found is None else span(found[1], found[2], size)
    if began > ended or began >= size:
        handle.close()
        answer: HttpResponseBase = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{size}"
        return answer
    answer = StreamingHttpResponse(pieces(handle, began, ended - began + 1), content_type=kind, status=200 if found is None else 206)
    answer["Content-Length"], answer["Accept-Ranges"] = str(ended - began + 1), "bytes"
    if found is not None:
        answer["Content-Range"] = f"bytes {began}-{ended}/{size}"
    return harmless(answer, name, shown)


def span(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and last byte of a range; ``-500`` is the last 500."""
    if not first:
        return max(0, size - int(last or 0)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def pieces(handle: BinaryIO, began: int, count: int) -> Iterator[bytes]:
    with handle:
        handle.seek(began)
        while count > 0 and (piece := handle.read(min(PIECE, count))):
            count -= len(piece)
            yield piece
