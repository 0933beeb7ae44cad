"""A plan as tables: what ``qingyuan province --out`` writes beside the telemetry."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .geography import geojson
from .industries import industries
from .plan import CHINA, Plan

MOMENT = pa.timestamp("ms", tz="UTC")
TRUTH = pa.schema([
    ("rule", pa.string()), ("facility", pa.string()), ("point", pa.string()), ("mn", pa.string()), ("factor", pa.string()),
    ("began", MOMENT), ("ended", MOMENT), ("note", pa.string()),
])  # fmt: skip


def truth(plan: Plan, *, violations: bool = True) -> pa.Table:
    """Return what was planted: rule, facility, point (and mn, the same), factor, began, ended (half-open); or the honest look-alikes."""
    rows = [
        {"rule": rule, "facility": one.facility, "point": one.mn, "mn": one.mn, "factor": one.factor, "began": one.began, "ended": one.ended, "note": one.note}
        for one in plan.planted if one.is_violation == violations
        for rule in (one.rule, *one.also)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=TRUTH)


def points(plan: Plan) -> pa.Table:
    """Return one row for each point in the columns of the store's dimension table."""
    rows = []
    for one in plan.points:
        outlet, facility = plan.outlet[one.outlet], plan.facility[one.facility]
        operator = plan.operator[facility.operator]
        rows.append({
            "mn": one.mn, "pw": one.pw, "st": one.st, "facility": facility.code, "facility_name": facility.name,
            "operator": operator.uscc, "operator_name": operator.name, "outlet": outlet.id, "outlet_name": outlet.name,
            "division": facility.division, "medium": outlet.medium, "industry": facility.industry,
            "reference_oxygen": outlet.reference_oxygen, "lon": facility.lon, "lat": facility.lat, "factors": list(one.factors),
        })  # fmt: skip
    return pa.Table.from_pylist(rows)


def limits(plan: Plan) -> pa.Table:
    """Return one row for each limit in the columns of the store's dimension table."""
    return pa.Table.from_pylist([asdict(one) for one in plan.limits])


def _plain(rows: tuple[Any, ...]) -> pa.Table | None:
    if not rows:
        return None
    return pa.Table.from_pylist([{name: _cell(value) for name, value in vars(row).items()} for row in rows])


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return json.dumps({"|".join(k) if isinstance(k, tuple) else k: v for k, v in value.items()}, ensure_ascii=False) if isinstance(value, dict) else value


def write(plan: Plan, out: Path) -> list[Path]:
    """Write everything but telemetry under ``out``; return the files written."""
    out.mkdir(parents=True, exist_ok=True)
    tables = {
        "divisions": _plain(plan.divisions), "agencies": _plain(plan.agencies), "people": _plain(plan.people), "operators": _plain(plan.operators),
        "facilities": _plain(plan.facilities), "outlets": _plain(plan.outlets), "permits": _plain(plan.permits), "equipment": _plain(plan.equipment),
        "filings": _plain(plan.filings), "truth": truth(plan), "look_alikes": truth(plan, violations=False),
    }  # fmt: skip
    written = []
    for name, table in tables.items():
        if table is not None:
            pq.write_table(table, out / f"{name}.parquet", compression="zstd")
            written.append(out / f"{name}.parquet")
    (out / "divisions.geojson").write_text(json.dumps(geojson(plan), ensure_ascii=False), "utf-8")
    about = {"preset": plan.preset, "seed": plan.seed, "name": plan.name, "anchor": plan.anchor.astimezone(CHINA).isoformat(),
             "facilities": len(plan.facilities), "points": len(plan.points), "trades": {k: v.name for k, v in industries().items()}}  # fmt: skip
    (out / "province.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    return [*written, out / "divisions.geojson", out / "province.json"]
