"""A synthetic province straight into the lake: the same rows as its packets would leave, without the packets.

``judge score`` and the benchmarks need months of telemetry in seconds.  A test holds that the rows are those that the
packets give, but for where they lay in the spool.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from qingyuan.engines.province import tables
from qingyuan.engines.province.messages import delay_of
from qingyuan.engines.province.plan import CHINA, Facility, Plan
from qingyuan.engines.province.process import MARKS as LETTERS
from qingyuan.engines.province.series import Series
from qingyuan.engines.province.telemetry import KINDS, series, step_of

from . import dimensions, journal, layout, manifest, order
from .asof import newest
from .compact import rollup_of
from .manifest import LakeFile, Manifest
from .schema import PARAMETERS, READINGS, empty

_LETTERS = pa.array(list(LETTERS))


def write_dimensions(data: Path | str, plan: Plan) -> None:
    """Write the points, limits, equipment, marks and filed values of a plan as the registry's door would."""
    equipment = pa.Table.from_pylist([asdict(one) for one in plan.equipment], schema=dimensions.EQUIPMENT)
    dimensions.write(data, tables.points(plan), tables.limits(plan), equipment)
    journal.append_marks(data, journal.marks_of_plan(plan))
    journal.append_events(data, journal.events_of_plan(plan))


def rows(plan: Plan, facility: Facility, began: dt.datetime, ended: dt.datetime, kinds: Iterable[str] = KINDS) -> pa.Table:
    """Return the readings of one facility whose period began in [began, ended), in the order of the lake."""
    parts = [_rows(plan, one) for one in series(plan, facility, began, ended, kinds)]
    return order.sort(pa.concat_tables(parts)) if parts else empty()


def _rows(plan: Plan, one: Series) -> pa.Table:
    count = one.value.size
    point = plan.point[one.mn]
    began = one.began * 60_000
    received = began + step_of(plan, one.kind, one.factor) * 60_000 + delay_of(plan, one.mn) * 1000 + (one.late * 1000 if one.late is not None else 0)
    words = {"mn": one.mn, "facility": point.facility, "outlet": point.outlet, "factor": one.factor, "kind": one.kind}
    made: dict[str, pa.Array] = {name: _same(word, count) for name, word in words.items()}
    made["flag"] = pa.DictionaryArray.from_arrays(pa.array(one.flag.astype(np.int32)), _LETTERS)
    for name in ("value", "low", "high", "mass", "corrected"):
        made[name] = pa.array(getattr(one, name), pa.float64(), from_pandas=True)
    for name, moments in (("began", began), ("received_at", received)):
        made[name] = pa.array(moments).cast(pa.timestamp("ms", tz="UTC"))
    made["segment"] = pa.array(np.full(count, -1, np.int32))
    made["offset"] = pa.array(np.full(count, -1, np.int64))
    return pa.table([made[name] for name in READINGS.names], schema=READINGS)


def _same(word: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([word]))


def plant(data: Path | str, plan: Plan, began: dt.datetime, ended: dt.datetime, *, kinds: Iterable[str] = KINDS, buckets: int = manifest.BUCKETS,
          rollups: bool = True, only: Collection[str] | None = None) -> Manifest:  # fmt: skip
    """Write dimensions, marks and readings of a plan into an empty lake, one file for each bucket and month; ``only`` these facilities' readings."""
    write_dimensions(data, plan)
    with manifest.writing(data) as current:
        if not current.files:
            current = replace(current, buckets=buckets)
        current = replace(current, generation=current.generation + 1)
        files, hours = [], []
        mine = [one for one in (*plan.facilities, *plan.rivers) if only is None or one.code in only]
        for month, first, last in months(began, ended):
            for bucket, facilities in _by_bucket(mine, current).items():
                table = pa.concat_tables([rows(plan, one, first, last, kinds) for one in facilities]).unify_dictionaries()
                if table.num_rows:
                    file, hour = _write(data, table, current, month, bucket, rollups)
                    files.append(file)
                    hours += [hour] if hour else []
        counts = {**current.counts, "planted": current.counts.get("planted", 0) + sum(one.rows for one in files)}
        current = replace(current, files=(*current.files, *files), rollups=(*current.rollups, *hours), counts=counts)
        current = _with_latest(data, _with_parameters(data, current, plan, mine, began, ended), plan, mine, ended, kinds)
        manifest.save(data, current)
    return current


