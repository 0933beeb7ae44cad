"""The rivers of a plan into an empty registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .models import Division, Facility, Outlet, RiverPlace

CLASSES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}


def load_rivers(nodes: Iterable[Any]) -> int:
    """Write river places (code, river, kind, downstream, km, velocity, flow, outlet …, as the synthetic province names them); return how many."""
    divisions = {row.code: row.scope_codes() for row in Division.objects.select_related("parent__parent")}
    outlets, facilities = {row.code: row for row in Outlet.objects.all()}, {row.code: row for row in Facility.objects.all()}
    rows = [
        RiverPlace(
            code=one.code, name=one.name, kind=one.kind, river=one.river, river_name=one.river_name, basin=one.river_name, downstream=one.downstream, km=one.km, velocity=one.velocity or 0.5, flow=one.flow or None,
            lon=one.lon, lat=one.lat, division_id=one.division, outlet=outlets.get(one.outlet), facility=facilities.get(one.facility), mn=one.mn, control_level="province" if one.kind == "section" else "",
            target_class=CLASSES.get(one.target), **divisions[one.division],
        )
        for one in nodes
    ]
    return len(RiverPlace.objects.bulk_create(rows))
