"""Documents and evidence for other systems: bytes out, and large files in piece by piece."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router

from qingyuan import clock
from qingyuan.errors import BadInput
from qingyuan.records.cases import queries
from qingyuan.records.docket import queries as docket
from qingyuan.records.docket import uploads
from qingyuan.records.docket.models import Upload

from .doors import once, writes
from .shapes import LARGEST_ID, REFUSALS, EvidenceOut, UploadEnd, UploadIn, UploadOut

router = Router()
Key = Annotated[int, Path(ge=0, le=LARGEST_ID)]
KINDS = {
    "pdf": "application/pdf", "signed": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
PIECE = 1 << 18


def bytes_of(*kinds: str) -> dict[str, Any]:
    """How the description says that an operation answers with a file."""
    return {"responses": {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}}}}


@router.get("/documents/{pk}.{form}", response=REFUSALS, operation_id="read_document", openapi_extra=bytes_of(*dict.fromkeys(KINDS.values())))
def read_document(request: HttpRequest, pk: Key, form: str) -> HttpResponse:
    """The issued bytes, pdf or docx, whose SHA-256 is that of the document; ``signed`` is the pdf with the agency's signature behind it."""
    if form not in KINDS:
        raise BadInput("文书格式须为 pdf、signed 或者 docx", field="form")
    row = docket.document_for(request.auth.officer, pk)
    return HttpResponse(docket.content(row, form), content_type=KINDS[form])


@router.get("/evidence/{pk}", response=REFUSALS, operation_id="read_evidence", openapi_extra=bytes_of("application/octet-stream"))
def read_evidence(request: HttpRequest, pk: Key) -> StreamingHttpResponse:
    """The bytes of an item as they were taken in, streamed after they were checked against their digest."""
    row = docket.evidence_for(request.auth.officer, pk)
    handle = docket.evidence_file(row)
    answer = StreamingHttpResponse(iter(lambda: handle.read(PIECE), b""), content_type="application/octet-stream")
    answer["Content-Length"], answer["X-Content-Type-Options"] = str(row.size), "nosniff"
    answer._resource_closers.append(handle.close)
    return answer


@router.post("/cases/{pk}/uploads", response={200: UploadOut, **REFUSALS}, operation_id="begin_upload")
def begin_upload(request: HttpRequest, pk: Key, body: UploadIn) -> Any:
    """Announce a file for a case; too big is refused before a byte is sent."""
    by, at = request.auth.officer, clock.now()
    case = queries.case_by_id(by, pk)
    return once(request, lambda: upload_out(uploads.begin_upload(docket=case.docket, name=body.name, size=body.size, digest=body.sha256, by=by, at=at)))


@router.get("/uploads/{pk}", response={200: UploadOut, **REFUSALS}, operation_id="read_upload")
def read_upload(request: HttpRequest, pk: Key) -> Any:
    """How much has arrived."""
    return upload_out(uploads.upload_for(request.auth.officer, pk))


@router.put(
    "/uploads/{pk}", response={200: UploadOut, **REFUSALS}, operation_id="add_piece",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def add_piece(request: HttpRequest, pk: Key, offset: Annotated[int, Query(ge=0, le=2**62)]) -> Any:
    """One piece of at most four megabytes at its place; sending the same piece again is harmless."""
    writes(request)
    return upload_out(uploads.add_piece(uploads.upload_for(request.auth.officer, pk), offset=offset, content=request.body))


@router.post("/uploads/{pk}/finish", response={200: EvidenceOut, **REFUSALS}, operation_id="finish_upload")
def finish_upload(request: HttpRequest, pk: Key, body: UploadEnd) -> Any:
    """Every byte is there: check the digest and take the file in as evidence."""
    by, at = request.auth.officer, clock.now()
    row = uploads.upload_for(by, pk)

    def act() -> dict[str, Any]:
        item = uploads.finish_upload(row, kind=body.kind, source=body.source, taken_at=aware(body.taken_at), proves=body.proves, place=body.place, by=by, at=at)
        return EvidenceOut.from_orm(item).model_dump()

    return once(request, act)


def aware(moment: Any) -> Any:
    """A moment without a zone would be counted from nowhere."""
    if moment.tzinfo is None:
        raise BadInput("时刻须带时区，如 2026-09-15T09:30:00+08:00", field="taken_at")
    return moment


def upload_out(row: Upload) -> dict[str, Any]:
    return {"id": row.pk, "size": row.size, "received": row.received, "evidence": row.item_id}
