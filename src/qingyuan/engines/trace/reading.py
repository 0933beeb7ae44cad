"""What tracing reads: the network and the outlets' hourly loads of the lake, and rows of CSV files that a person hands in."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingyuan.engines.store import asof, dimensions, layout, order
from qingyuan.errors import BadInput

from .candidate import settings
from .loads import HOUR, Loads
from .river import Network, Warned, network_of, network_of_places, saw_rise, upstream_sections
from .track import Fix
from .waste import Manifest
from .wind import Source, Wind

CHINA = dt.timezone(dt.timedelta(hours=8))
FLOW = "w00000"  # L/s; its total in m³
T = TypeVar("T")


def network(data: Path | str) -> Network:
    """The river network of a data directory: the dimension table ``river``, or ``river.parquet`` beside it.  BadInput without one."""
    for path in (layout.dimension(data, "river"), Path(data) / "river.parquet"):
        if path.exists():
            rows = pq.read_table(path).to_pylist()
            return network_of_places(_with_factors(data, rows)) if rows and "downstream" in rows[0] else network_of(rows)
    raise BadInput(f"{data} 里没有河网（river.parquet）：先导入断面、河段和入河排污口", field="river")


def _with_factors(data: Path | str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of places with the factors for which their outlet is monitored or limited."""
    told, known = dimensions.load(data), dict[str, set[str]]()
    for row in told.points.select(["outlet", "factors"]).to_pylist():
        known.setdefault(row["outlet"], set()).update(row["factors"] or ())
    for outlet, factor in zip(told.limits.column("outlet").to_pylist(), told.limits.column("factor").to_pylist(), strict=True):
        known.setdefault(outlet, set()).add(factor)
    return [{**row, "factors": sorted(known.get(row.get("outlet") or "", ()))} for row in rows]