def _write(data: Path | str, table: pa.Table, current: Manifest, month: str, bucket: int, rollups: bool) -> tuple[LakeFile, LakeFile | None]:
    generation = current.generation
    file = manifest.write(data, layout.part(month, bucket, generation), order.sort(table), "part", generation, bucket=bucket, month=month)
    if not rollups:
        return file, None
    hours = rollup_of(table)
    return file, manifest.write(data, layout.rollup(month, bucket, generation), hours, "hourly", generation, bucket=bucket, month=month)


def _with_latest(data: Path | str, current: Manifest, plan: Plan, mine: list[Facility], ended: dt.datetime, kinds: Iterable[str]) -> Manifest:
    last = pa.concat_tables([rows(plan, one, ended - dt.timedelta(days=2), ended, kinds) for one in mine])
    return replace(current, latest=manifest.write(data, layout.latest(current.generation), newest(last), "latest", current.generation))


def _with_parameters(data: Path | str, current: Manifest, plan: Plan, mine: list[Facility], began: dt.datetime, ended: dt.datetime) -> Manifest:
    """Write what instruments report of themselves, as packets of 3020 would leave it."""
    told = [rows(plan, one, began, ended, ("parameter",)) for one in mine if any(p.mn in plan.filed_of for p in plan.points_of[one.code])]
    table = pa.concat_tables([empty(), *told])
    if not table.num_rows:
        return current
    halves = [word.partition("-") for word in table.column("factor").cast(pa.string()).to_pylist()]
    columns = {name: table.column(name) for name in PARAMETERS.names if name in table.column_names}
    columns |= {"factor": pa.array([half[0] for half in halves]).dictionary_encode(), "name": pa.array([half[2] for half in halves]).dictionary_encode(),
                "text": pa.array([f"{value:.4f}" for value in table.column("value").to_pylist()])}  # fmt: skip
    name = layout.parameters(current.generation)
    manifest.write(data, name, pa.table([columns[one] for one in PARAMETERS.names], schema=PARAMETERS), "parameters", current.generation)
    return replace(current, parameters=(*current.parameters, name))


def _by_bucket(facilities: list[Facility], current: Manifest) -> dict[int, list[Facility]]:
    found: dict[int, list[Facility]] = {}
    for one in sorted(facilities, key=lambda facility: facility.code):
        found.setdefault(current.bucket_of(one.code), []).append(one)
    return found


def months(began: dt.datetime, ended: dt.datetime) -> Iterator[tuple[str, dt.datetime, dt.datetime]]:
    """Cut a period into months of China: (2026-09, first moment, end)."""
    at = began.astimezone(CHINA)
    while at < ended:
        nextmonth = (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=32)).replace(day=1)
        yield f"{at:%Y-%m}", at, min(nextmonth, ended.astimezone(CHINA))
        at = nextmonth




def write_province(data: Path | str, plan: Plan, *, days: int = 30, kinds: Iterable[str] | None = None) -> dict[str, object]:
    """Write a whole province under ``data``: its tables, its truth and ``days`` of telemetry before and a day after its anchor."""
    tables.write(plan, Path(data))
    began = (plan.anchor - dt.timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    ended = (plan.anchor + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    current = plant(data, plan, began, ended, kinds=tuple(kinds) if kinds else plan.kinds)
    return {
        "preset": plan.preset, "seed": plan.seed, "from": began.isoformat(), "to": ended.isoformat(), "facilities": len(plan.facilities),
        "points": len(plan.points), "rows": sum(one.rows for one in current.files), "bytes": sum(one.bytes for one in current.files),
        "planted": sum(one.is_violation for one in plan.planted), "look_alikes": sum(not one.is_violation for one in plan.planted),
        "truth": str(Path(data) / "truth.parquet"),
    }  # fmt: skip
