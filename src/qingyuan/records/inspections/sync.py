"""Taking in what devices wrote without a network: each operation once, kept whatever becomes of it, with its effect in one transaction.

An answer that got lost is asked for again and is the same.  An operation that cannot be applied is kept with the reason and
shown to the officer who wrote it; nothing that somebody typed is thrown away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from qingyuan.errors import BadInput, NotAllowed, QingyuanError
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry.events import record_event

from . import effects, merging, operations
from .merging import Said
from .operations import Operation
from .sync_models import FieldCell, FieldDevice, FieldRecord, SyncOperation

MOST = 500  # operations in one request
LOG = logging.getLogger(__name__)


def push(device: FieldDevice, bodies: Sequence[Any], *, at: dt.datetime) -> list[dict[str, Any]]:
    """Take a batch in, in any order and any number of times; one answer for each operation, in the order given."""
    if len(bodies) > MOST:
        raise BadInput(f"一次最多上传{MOST}条填写，请分批")
    return [carefully(device, body, at=at) for body in bodies]


def carefully(device: FieldDevice, body: Any, *, at: dt.datetime) -> dict[str, Any]:
    """One operation; a fault of ours in it must not hold up the others.  A busy database is no fault: the device asks again."""
    try:
        return take_in(device, body, at=at)
    except OperationalError:
        raise
    except Exception as error:
        LOG.exception("operation of device %s", device.pk)
        return take_in(device, {"broken": body, "why": type(error).__name__}, at=at) | {"id": body.get("id") if isinstance(body, Mapping) else None}


def take_in(device: FieldDevice, body: Any, *, at: dt.datetime) -> dict[str, Any]:
    """One operation: applied, or refused and kept; the second time the first answer again."""
    body = operations.storable(body)
    digest = hashlib.sha256(merging.spelled(body).encode()).hexdigest()
    given = operations.identity(body)
    for known in (given, operations.identity_of_content(device.pk, digest)):
        if known is None:
            continue
        held = SyncOperation.objects.filter(operation=known).first()
        if held is None:
            try:
                return answer(first_time(device, known, body, digest, is_own=known == given, at=at), given, False)
            except IntegrityError:  # the same operation in another request at this very moment
                held = SyncOperation.objects.get(operation=known)
        if held.digest == digest:
            return answer(held, given, True)
    raise AssertionError("an id made of the content holds that content")


def answer(row: SyncOperation, given: uuid.UUID | None, is_repeat: bool) -> dict[str, Any]:
    """What the device hears; ``id`` is the one it used."""
    return {"id": str(given) if given else None, "outcome": row.outcome, "why": row.why, "repeated": is_repeat}


@transaction.atomic
def first_time(device: FieldDevice, known: uuid.UUID, body: Any, digest: str, *, is_own: bool, at: dt.datetime) -> SyncOperation:
    """Inbox row and effect together, or the inbox row with the reason."""
    kept = {"operation": known, "device": device, "officer": device.officer, "body": body if isinstance(body, Mapping) else {"raw": body}, "digest": digest, "received_at": at}
    op, record, said = None, None, {}
    try:
        if not is_own:
            raise BadInput("操作编号缺失，或者同一编号已用于另一内容")
        op = operations.read(body)
        record = record_for(op, device, at=at)
        said = said_of(record, op.field)
        check(op, record, device, said)
        effects.run(op, record, by=device.officer, at=at)
    except QingyuanError as error:
        return write(kept, op, record, outcome="refused", why=str(error)[:400], is_cut=isinstance(error, Circular))
    return apply(kept, op, record, said)


class Circular(NotAllowed):
    """An operation that would build on itself."""


def record_for(op: Operation, device: FieldDevice, *, at: dt.datetime) -> FieldRecord:
    """The record, held until the transaction ends; begun by the first operation that names it, whichever arrives first."""
    task = Assignment.objects.filter(number=op.task, inspectors=device.officer_id).first()
    if task is None:
        raise NotAllowed(f"{device.officer.name}不是任务{op.task}的检查人员，或者没有这项任务（行政处罚法第42条）")
    begun = {"assignment": task, "kind": op.kind.name, "begun_by": device.officer, "received_at": at}
    rows = FieldRecord.objects.select_for_update()
    record = rows.filter(pk=op.record).first()
    if record is None:
        FieldRecord.objects.get_or_create(pk=op.record, defaults=begun)
        record = rows.get(pk=op.record)
    if record.assignment_id != task.pk or record.kind != op.kind.name:
        raise NotAllowed("该记录编号已用于另一项任务或者另一种记录")
    return record


def check(op: Operation, record: FieldRecord, device: FieldDevice, said: Mapping[str, Said]) -> None:
    """Raise NotAllowed with every reason why the operation cannot have a say."""
    reasons = []
    if device.revoked_at is not None:
        reasons.append(f"设备“{device.name}”已吊销，填写已留存，未采用；请由本人核对后重新填写")
    if record.state == "accepted":
        reasons.append(f"{op.kind.label}已制成文书，不能再改；需要更正的另行制作补充笔录")
    if Assignment.objects.get(pk=record.assignment_id).state == "cancelled":
        reasons.append(f"任务{op.task}已撤销")
    if op.after_final and not op.reason:
        reasons.append(f"{op.kind.label}定稿之后的改动须写明理由")
    if merging.is_circular(said, Said(str(op.id), op.bases, op.value)):
        raise Circular("填写的先后关系成环，设备数据有误")
    if op.kind.is_legal(op.field) and differ(said, op.bases) and not (op.is_resolution and op.reason):
        reasons.append(f"{op.kind.label_of(op.field)}有不同填写，须由检查人员选定并写明理由")
    if reasons:
        raise NotAllowed(reasons)


def differ(said: Mapping[str, Said], bases: Sequence[str]) -> bool:
    """Whether what the author chose between says different things; what has not arrived counts as different."""
    return len(bases) > 1 and len({merging.spelled(said[base].value) if base in said else base for base in bases}) > 1


def said_of(record: FieldRecord, field: str) -> dict[str, Said]:
    """Every operation on one field of a record, the refused ones among them."""
    rows = record.operations.filter(field=field).values_list("operation", "bases", "value", "outcome")
    return {str(key): Said(str(key), tuple(bases), value, outcome == "refused") for key, bases, value, outcome in rows}


def apply(kept: dict[str, Any], op: Operation, record: FieldRecord, said: Mapping[str, Said]) -> SyncOperation:
    """Work the field out anew and keep the operation with what it did."""
    everything = [*said.values(), Said(str(op.id), op.bases, op.value)]
    cell = merging.merge(everything, legal=op.kind.is_legal(op.field))
    FieldCell.objects.update_or_create(
        record=record, field=op.field, defaults={"state": cell.state, "value": cell.value, "heads": list(cell.heads), "missing": list(cell.missing)}
    )
    is_head = str(op.id) in cell.heads
    outcome = {"conflict": "conflict", "flagged": "flagged"}.get(cell.state, "applied") if is_head else "superseded"
    record.version += 1
    if record.state == "draft" and op.field == "_final":
        record.state = "received"
    record.save(update_fields=["version", "state"])
    return write(kept, op, record, outcome=outcome, why="")


def write(kept: dict[str, Any], op: Operation | None, record: FieldRecord | None, *, outcome: str, why: str, is_cut: bool = False) -> SyncOperation:
    """The inbox row and the event that puts its digest into the ledger."""
    told: dict[str, Any] = {}
    if op is not None:
        told = {
            "field": op.field, "bases": [] if is_cut else list(op.bases), "value": op.value, "reason": op.reason, "made_at": op.made_at,
            "offset_ms": op.offset_ms, "elapsed_ms": op.elapsed_ms, "clock_jump_ms": op.clock_jump_ms,
        }  # fmt: skip
    row = SyncOperation.objects.create(**kept, **told, record=record, outcome=outcome, why=why)
    subject = f"field_record:{record.pk}" if record is not None else f"field_device:{row.device_id}"
    record_event(by=row.officer, subject=subject, step="sync", at=row.received_at, after={"operation": str(row.operation), "digest": row.digest, "outcome": outcome}, why=why)
    return row