def loads(data: Path | str, outlets: Iterable[str], factor: str, began: dt.datetime, ended: dt.datetime, as_of: dt.datetime | None = None) -> dict[str, Loads]:
    """Hourly discharge of a factor by outlet over [began, ended), in kg: the total that was told, else mean × flow.

    An outlet that never told the factor has no entry.
    """
    known, wanted = dimensions.load(data), set(outlets)
    places = {outlet: known.points_of_outlet[outlet] for outlet in wanted if outlet in known.points_of_outlet}
    facilities = sorted({known.place_of[mn][0] for mns in places.values() for mn in mns})
    if not facilities:
        return {}
    table = asof.read(data, facility=facilities, factors=[factor, FLOW], kinds=["hour"], began=began, ended=ended, as_of=as_of)
    rows: dict[str, dict[int, list[float]]] = {}
    hours = (order.integers(table, "began") // 1000 // HOUR * HOUR).tolist()
    columns = [table.column(name).to_pylist() for name in ("outlet", "factor", "value", "mass", "flag")]
    for at, outlet, what, value, mass, flag in zip(hours, *columns, strict=True):
        if outlet in places and flag == "N":
            row = rows.setdefault(outlet, {}).setdefault(at, [math.nan, math.nan, math.nan])
            if what == factor:
                row[0], row[1] = _number(value), _number(mass)
            else:
                row[2] = _number(mass)
    return {outlet: _as_loads(told) for outlet, told in rows.items() if any(not math.isnan(row[0]) or not math.isnan(row[1]) for row in told.values())}


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _as_loads(told: dict[int, list[float]]) -> Loads:
    hours = sorted(told)
    kg = [told[at][1] if not math.isnan(told[at][1]) else told[at][0] * told[at][2] / 1000 for at in hours]
    good = [place for place, value in enumerate(kg) if not math.isnan(value)]
    return Loads(np.array([hours[place] for place in good], np.int64), np.array([kg[place] for place in good], np.float64))


def rises(data: Path | str, net: Network, warned: Warned, as_of: dt.datetime | None = None) -> dict[str, bool]:
    """By section above the warned one: whether its station saw the rise when the water passed it; silent stations are left out."""
    told, known = settings("river"), dimensions.load(data)
    found: dict[str, bool] = {}
    for section, hours in upstream_sections(net, warned.section, told["most_hours"]):
        mns = known.points_of_outlet.get(section.id, [])
        if not mns:
            continue
        spread = told["travel_spread"] * hours
        began, ended = warned.began - dt.timedelta(hours=hours + spread + 4), warned.ended - dt.timedelta(hours=max(hours - spread, 0))
        table = asof.read(data, mn=mns, factors=[warned.factor], kinds=["hour"], began=began - dt.timedelta(days=7), ended=ended, as_of=as_of)
        rows = zip(order.integers(table, "began").tolist(), table.column("value").to_pylist(), table.column("flag").to_pylist(), strict=True)
        saw = saw_rise([(at / 1000, value) for at, value, flag in rows if flag == "N" and value is not None], began.timestamp(), ended.timestamp(), told["rise"])
        if saw is not None:
            found[section.id] = saw
    return found


def sources(data: Path | str) -> list[Source]:
    """Facilities with a place, and the gas factors they are monitored or permitted for."""
    told = dimensions.load(data)
    limited: dict[str, set[str]] = {}
    for outlet, factor in zip(told.limits.column("outlet").to_pylist(), told.limits.column("factor").to_pylist(), strict=True):
        limited.setdefault(outlet, set()).add(factor)
    found: dict[str, dict[str, Any]] = {}
    points = told.points.filter(pc.is_valid(told.points.column("lon")))
    for row in points.to_pylist():
        one = found.setdefault(row["facility"], {**row, "known": set()})
        if row["medium"] == "gas":
            one["known"] |= {*(row["factors"] or ()), *limited.get(row["outlet"], ())}
    return [Source(code, row["facility_name"], row["lon"], row["lat"], frozenset(row["known"]), row["industry"] or "") for code, row in sorted(found.items())]


# -- rows that a person hands in -------------------------------------------------------------------------------------------

MOST_BYTES = 64 * 1024 * 1024


def rows_of(path: Path, read: Callable[[dict[str, str]], T], needed: Sequence[str]) -> list[T]:
    """Read a CSV with a heading; BadInput names the line and what is wrong with it."""
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path.name} 超过 {MOST_BYTES // 1024 // 1024}MB，请分成几个文件", field="file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            lines = csv.DictReader(handle)
            missing = [name for name in needed if name not in (lines.fieldnames or ())]
            if missing:
                raise BadInput(f"{path.name} 缺少列：{'、'.join(missing)}；应有 {'、'.join(needed)}", field=missing[0])
            return [_row(read, row, path.name, lines.line_num) for row in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path.name} 不是 UTF-8 编码的 CSV（{error}）", field="file") from None


def _row(read: Callable[[dict[str, str]], T], row: dict[str, str], name: str, line: int) -> T:
    try:
        return read(row)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{name} 第 {line} 行读不懂：{error}", field="line") from None


def moment(text: str) -> dt.datetime:
    """ISO 8601; without an offset, China's time."""
    at = dt.datetime.fromisoformat(text.strip())
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def optional(text: str | None) -> float | None:
    """A finite number, or None for an empty cell."""
    if text is None or not text.strip():
        return None
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} 不是有限的数")
    return value


def place(row: dict[str, str]) -> tuple[float, float]:
    """Longitude and latitude in degrees."""
    lon, lat = float(row["lon"]), float(row["lat"])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"经度 {lon}、纬度 {lat} 不在范围内")
    return lon, lat


def winds(path: Path) -> list[Wind]:
    """A wind series: at, speed (m/s), direction (degrees from)."""
    return rows_of(path, lambda row: Wind(moment(row["at"]), float(row["speed"]), float(row["direction"]) % 360), ("at", "speed", "direction"))


def fixes(path: Path) -> list[Fix]:
    """A track: at, lon, lat, value; wind_from and wind_speed when there are."""
    return rows_of(
        path, lambda row: Fix(moment(row["at"]), *place(row), float(row["value"]), optional(row.get("wind_from")), optional(row.get("wind_speed"))), ("at", "lon", "lat", "value")
    )


def manifests(path: Path) -> list[Manifest]:
    """Manifests: number, category, sender, carrier, receiver, vehicle, left_at, arrived_at, out_kg, in_kg; km and licensed (1/0) when known."""

    def read(row: dict[str, str]) -> Manifest:
        at = {name: moment(row[name]) if row.get(name, "").strip() else None for name in ("left_at", "arrived_at")}
        licensed = {"1": True, "0": False}.get((row.get("licensed") or "").strip())
        return Manifest(row["number"], row["category"], row["sender"], row["carrier"], row["receiver"], row["vehicle"], at["left_at"], at["arrived_at"],
                        optional(row["out_kg"]), optional(row["in_kg"]), optional(row.get("km")), licensed)  # fmt: skip

    return rows_of(path, read, ("number", "category", "sender", "carrier", "receiver", "vehicle", "left_at", "arrived_at", "out_kg", "in_kg"))
