"""Points and limits, as the registry's door writes them.  Replaced as a whole; validity is in the rows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qingyuan.errors import BadInput

from . import layout

POINTS = pa.schema([
    ("mn", pa.string()), ("pw", pa.string()), ("st", pa.string()), ("facility", pa.string()), ("facility_name", pa.string()),
    ("operator", pa.string()), ("operator_name", pa.string()), ("outlet", pa.string()), ("outlet_name", pa.string()),
    ("division", pa.string()), ("medium", pa.string()), ("industry", pa.string()), ("reference_oxygen", pa.float64()),
    ("lon", pa.float64()), ("lat", pa.float64()), ("factors", pa.list_(pa.string())),
])  # fmt: skip
LIMITS = pa.schema([
    ("outlet", pa.string()), ("factor", pa.string()), ("averaging", pa.string()), ("limit_value", pa.float64()), ("unit", pa.string()),
    ("valid_from", pa.date32()), ("valid_to", pa.date32()), ("kind", pa.string()), ("citation", pa.string()),
])  # fmt: skip
EQUIPMENT = pa.schema([
    ("facility", pa.string()), ("code", pa.string()), ("name", pa.string()), ("role", pa.string()), ("mn", pa.string()),
    ("factor", pa.string()), ("rated", pa.float64()), ("follows", pa.string()),
])  # fmt: skip
_SHAPES = {"points": POINTS, "limits": LIMITS, "equipment": EQUIPMENT}


@dataclass(frozen=True)
class Dimensions:
    """The dimension tables of one data directory; ``equipment`` are metered production and treatment units."""

    points: pa.Table
    limits: pa.Table
    equipment: pa.Table

    @cached_property
    def by_mn(self) -> dict[str, dict[str, Any]]:
        """Return points by MN."""
        return {row["mn"]: row for row in self.points.to_pylist()}

    @cached_property
    def place_of(self) -> dict[str, tuple[str, str]]:
        """Return (facility, outlet) by MN."""
        rows = zip(*(self.points.column(name).to_pylist() for name in ("mn", "facility", "outlet")), strict=True)
        return {mn: (facility, outlet) for mn, facility, outlet in rows}

    @cached_property
    def points_of_outlet(self) -> dict[str, list[str]]:
        """Return the MNs of each outlet."""
        found: dict[str, list[str]] = {}
        for mn, (_, outlet) in self.place_of.items():
            found.setdefault(outlet, []).append(mn)
        return found


def write(data: Path | str, points: pa.Table, limits: pa.Table, equipment: pa.Table | None = None) -> None:
    """Put new tables in place of the old ones; each is written aside and renamed.

    Raises BadInput when a column is missing or an mn or an outlet's facility is given twice.
    """
    mns = points.column("mn").to_pylist() if "mn" in points.column_names else []
    twice = sorted({mn for mn in mns if mns.count(mn) > 1}) if len(set(mns)) != len(mns) else []
    if twice:
        raise BadInput(f"设备唯一标识重复：{'、'.join(twice[:5])}；每台数采仪的 MN 必须唯一（HJ 212-2017 6.3.4）", field="mn")
    for name, table in (("points", points), ("limits", limits), ("equipment", equipment)):
        if table is not None:
            _put(layout.dimension(data, name), _shaped(table, _SHAPES[name], name))


def _shaped(table: pa.Table, shape: pa.Schema, name: str) -> pa.Table:
    missing = [one for one in shape.names if one not in table.column_names]
    if missing:
        raise BadInput(f"维度表 {name} 缺少列：{'、'.join(missing)}", field=missing[0])
    return table.select(shape.names).cast(shape)


def _put(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    pq.write_table(table, aside, compression="zstd")
    with open(aside, "rb") as handle:
        os.fsync(handle.fileno())
    os.replace(aside, path)


def load(data: Path | str) -> Dimensions:
    """Return the tables there are; missing ones are empty.  Read again only when a file was replaced."""
    paths = [layout.dimension(data, name) for name in _SHAPES]
    return _load(str(data), tuple((path.stat().st_mtime_ns, path.stat().st_ino) if path.exists() else (0, 0) for path in paths))


@lru_cache(maxsize=4)
def _load(data: str, _seen: tuple[tuple[int, int], ...]) -> Dimensions:
    tables = {}
    for name, shape in _SHAPES.items():
        path = layout.dimension(data, name)
        tables[name] = pq.read_table(path) if path.exists() else shape.empty_table()
    return Dimensions(**tables)
