"""Documents and evidence as files: the bytes that were kept, checked against their digest on the way out."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from qingyuan.errors import NotYours
from qingyuan.records.docket import queries

from .frame import Look, desk

FORMS = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
SHOWN = ("image/jpeg", "image/png", "application/pdf")  # everything else is downloaded, never opened in the page


@desk
def paper(request: HttpRequest, look: Look, pk: int, form: str) -> HttpResponse:
    """An issued document as PDF (shown) or DOCX (downloaded)."""
    if form not in FORMS:
        raise NotYours("文书只有 PDF 和 DOCX 两种格式")
    row = queries.document_for(look.viewer, pk)
    content = queries.content(row, form)
    return as_file(content, f"{row.title}{row.number}.{form}", FORMS[form], shown=form == "pdf")


@desk
def evidence(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """A piece of evidence as it came in."""
    row = queries.evidence_for(look.viewer, pk)
    return as_file(queries.evidence_content(row), row.name, row.media_type, shown=row.media_type in SHOWN)


def as_file(content: bytes, name: str, media_type: str, *, shown: bool) -> HttpResponse:
    """Bytes with a Chinese file name; nothing that came from outside may run in our page."""
    answer = HttpResponse(content, content_type=media_type if shown or media_type in FORMS.values() else "application/octet-stream")
    answer["Content-Disposition"] = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    return answer
