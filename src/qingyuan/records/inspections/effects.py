"""What an operation does beside filling its field.  Runs inside the operation's transaction; a refusal here refuses the operation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.db import transaction

from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Officer

from . import actions
from .models import Inspection
from .operations import Operation
from .sync_models import FieldRecord


def run(op: Operation, record: FieldRecord, *, by: Officer, at: dt.datetime) -> None:
    """Run the effect of an operation, if its field has one."""
    effect = EFFECTS.get((record.kind, op.field))
    if effect is not None:
        with transaction.atomic():
            effect(op, record, by, at)


def enter(op: Operation, record: FieldRecord, by: Officer, at: dt.datetime) -> None:
    """Whoever enters first opens the visit; the others' times are kept beside it."""
    if not Inspection.objects.filter(assignment=record.assignment).exists():
        actions.open_inspection(record.assignment, by=by, at=at, began_at=told_moment(op, at))


def told_moment(op: Operation, at: dt.datetime) -> dt.datetime:
    """The moment in the value (``{"at": …}``, corrected by the device), never later than it was received."""
    if not isinstance(op.value, Mapping):
        raise BadInput(f"{op.kind.label_of(op.field)}须由系统记录时间", field=op.field)
    try:
        told = dt.datetime.fromisoformat(str(op.value.get("at")))
    except ValueError as error:
        raise BadInput(f"{op.kind.label_of(op.field)}没有时间", field=op.field) from error
    return min(told, at) if told.tzinfo is not None else op.happened_at(at)


EFFECTS: dict[tuple[str, str], Callable[[Operation, FieldRecord, Officer, dt.datetime], None]] = {("visit", "entered"): enter}
