"""统一文号: one row of numbers per agency, word and year; no gap, no duplicate, every void number explained.

A number is taken inside the transaction that uses it.  The series row is changed first, so the database lets one clerk pass at
a time; when the transaction is rolled back the number was never taken.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Agency, Officer

from .models import Document, DocumentNumber, NumberBlock, NumberSeries
from .writing.kinds import kind as kind_of
from .writing.wording import CHINA

LARGEST_BLOCK = 200


@transaction.atomic
def next_number(*, agency: Agency, kind: str, year: int, by: Officer, at: dt.datetime) -> str:
    """Take the next number of a kind of document: 清环罚〔2026〕3号."""
    return take(agency=agency, kind=kind, year=year, by=by, at=at).text


def take(*, agency: Agency, kind: str, year: int, by: Officer, at: dt.datetime) -> DocumentNumber:
    """Take the next number as a row; call it inside a transaction."""
    word = kind_of(kind).word
    if not word:
        raise BadInput(f"《{kind_of(kind).title}》不编文号", field="kind")
    series = advance(agency, word, year, 1)
    return DocumentNumber.objects.create(
        series=series, value=series.last, text=f"{series}{series.last}号", state="taken", taken_at=at, taken_by=by
    )


def advance(agency: Agency, word: str, year: int, count: int) -> NumberSeries:
    """Move a series on by ``count`` and hold its row until the transaction ends."""
    found = NumberSeries.objects.filter(agency=agency, word=word, year=year)
    if not found.update(last=F("last") + count):
        try:
            with transaction.atomic():
                NumberSeries.objects.create(agency=agency, word=word, year=year, last=0)
        except IntegrityError:
            pass  # another clerk opened the same series a moment ago
        found.update(last=F("last") + count)
    return found.get()


def claim(text: str, *, agency: Agency, by: Officer, at: dt.datetime) -> DocumentNumber:
    """A number taken before, or lent to a device, to be used now."""
    row = DocumentNumber.objects.select_for_update().filter(series__agency=agency, text=text).first()
    if row is None:
        raise BadInput(f"没有取过文号“{text}”；文号须先在线取号或者来自离线号段", field="number")
    if row.state == "void":
        raise NotAllowed(f"文号“{text}”已作废（{row.void_reason}），作废的文号不得再用")
    if row.state == "used":
        raise NotAllowed(f"文号“{text}”已用于{row.document}，一个文号只能用一次")
    if row.block is not None and row.block.returned_at is not None:
        raise NotAllowed(f"文号“{text}”所在的离线号段已于{row.block.returned_at.astimezone(CHINA):%Y-%m-%d}收回")
    return row


def use(row: DocumentNumber, document: Document) -> None:
    """Bind a number to the document that bears it."""
    row.state, row.document = "used", document
    row.save(update_fields=["state", "document"])


@transaction.atomic
def void_number(*, number: DocumentNumber, why: str, by: Officer, at: dt.datetime) -> DocumentNumber:
    """Void a number that will not be used; the reason stays with it for the file audit."""
    row = DocumentNumber.objects.select_for_update().get(pk=number.pk)
    if row.state == "used":
        raise NotAllowed(f"文号“{row.text}”已用于{row.document}，不能作废；文书有误的，应当依法撤销或者变更")
    if row.state == "void":
        raise NotAllowed(f"文号“{row.text}”已经作废：{row.void_reason}")
    if not why.strip():
        raise BadInput("请写明作废理由，断号须能解释", field="why")
    row.state, row.void_reason, row.voided_at = "void", why.strip(), at
    row.save(update_fields=["state", "void_reason", "voided_at"])
    record_event(by=by, subject=f"number:{row.pk}", step="void_number", at=at, after={"number": row.text}, why=why)
    return row


@transaction.atomic
def reserve_numbers(
    *, agency: Agency, kind: str, year: int, count: int, device: str, until: dt.datetime, by: Officer, at: dt.datetime
) -> NumberBlock:
    """Lend consecutive numbers to a device that will work off-line."""
    word = kind_of(kind).word
    if not word:
        raise BadInput(f"《{kind_of(kind).title}》不编文号", field="kind")
    if not 1 <= count <= LARGEST_BLOCK:
        raise BadInput(f"一次可预留1至{LARGEST_BLOCK}个文号", field="count")
    if until <= at or not device.strip():
        raise BadInput("请写明设备和晚于现在的收回时间", field="until")
    series = advance(agency, word, year, count)
    first = series.last - count + 1
    block = NumberBlock.objects.create(
        series=series, first=first, last=series.last, device=device, holder=by, reserved_at=at, until=until
    )
    DocumentNumber.objects.bulk_create(
        DocumentNumber(series=series, value=n, text=f"{series}{n}号", state="reserved", block=block, taken_at=at, taken_by=by)
        for n in range(first, series.last + 1)
    )
    record_event(by=by, subject=f"number_block:{block.pk}", step="reserve_numbers", at=at, after={"first": first, "last": series.last})
    return block


@transaction.atomic
def return_numbers(*, block: NumberBlock, by: Officer | None, at: dt.datetime) -> int:
    """Take a block back; numbers that were not used become void with the reason.  Returns how many."""
    held = NumberBlock.objects.select_for_update().get(pk=block.pk)
    if held.returned_at is not None:
        raise NotAllowed(f"该号段已于{held.returned_at.astimezone(CHINA):%Y-%m-%d}收回")
    why = f"离线号段（设备 {held.device}）收回，未使用"
    voided = held.numbers.filter(state="reserved").update(state="void", void_reason=why, voided_at=at)
    held.returned_at = at
    held.save(update_fields=["returned_at"])
    record_event(by=by, subject=f"number_block:{held.pk}", step="return_numbers", at=at, after={"voided": voided})
    return voided


def return_overdue(*, at: dt.datetime) -> int:
    """Take back every block whose time is over; the worker calls this.  Returns how many numbers became void."""
    due = NumberBlock.objects.filter(returned_at=None, until__lte=at)
    return sum(return_numbers(block=block, by=None, at=at) for block in due)


def gaps(series: NumberSeries) -> list[int]:
    """Values of a series that no row explains; an audit expects none (稽查规则 R41)."""
    known = set(series.numbers.values_list("value", flat=True))
    return [value for value in range(1, series.last + 1) if value not in known]
