"""What a device is told: the records of its officer's tasks that it has not seen in this version, and what was refused."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from typing import Any

from qingyuan.clock import CHINA
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry.models import Officer

from .field_kinds import kinds
from .sync_models import FieldCell, FieldDevice, FieldRecord, SyncOperation

REFUSALS = 200


def pull(device: FieldDevice, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Changed records in full.  ``seen``: version by record id; what is not in it is sent."""
    rows = records_of(device.officer).select_related("assignment", "document").prefetch_related("cells")
    fresh = [row for row in rows if seen.get(str(row.pk)) != stamp(row)]
    return {"records": [told(row) for row in fresh], "refused": refused(device)}


def stamp(row: FieldRecord) -> str:
    """Changes whenever anything a device shows of the record changes."""
    return f"{row.version}.{row.state}.{zlib.crc32(''.join(row.problems).encode()):08x}"


def records_of(officer: Officer) -> Any:
    """Records of the tasks the officer is sent on."""
    tasks = Assignment.objects.filter(inspectors=officer).values("pk")
    return FieldRecord.objects.filter(assignment__in=tasks).order_by("received_at", "pk")


def told(row: FieldRecord) -> dict[str, Any]:
    """One record as JSON: every field with its state, and the differing entries where there are several."""
    cells = list(row.cells.all())
    split = [head for cell in cells if len(cell.heads) > 1 for head in cell.heads]
    authors = {str(op.operation): op for op in SyncOperation.objects.filter(operation__in=split).select_related("officer", "device")}
    return {
        "id": str(row.pk), "kind": row.kind, "task": row.assignment.number, "state": row.state, "version": stamp(row), "problems": row.problems,
        "document": row.document.title if row.document else "", "cells": {cell.field: cell_of(cell, authors) for cell in cells},
    }  # fmt: skip


def cell_of(cell: FieldCell, authors: Mapping[str, SyncOperation]) -> dict[str, Any]:
    found = {"state": cell.state, "value": cell.value, "heads": cell.heads, "missing": cell.missing}
    if cell.state in ("conflict", "flagged"):
        found["said"] = [
            {"op": head, "value": authors[head].value, "by": authors[head].officer.name, "device": authors[head].device.name, "at": moment(authors[head])}
            for head in cell.heads
        ]
    return found


def moment(op: SyncOperation) -> str:
    """When it was written, by the server's clock as far as that is known."""
    made = (op.made_at or op.received_at) + dt.timedelta(milliseconds=op.offset_ms or 0)
    return min(made, op.received_at).astimezone(CHINA).isoformat()


def refused(device: FieldDevice) -> list[dict[str, Any]]:
    """What this officer wrote and the server did not take, newest first, with the value and the reason."""
    rows = SyncOperation.objects.filter(officer=device.officer, outcome="refused").select_related("record__assignment").order_by("-id")[:REFUSALS]
    return [
        {
            "id": str(row.body.get("id") if isinstance(row.body, Mapping) else row.operation), "why": row.why, "value": row.value, "at": moment(row),
            "task": row.record.assignment.number if row.record else "", "label": label(row), "field": row.field,
        }
        for row in rows
    ]  # fmt: skip


def label(row: SyncOperation) -> str:
    if row.record is None or row.record.kind not in kinds():
        return "无法辨认的填写"
    kind = kinds()[row.record.kind]
    return f"{kind.label}：{kind.label_of(row.field)}"
