"""A series thinned for a screen without losing a peak: first, least, greatest and last of every pixel (M4, Jugel et al. 2014).

A long span of real-time or minute readings is drawn from the hourly roll-up; hours that have newer rows than their roll-up are read
from the rows themselves.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import asof, dimensions, order, schema
from .compact import HOUR_MS
from .manifest import Manifest
from .scan import Wanted, scan_files

Points = np.ndarray


def series(data: Path | str, outlet: str, factor: str, kind: str, began: dt.datetime, ended: dt.datetime, width: int = 1400,
           *, as_of: dt.datetime | None = None) -> dict[str, Any]:  # fmt: skip
    """Return one factor at one outlet over [began, ended), at most 4 points for each of ``width`` pixels.

    ``times`` are seconds since 1970 (what uPlot takes), ``values`` measured, ``corrected`` converted (None where there is none),
    ``flags`` the marks.  ``valid_share`` is valid readings over readings due; ``newest`` the end of data as ISO text or None;
    ``source`` rows or hours.
    """
    known = dimensions.load(data)
    mns = known.points_of_outlet.get(outlet, [])
    low, high = asof._ms(began, "began"), asof._ms(ended, "ended")
    if as_of is None and kind in ("real", "minute") and (high - low) / max(width, 1) >= HOUR_MS:
        return _labelled(_from_hours(data, mns, factor, kind, low, high, width), outlet, factor, kind, low, high, "hours")
    facilities = sorted({known.place_of[mn][0] for mn in mns} | {""})
    table = asof.read(data, facility=facilities, mn=mns, factors=[factor], kinds=[kind], began=began, ended=ended, as_of=as_of) if mns else schema.empty()
    return _labelled(_from_rows(table, kind, low, high, width), outlet, factor, kind, low, high, "rows")


def _labelled(body: dict[str, Any], outlet: str, factor: str, kind: str, low: int, high: int, source: str) -> dict[str, Any]:
    known = schema.factors().get(factor, {})
    return {"outlet": outlet, "factor": factor, "name": known.get("name", factor), "unit": schema.unit_of(factor), "kind": kind,
            "began": low // 1000, "ended": high // 1000, "source": source, **body}  # fmt: skip


def _from_rows(table: pa.Table, kind: str, low: int, high: int, width: int) -> dict[str, Any]:
    times = order.integers(table, "began")
    values, corrected = (np.asarray(table.column(name).to_numpy(), np.float64) for name in ("value", "corrected"))
    keep = m4(times, values, low, high, width)
    places, letters = order.codes(table.column("flag"))
    flags = np.array(letters or [""], dtype=object)[places]
    valid = int((flags == "N").sum())
    step = _usual_step(times, kind)
    due = max(round((high - low) / step), 1)
    return {
        "times": (times[keep] / 1000).tolist(), "values": _plain(values[keep]), "corrected": _plain(corrected[keep]),
        "flags": flags[keep].tolist(), "rows": int(times.size), "valid_share": min(valid / due, 1.0),
        "newest": _iso(int(times[-1]) + (step if kind != "real" else 0)) if times.size else None,
    }  # fmt: skip


def _usual_step(times: Points, kind: str) -> int:
    if times.size > 2 and kind in ("real", "minute"):
        return max(int(np.median(np.diff(times))), 1000)
    return schema.KIND_MS.get(kind, HOUR_MS)


def m4(times: Points, values: Points, low: int, high: int, width: int) -> Points:
    """Return the places of the first, least, greatest and last value of each pixel column, in order, without repeats."""
    if times.size <= 4 * width:
        return np.arange(times.size)
    pixel = np.minimum((times - low) * width // max(high - low, 1), width - 1)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(pixel) != 0)))
    stops = np.concatenate((starts[1:], [times.size]))
    least = _where(np.where(np.isnan(values), np.inf, values), starts, stops)
    greatest = _where(np.where(np.isnan(values), np.inf, -values), starts, stops)
    return np.unique(np.concatenate((starts, least, greatest, stops - 1)))


def _where(values: Points, starts: Points, stops: Points) -> Points:
    same = values == np.repeat(np.minimum.reduceat(values, starts), stops - starts)
    return np.minimum.reduceat(np.where(same, np.arange(values.size), values.size - 1), starts)


def _plain(values: Points) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in values]


def _iso(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.timezone(dt.timedelta(hours=8))).isoformat()


def hours(data: Path | str, *, facility: str, mn: list[str], factor: str, kind: str, began: int, ended: int) -> pa.Table:
    """Return the roll-up hours of one series that began in [began, ended) (ms), those with newer rows computed from the rows."""

    def scan(current: Manifest) -> pa.Table:
        bucket = current.bucket_of(facility)
        mine = [one for one in current.rollups if one.bucket == bucket and one.ended >= began and one.began < ended]
        wanted = Wanted({"facility": [facility], "mn": mn, "factor": [factor], "kind": [kind]}, began, ended)
        parts = [scan_files(data, [one], wanted, shape=schema.HOURLY) for one in sorted(mine, key=lambda one: one.generation)]
        parts.append(_hot_hours(data, current, mn, factor, kind, began, ended))
        return _last_of_hour(pa.concat_tables(parts))

    return asof.retried(data, scan)


def _hot_hours(data: Path | str, current: Manifest, mn: list[str], factor: str, kind: str, began: int, ended: int) -> pa.Table:
    """Compute the hours that small files touch, over all rows there are for them."""
    from .compact import rollup_of

    words = {"mn": mn, "factor": [factor], "kind": [kind]}
    hot = [one for one in current.files if one.level == "hot" and one.ended >= began and one.began < ended]
    fresh = scan_files(data, hot, Wanted(words, began, ended))
    if not fresh.num_rows:
        return schema.empty(schema.HOURLY)
    touched = np.unique(order.integers(fresh, "began") // HOUR_MS) * HOUR_MS
    low, high = int(touched[0]), int(touched[-1]) + HOUR_MS
    older = [one for one in current.files if one.level != "hot" and one.ended >= low and one.began < high]
    rows = pa.concat_tables([fresh, scan_files(data, older, Wanted(words, low, high))])
    made = rollup_of(rows)
    return made.filter(pa.array(np.isin(order.integers(made, "began"), touched)))


def _last_of_hour(table: pa.Table) -> pa.Table:
    """Keep for each (mn, hour) the row that comes last in the table, by time."""
    if not table.num_rows:
        return table
    table = table.unify_dictionaries().combine_chunks()
    began, (mn, _) = order.integers(table, "began"), order.codes(table.column("mn"))
    place = np.lexsort((np.arange(began.size), mn, began))
    last = np.ones(place.size, bool)
    last[:-1] = (began[place[1:]] != began[place[:-1]]) | (mn[place[1:]] != mn[place[:-1]])
    return table.take(pa.array(place[last]))


def _from_hours(data: Path | str, mns: list[str], factor: str, kind: str, low: int, high: int, width: int) -> dict[str, Any]:
    facility = dimensions.load(data).place_of[mns[0]][0] if mns else ""
    table = hours(data, facility=facility, mn=mns, factor=factor, kind=kind, began=low // HOUR_MS * HOUR_MS, ended=high)
    least, greatest = (np.asarray(table.column(name).to_numpy(), np.float64) for name in ("low", "high"))
    least_at, greatest_at = order.integers(table, "low_at"), order.integers(table, "high_at")
    times = np.concatenate((least_at, greatest_at))
    values = np.concatenate((least, greatest))
    by_time = np.lexsort((values, times))
    times, values = times[by_time], values[by_time]
    inside = (times >= low) & (times < high) & ~np.isnan(values)
    times, values = times[inside], values[inside]
    keep = m4(times, values, low, high, width)
    due = int(pc.sum(table.column("due")).as_py() or 0)
    per_hour = due / table.num_rows if table.num_rows else 1.0
    owed = max(due, round((high - low) / HOUR_MS * per_hour), 1)
    return {
        "times": (times[keep] / 1000).tolist(), "values": _plain(values[keep]), "corrected": [None] * keep.size, "flags": [None] * keep.size,
        "rows": int(pc.sum(table.column("count")).as_py() or 0), "valid_share": min((pc.sum(table.column("valid")).as_py() or 0) / owed, 1.0),
        "newest": _iso(int(order.integers(table, "began").max()) + HOUR_MS) if table.num_rows else None,
    }  # fmt: skip
