"""Service of documents (送达).  Penalty Law art. 61; Civil Procedure Law on the ways of service."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .issuing import issue, legal_day
from .models import SERVICE_WAYS, Document, EvidenceItem, ServiceRecord
from .writing.kinds import kind as kind_of


@transaction.atomic
def serve(
    *, document: Document, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime, place: str = "", refusal: str = "",
    confirmation: str = "", relation: str = "", proof: EvidenceItem | None = None,
) -> ServiceRecord:
    """Serve a document and make out its proof of service (送达回证), which goes into the same file."""
    reasons = why_not_serve(document, how=how, receiver=receiver, on=on, at=at, refusal=refusal, confirmation=confirmation, proof=proof)
    if reasons:
        raise NotAllowed(reasons)
    party = document.facts.get("party") or {}
    record = issue(
        kind="service_record", docket=document.docket, by=by, at=at,
        facts={
            "party": party if party else {"name": receiver}, "served": {"title": document.title, "number": document.number},
            "service": {
                "way": dict(SERVICE_WAYS)[how], "place": place or party.get("address", ""), "at": moment_of(on, at).isoformat(),
                "by": [{"name": by.name, "certificate_number": by.certificate_number}], "receiver": receiver, "relation": relation,
                "refusal": refusal, "confirmation": confirmation, "note": f"凭证：第{proof.ordinal}号证据" if proof else "",
            },
            "sources": {"served": f"document:{document.pk}"},
        },
    )  # fmt: skip
    row = ServiceRecord.objects.create(
        document=document, way=how, receiver=receiver, place=place, served_on=on, refusal=refusal, proof=proof, record=record, made_at=at, made_by=by
    )
    record_event(by=by, subject=f"document:{document.pk}", step="serve", at=at, after={"way": how, "served_on": on.isoformat()}, why=refusal)
    return row


def moment_of(on: dt.date, at: dt.datetime) -> dt.datetime:
    """The moment written on the proof: now when served today, else noon of the day it was served."""
    return at if legal_day(at) == on else at.replace(year=on.year, month=on.month, day=on.day, hour=12, minute=0, second=0, microsecond=0)


def why_not_serve(
    document: Document, *, how: str, receiver: str, on: dt.date, at: dt.datetime, refusal: str = "", confirmation: str = "",
    proof: EvidenceItem | None = None,
) -> list[str]:
    """Every reason why this service would not stand."""
    if how not in dict(SERVICE_WAYS):
        raise BadInput(f"送达方式须为{'、'.join(label for _, label in SERVICE_WAYS)}之一", field="how")
    reasons = []
    if not kind_of(document.kind).must_serve:
        reasons.append(f"《{document.title}》是内部文书，不送达当事人")
    if on < document.issued_on:
        reasons.append(f"送达日期{on}早于文书日期{document.issued_on}")
    if on > legal_day(at):
        reasons.append(f"送达日期{on}晚于今天，须在实际送达之后登记")
    if how in ("direct", "entrusted") and not receiver.strip():
        reasons.append("直接送达、委托送达须有收件人签收（行政处罚法第61条、民事诉讼法关于送达的规定）")
    if how == "leave" and not refusal.strip():
        reasons.append("留置送达须记明拒收事由、日期和见证人，或者附全程录音录像（民事诉讼法关于留置送达的规定）")
    if how == "electronic" and not confirmation.strip():
        reasons.append("电子送达须当事人同意并签订确认书（行政处罚法第61条）")
    if how in ("post", "announcement") and proof is None:
        reasons.append("邮寄送达、公告送达须附回执或者公告载体作为凭证（案卷评查细则2024）")
    return reasons
