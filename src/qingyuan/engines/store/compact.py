"""Small files into bucket-months, hours into the roll-up, and what is old out of the lake.

Readers never wait: new files are written aside, the manifest is replaced, and the files it no longer names stay for a grace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import ingest, layout, manifest, order
from .manifest import LakeFile, Manifest
from .scan import Wanted, scan_files
from .schema import HOURLY, KIND_MS, empty

CHINA_MS = 28_800_000
HOUR_MS = 3_600_000
MERGE_AT = 12  # parts of one bucket-month before they become one
SLICE_ROWS = 20_000_000  # rows of small files taken into memory at once


@dataclass(frozen=True)
class CompactReport:
    """What one call did: small files taken, rows moved, parts written, bucket-months merged, old files removed."""

    small_files: int = 0
    rows: int = 0
    parts: int = 0
    merged: int = 0
    removed: int = 0


def compact(data: Path | str, *, at: dt.datetime, full: bool = False, grace_ms: int = manifest.GRACE_MS) -> CompactReport:
    """Move small files into bucket-months; merge the parts of a bucket-month when there are many, or all with ``full``."""
    at_ms = int(at.timestamp() * 1000)
    report = CompactReport()
    with manifest.writing(data) as current:
        while hot := _next_hot(current):
            current, report = _move(data, current, hot, report, at_ms)
            manifest.save(data, current)
        for month, bucket in sorted(_crowded(current, 1 if full else MERGE_AT)):
            current = _merge(data, current, month, bucket, at_ms)
            report = replace(report, merged=report.merged + 1)
            manifest.save(data, current)
        before = len(current.dropped)
        current = manifest.clean(data, current, at_ms, grace_ms)
        manifest.save(data, current)
        return replace(report, removed=before - len(current.dropped))


def _next_hot(current: Manifest) -> list[LakeFile]:
    taken: list[LakeFile] = []
    rows = 0
    for one in current.files:
        if one.level == "hot" and (not taken or rows + one.rows <= SLICE_ROWS):
            taken.append(one)
            rows += one.rows
    return taken


def _move(data: Path | str, current: Manifest, hot: list[LakeFile], report: CompactReport, at_ms: int) -> tuple[Manifest, CompactReport]:
    current = replace(current, generation=current.generation + 1)
    current = ingest.refresh_latest(data, current) if any(one.generation > (current.latest.generation if current.latest else 0) for one in hot) else current
    table = order.sort(scan_files(data, hot))
    files, hours = [], list(current.rollups)
    for (month, bucket), rows in split(table, current).items():
        file = manifest.write(data, layout.part(month, bucket, current.generation), rows, "part", current.generation, bucket=bucket, month=month)
        files.append(file)
        hours.append(_hours(data, replace(current, files=(*current.files, file)), rows, month, bucket))
    gone = {one.path for one in hot}
    kept = tuple(one for one in current.files if one.path not in gone)
    current = manifest.drop(replace(current, files=(*kept, *files), rollups=tuple(hours)), sorted(gone), at_ms)
    return current, replace(report, small_files=report.small_files + len(hot), rows=report.rows + table.num_rows, parts=report.parts + len(files))


def split(table: pa.Table, current: Manifest) -> dict[tuple[str, int], pa.Table]:
    """Return sorted rows by (month in China, bucket of the facility)."""
    began = order.integers(table, "began") + CHINA_MS
    months = began.view("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    places, words = order.codes(table.column("facility"))
    buckets = np.array([current.bucket_of(word) for word in words] or [0], np.int64)[places]
    groups = months * 4096 + buckets
    found = {}
    for group in np.unique(groups):
        month = str(np.datetime64(int(group) // 4096, "M"))
        found[month, int(group) % 4096] = table.filter(pa.array(groups == group))
    return found


def _hours(data: Path | str, current: Manifest, rows: pa.Table, month: str, bucket: int) -> LakeFile:
    """Write the roll-up of every hour that some rows touch, over all rows the lake has for it."""
    touched = pc.floor_temporal(rows.column("began"), unit="hour")
    ends = pc.min_max(touched)
    low, high = int(ends["min"].cast(pa.int64()).as_py()), int(ends["max"].cast(pa.int64()).as_py()) + HOUR_MS
    others = [one for one in current.files if one.month == month and one.bucket == bucket and one.ended >= low and one.began < high]
    whole = order.sort(scan_files(data, others, Wanted(low=low, high=high)), latest_only=True)
    return manifest.write(data, layout.rollup(month, bucket, current.generation), rollup_of(whole), "hourly", current.generation, bucket=bucket, month=month)


def rollup_of(table: pa.Table) -> pa.Table:
    """Return one row for each (facility, mn, factor, kind, clock hour) of the real and minute readings of a table.

    ``due`` counts the readings an hour should have, ``count`` those sent, ``valid`` those sent with mark N.
    """
    table = order.sort(table.filter(pc.is_in(table.column("kind"), pa.array(["real", "minute"]))), latest_only=True)
    if not table.num_rows:
        return empty(HOURLY)
    began = order.integers(table, "began")
    hours = began // HOUR_MS
    key = order.series_codes(table)
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(key) != 0) | (np.diff(hours) != 0))))
    stops = np.concatenate((starts[1:], [began.size]))
    values = np.asarray(table.column("value").to_numpy(), np.float64)
    sent = ~np.isnan(values)
    normal = sent & (order_letters(table) == "N")
    count = np.add.reduceat(sent.astype(np.int32), starts)
    low, low_at = _least(np.where(sent, values, np.inf), began, starts, stops)
    high, high_at = _least(np.where(sent, -values, np.inf), began, starts, stops)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(np.where(sent, values, 0.0), starts) / count
    heads = table.select(["facility", "mn", "factor", "kind"]).take(pa.array(starts))
    moments = {"began": hours[starts] * HOUR_MS, "low_at": low_at, "high_at": high_at}
    columns: dict[str, pa.Array | pa.ChunkedArray] = {name: heads.column(name) for name in heads.column_names}
    columns |= {name: pa.array(each).cast(pa.timestamp("ms", tz="UTC")) for name, each in moments.items()}
    columns["due"] = pa.array(_due(heads, table, starts, began), pa.int32())
    columns |= {"count": pa.array(count, pa.int32()), "valid": pa.array(np.add.reduceat(normal.astype(np.int32), starts), pa.int32())}
    for name, figures in (("mean", mean), ("low", low), ("high", -high), ("first", values[starts]), ("last", values[stops - 1])):
        columns[name] = pa.array(np.where(np.isfinite(figures), figures, np.nan), pa.float64(), from_pandas=True)
    return pa.table([columns[one.name] for one in HOURLY], schema=HOURLY)


def order_letters(table: pa.Table) -> np.ndarray:
    """Return the marks of a table as an array of letters."""
    places, words = order.codes(table.column("flag"))
    return np.array(words or [""], dtype=object)[places]


def _least(values: np.ndarray, began: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least value of each run and the first moment at which it stands."""
    least = np.minimum.reduceat(values, starts)
    same = values == np.repeat(least, stops - starts)
    first = np.minimum.reduceat(np.where(same, np.arange(values.size), values.size), starts)
    return least, began[np.minimum(first, values.size - 1)]


