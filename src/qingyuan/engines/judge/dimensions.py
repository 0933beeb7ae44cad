"""The store's dimension tables and journals, as the values that rules read: points, limits, marks, events, equipment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from qingyuan.engines.store import dimensions as stored
from qingyuan.engines.store import journal
from qingyuan.engines.store.schema import empty

from .finding import milliseconds
from .limits import FOREVER
from .sources import TableSource
from .stretch import Equipment, Event, Mark, Point


def tables(data_dir: Path, as_of: dt.datetime | None) -> TableSource:
    """Return everything but readings of a data directory, marks and events as recorded until ``as_of``."""
    held = stored.load(data_dir)
    return TableSource(
        readings=empty(),
        known_points=[point(row) for row in held.points.to_pylist()],
        known_limits=held.limits.to_pylist(),
        known_marks=[mark(row) for row in journal.marks(data_dir, as_of=as_of).to_pylist()],
        known_events=[event(row) for row in journal.events(data_dir, as_of=as_of).to_pylist()],
        known_equipment=[meter(row) for row in held.equipment.to_pylist()],
    )


def point(row: dict[str, Any]) -> Point:
    """Return a point from a row of the dimension table."""
    names = ("mn", "outlet", "facility", "division", "medium", "industry", "facility_name", "outlet_name")
    return Point(**{name: row[name] or "" for name in names}, reference_oxygen=row["reference_oxygen"], factors=tuple(row["factors"] or ()))


def mark(row: dict[str, Any]) -> Mark:
    """Return a mark from a row of the journal."""
    return Mark(
        outlet=row["outlet"],
        code=row["code"],
        began=milliseconds(row["began"]),
        ended=milliseconds(row["ended"]) if row["ended"] else FOREVER,
        recorded_at=milliseconds(row["recorded_at"]),
        factors=tuple(row["factors"] or ()),
        author=row["author"],
        reason=row["reason"],
        proof=row["proof"],
        review=row["review"],
    )


def event(row: dict[str, Any]) -> Event:
    """Return a dated fact from a row of the journal; a filed parameter is named <factor>-<parameter>."""
    factor = f"{row['factor']}-{row['name']}" if row["name"] else row["factor"]
    return Event(
        outlet=row["outlet"],
        kind=row["kind"],
        began=milliseconds(row["began"]),
        ended=milliseconds(row["ended"]) if row["ended"] else FOREVER,
        factor=factor,
        value=float("nan") if row["value"] is None else row["value"],
        text=row["text"],
        facility=row["facility"],
    )


def meter(row: dict[str, Any]) -> Equipment:
    """Return a metered unit from a row of the dimension table."""
    names = ("code", "name", "role", "mn", "factor")
    return Equipment(**{name: row[name] for name in names}, rated=row["rated"], follows=row["follows"] or "")
