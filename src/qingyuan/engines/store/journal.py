"""What people say about the readings: marks, and dated facts (tickets, filed values, orders, quotas, video and device events).

Appended, never changed: a later entry with the same ``id`` is a new version of it (a review result, a withdrawal).  A mark never
deletes a reading; it only answers whether a value may be used for exceedance, and is itself audited.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingyuan.engines.province.plan import CHINA, Plan
from qingyuan.errors import BadInput

from . import layout
from .schema import MOMENT

MARKS = pa.schema([
    ("id", pa.string()), ("facility", pa.string()), ("outlet", pa.string()), ("mn", pa.string()),
    ("factors", pa.list_(pa.string())),  # none: all
    ("code", pa.string()),  # start_up, shutdown, stopped, drying, cooling, upset, accident, maintenance, calibration …
    ("began", MOMENT), ("ended", MOMENT),
    ("author", pa.string()), ("recorded_at", MOMENT), ("reason", pa.string()), ("proof", pa.string()),
    ("review", pa.string()), ("reviewer", pa.string()), ("reviewed_at", MOMENT),  # "", accepted, rejected
])  # fmt: skip
EVENTS = pa.schema([
    ("id", pa.string()), ("facility", pa.string()), ("outlet", pa.string()), ("mn", pa.string()),
    ("kind", pa.string()),  # ticket filed stop_order limit_order stagger quota permit design video door restart …
    ("factor", pa.string()), ("name", pa.string()), ("value", pa.float64()), ("text", pa.string()),
    ("began", MOMENT), ("ended", MOMENT),  # no end: open
    ("recorded_at", MOMENT), ("author", pa.string()), ("uri", pa.string()), ("sha256", pa.string()),  # of a picture or a clip kept elsewhere
])  # fmt: skip
MANUAL_MARK_HOUR = 12  # 公告2022年第21号: marks of day D by 12:00 of day D+1


def deadline_of(began: dt.datetime) -> dt.datetime:
    """Return the moment until which a manual mark of a period may be made: 12:00 of the next day in China."""
    day = began.astimezone(CHINA).replace(hour=MANUAL_MARK_HOUR, minute=0, second=0, microsecond=0)
    return day + dt.timedelta(days=1)


def append_marks(data: Path | str, marks: Iterable[dict[str, Any]]) -> int:
    """Append marks (MARKS' columns; ``id`` is made from the content when absent); return how many were new."""
    return _append(data, "marks", MARKS, marks)


def append_events(data: Path | str, events: Iterable[dict[str, Any]]) -> int:
    """Append dated facts (EVENTS' columns); return how many were new."""
    return _append(data, "events", EVENTS, events)


def marks(data: Path | str, *, as_of: dt.datetime | None = None, every_version: bool = False) -> pa.Table:
    """Return the marks recorded until ``as_of``, the last version of each, by start."""
    return _read(data, "marks", MARKS, as_of, every_version)


def events(data: Path | str, *, as_of: dt.datetime | None = None) -> pa.Table:
    """Return the dated facts recorded until ``as_of``, the last version of each, by start."""
    return _read(data, "events", EVENTS, as_of, False)


def _append(data: Path | str, name: str, shape: pa.Schema, rows: Iterable[dict[str, Any]]) -> int:
    fresh = [_whole(row, shape, name) for row in rows]
    known = {_digest(row) for row in _all(data, name, shape).to_pylist()}
    fresh = [row for row in fresh if _digest(row) not in known]
    if not fresh:
        return 0
    folder = layout.journal(data, name)
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(fresh, schema=shape)
    for number in range(len(list(folder.glob("*.parquet"))) + 1, 1 << 31):
        aside = folder / f"{number:08d}.{os.getpid()}.tmp"
        pq.write_table(table, aside, compression="zstd")
        with open(aside, "rb") as handle:
            os.fsync(handle.fileno())
        try:
            os.link(aside, folder / f"{number:08d}.parquet")  # unlike a rename, a link never replaces another writer's file
            return len(fresh)
        except FileExistsError:
            continue
        finally:
            aside.unlink()
    return 0


def _whole(row: dict[str, Any], shape: pa.Schema, name: str) -> dict[str, Any]:
    odd = set(row) - set(shape.names)
    if odd:
        raise BadInput(f"{name} 中有不认识的列：{'、'.join(sorted(odd))}；可用：{'、'.join(shape.names)}")
    if row.get("began") is None or row.get("recorded_at") is None:
        raise BadInput(f"{name} 缺少起始时间或记录时间", field="began")
    if row.get("ended") is not None and row["ended"] <= row["began"]:
        raise BadInput(f"{name} 的结束时间须晚于起始时间", field="ended")
    full = {one: row.get(one) for one in shape.names}
    for field in shape:
        if pa.types.is_string(field.type) and full[field.name] is None:
            full[field.name] = ""
    if not full["id"]:
        stable = {one: full[one] for one in shape.names if one not in ("id", "review", "reviewer", "reviewed_at")}
        full["id"] = hashlib.sha256(repr(_utc(stable)).encode()).hexdigest()[:24]
    return full


def _utc(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Spell a row in one way, whatever the time zone or container its values came in."""
    def one(value: Any) -> str:
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).isoformat()
        return repr(list(value) if isinstance(value, tuple) else value)

    return [(name, one(value or None if isinstance(value, (list, tuple)) else value)) for name, value in sorted(row.items())]


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(repr(_utc(row)).encode()).hexdigest()


def _all(data: Path | str, name: str, shape: pa.Schema) -> pa.Table:
    files = sorted(layout.journal(data, name).glob("*.parquet"))
    if not files:
        return shape.empty_table()
    return pa.concat_tables([pq.read_table(path, schema=shape) for path in files])


def _read(data: Path | str, name: str, shape: pa.Schema, as_of: dt.datetime | None, every_version: bool) -> pa.Table:
    table = _all(data, name, shape)
    moment = "reviewed_at" if "reviewed_at" in shape.names else "recorded_at"
    known_at = pc.coalesce(table.column(moment), table.column("recorded_at"))
    if as_of is not None:
        keep = pc.less_equal(known_at, pa.scalar(as_of, MOMENT))
        table, known_at = table.filter(keep), known_at.filter(keep)
    if not every_version and table.num_rows:
        last = {row: place for place, row in enumerate(table.column("id").to_pylist())}
        table = table.take(pa.array(sorted(last.values())))
    return table.sort_by([("began", "ascending"), ("id", "ascending")])


def marks_of_plan(plan: Plan) -> list[dict[str, Any]]:
    """Return the marks that the dischargers of a synthetic province made."""
    return [
        {"facility": plan.point[one.mn].facility, "outlet": plan.point[one.mn].outlet, "mn": one.mn, "factors": list(one.factors), "code": one.kind,
         "began": one.began, "ended": one.ended, "author": one.author, "recorded_at": one.made_at, "reason": one.reason, "proof": one.proof,
         "review": {"unreviewed": ""}.get(one.state, one.state), "reviewer": one.reviewer or "",
         "reviewed_at": one.made_at if one.reviewer else None}
        for one in plan.marks
    ]  # fmt: skip


def events_of_plan(plan: Plan) -> list[dict[str, Any]]:
    """Return the filed instrument parameters and other dated facts of a synthetic province."""
    start = dt.datetime(2023, 1, 1, tzinfo=CHINA)
    return [
        {"facility": plan.point[one.mn].facility, "outlet": plan.point[one.mn].outlet, "mn": one.mn, "kind": "filed", "factor": one.factor,
         "name": one.name, "value": one.value, "began": start, "recorded_at": start, "author": plan.name}
        for one in plan.filings
    ] + [
        {"facility": plan.point[one.mn].facility, "outlet": plan.point[one.mn].outlet, "mn": one.mn, "kind": one.kind, "factor": one.factor,
         "name": one.name, "value": one.value, "text": one.text, "began": one.began, "ended": one.ended, "recorded_at": one.began, "author": plan.name}
        for one in plan.facts
    ]  # fmt: skip