def _due(heads: pa.Table, table: pa.Table, starts: np.ndarray, began: np.ndarray) -> np.ndarray:
    """Return how many readings an hour should have: from the usual distance of readings of its series."""
    key = order.series_codes(table)
    steps = np.diff(began)
    inside = np.diff(key) == 0
    usual: dict[int, int] = {}
    for code in np.unique(key[starts]):
        mine = steps[inside & (key[1:] == code)] if inside.any() else steps[:0]
        usual[int(code)] = int(np.median(mine)) if mine.size else 0
    fallback = np.array([KIND_MS.get(kind, HOUR_MS) for kind in heads.column("kind").to_pylist()])
    step = np.array([usual[int(code)] for code in key[starts]])
    return np.maximum(HOUR_MS // np.where(step > 0, step, fallback), 1)


def _crowded(current: Manifest, limit: int) -> Iterable[tuple[str, int]]:
    found: dict[tuple[str, int], int] = {}
    for one in current.files:
        if one.month is not None and one.bucket is not None:
            found[one.month, one.bucket] = found.get((one.month, one.bucket), 0) + 1
    return [place for place, count in found.items() if count > limit]


def _merge(data: Path | str, current: Manifest, month: str, bucket: int, at_ms: int) -> Manifest:
    """Make one file of all parts of a bucket-month, and one of its roll-ups."""
    current = replace(current, generation=current.generation + 1)
    mine = [one for one in current.files if (one.month, one.bucket) == (month, bucket)]
    hours = [one for one in current.rollups if (one.month, one.bucket) == (month, bucket)]
    table = order.sort(scan_files(data, mine))
    file = manifest.write(data, layout.part(month, bucket, current.generation), table, "part", current.generation, bucket=bucket, month=month)
    hour = manifest.write(data, layout.rollup(month, bucket, current.generation), rollup_of(table), "hourly", current.generation, bucket=bucket, month=month)
    gone = {one.path for one in (*mine, *hours)}
    kept = tuple(one for one in current.files if one.path not in gone)
    rest = tuple(one for one in current.rollups if one.path not in gone)
    return manifest.drop(replace(current, files=(*kept, file), rollups=(*rest, hour)), sorted(gone), at_ms)


def retain(data: Path | str, *, at: dt.datetime, keep_days: dict[str, int]) -> int:
    """Take readings of some kinds older than ``keep_days`` out of the lake, whole bucket-months only; return rows removed.

    The spool is not touched: what leaves the lake can be rebuilt from it for as long as it is kept.
    """
    at_ms = int(at.timestamp() * 1000)
    removed = 0
    with manifest.writing(data) as current:
        for one in [one for one in current.files if one.month is not None]:
            over = [kind for kind, days in keep_days.items() if one.ended < at_ms - days * 86_400_000]
            if not over:
                continue
            table = scan_files(data, [one])
            table = table.filter(pc.invert(pc.is_in(table.column("kind"), pa.array(over))))
            if table.num_rows == one.rows:
                continue
            removed += one.rows - table.num_rows
            current = replace(current, generation=current.generation + 1)
            kept = tuple(each for each in current.files if each.path != one.path)
            if table.num_rows:
                path = layout.part(str(one.month), int(one.bucket or 0), current.generation)
                kept = (*kept, manifest.write(data, path, order.sort(table), "part", current.generation, bucket=one.bucket, month=one.month))
            current = manifest.drop(replace(current, files=kept), [one.path], at_ms)
        manifest.save(data, current)
    return removed


