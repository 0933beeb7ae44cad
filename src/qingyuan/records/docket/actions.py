"""What officers do with the file.  One function per thing done; each is one transaction with its event.

The functions live where their subject is; this is the list of them.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Agency, Officer

from .evidence import pass_on, take_evidence, verify_evidence
from .issuing import draft, issue, legal_day
from .models import Docket
from .numbering import next_number, reserve_numbers, return_numbers, return_overdue, void_number
from .service import serve

__all__ = [
    "archive_docket", "draft", "issue", "next_number", "open_docket", "pass_on", "reserve_numbers", "return_numbers", "return_overdue", "serve", "take_evidence",
    "verify_evidence", "void_number",
]  # fmt: skip


@transaction.atomic
def open_docket(*, title: str, agency: Agency, by: Officer, at: dt.datetime) -> Docket:
    """Open a file; everything an inspection and its case leave behind goes into it (Penalty Law art. 47)."""
    if not title.strip():
        raise BadInput("请写明卷名", field="title")
    row = Docket(title=title, agency=agency, division=agency.division, opened_at=at, opened_by=by)
    row.save()
    record_event(by=by, subject=f"docket:{row.pk}", step="open_docket", at=at, after={"title": title})
    return row


@transaction.atomic
def archive_docket(*, docket: Docket, by: Officer, at: dt.datetime) -> Docket:
    """Put the file away; from now on nothing is added (Measures 30 art. 78, number unverified)."""
    held = Docket.objects.select_for_update().get(pk=docket.pk)
    if held.archived_at is not None:
        raise NotAllowed(f"案卷已于{legal_day(held.archived_at)}归档")
    if not held.documents.exists() and not held.evidence.exists():
        raise NotAllowed("案卷里还没有材料，不能归档")
    held.archived_at, held.archived_by = at, by
    held.save(update_fields=["archived_at", "archived_by"])
    record_event(by=by, subject=f"docket:{held.pk}", step="archive_docket", at=at, after={"title": held.title})
    return held
