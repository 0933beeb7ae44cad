"""A plan as tables: what ``qingyuan province --out`` writes beside the telemetry.

river.parquet: one row for each place on a river, a tree that is walked along ``downstream``.

    code          the place; a section's code is also its ``outlet`` in points.parquet, where its ``facility`` is the main river
    river, river_name   the river or tributary; a tributary's code begins with its main river's and a T
    kind          source | outlet (into the river) | section (automatic station) | confluence | mouth
    name, lon, lat, division (county)
    downstream    the code of the next place down the river; "" at the mouth
    km, velocity, travel_hours   of the reach from here to ``downstream``: length, m/s, hours
    flow          usual m³/s past the place
    outlet, facility    of an outlet: ids in outlets.parquet and facilities.parquet
    mn, target    of a section: its station (hour readings each four hours) and the class of GB 3838-2002 it is held to

spills.parquet: what was secretly let into a river (the truth for tracing): node, facility, outlet, factor, kg_per_hour, began, ended, note.
Times in truth.parquet of section rules are those at the section: began and ended of the spill plus the hours of travel.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import rivers
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
    return pa.Table.from_pylist([*rows, *_stations(plan)])


def _stations(plan: Plan) -> list[dict[str, Any]]:
    """Return the river sections' stations as points: medium section, the river as facility."""
    names = {one.code: one.name for one in plan.rivers}
    return [
        {"mn": one.mn, "pw": "", "st": "21", "facility": one.river_code, "facility_name": names[one.river_code], "operator": "", "operator_name": "",
         "outlet": one.code, "outlet_name": one.name, "division": one.division, "medium": "section", "industry": "river", "reference_oxygen": None,
         "lon": one.lon, "lat": one.lat, "factors": list(plan.point[one.mn].factors)}
        for one in plan.sections
    ]  # fmt: skip


def limits(plan: Plan) -> pa.Table:
    """Return one row for each limit in the columns of the store's dimension table, the targets of river sections included."""
    return pa.Table.from_pylist([asdict(one) for one in (*plan.limits, *rivers.targets(plan))])


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
        "filings": _plain(plan.filings), "river": _plain(plan.river), "spills": _plain(plan.spills), "truth": truth(plan), "look_alikes": truth(plan, violations=False),
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
