"""The team, the task and the devices that tests of this room stand on."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from qingyuan.records.clues import actions as clues
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.inspections.field_kinds import kinds, single_id
from qingyuan.records.inspections.models import FieldDevice
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
serial = itertools.count(1)


def officer(name: str) -> Officer:
    return Officer.objects.get(name=name, agency__division__code="990100000000")


def sent() -> Assignment:
    """Two certified officers sent to the cement works on an accepted clue."""
    if not Facility.objects.exists():
        small_province(AT)
    place = Facility.objects.get(name="清河水泥有限公司")
    clue = clues.open_clue(facility=place, source="complaint", title="烟气异常", severity="yellow", began=AT, ended=AT, at=AT, violation="air_exceedance")
    clues.accept(clue, by=officer("李明"), at=AT)
    return dispatch.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)


def device(name: str = "李明") -> FieldDevice:
    return FieldDevice.objects.create(id=uuid.uuid4(), officer=officer(name), name=f"{name}的平板", public_key="", enrolled_at=AT)


def uuid7(millisecond: int, tail: int) -> str:
    """A UUIDv7 whose bits the test chooses."""
    return str(uuid.UUID(int=(millisecond & (1 << 48) - 1) << 80 | 0x7 << 76 | 0x2 << 62 | tail & (1 << 62) - 1))


def operation(task: Assignment, field: str, value: Any, *, kind: str = "on_site", bases: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """One operation as a device would write it."""
    record = str(single_id(task.number, kind)) if kinds()[kind].is_single else "0198c1f0-0000-7000-8000-000000000001"
    return {
        "id": uuid7(1_789_444_800_000, next(serial)), "op": "set", "kind": kind, "record": record, "task": task.number, "field": field, "value": value,
        "bases": list(bases), "at": AT.isoformat(), "elapsed_ms": 1000, "offset_ms": 0, **more,
    }  # fmt: skip
