"""Boundaries of divisions: Voronoi cells of the county seats, joined upwards, so that neighbours share their edges exactly."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry import MultiPoint, Point, mapping
from shapely.geometry.base import BaseGeometry

from .plan import Division, Plan

DIGITS = 1e-5  # degrees, about a metre


def outline(divisions: tuple[Division, ...], margin: float = 0.35) -> BaseGeometry:
    """Return the border of the province: the rounded hull of its county seats, ``margin`` degrees outside them."""
    seats = MultiPoint([(one.lon, one.lat) for one in divisions if one.level == "county"])
    return seats.convex_hull.buffer(margin, quad_segs=6)


def boundaries(plan: Plan) -> dict[str, BaseGeometry]:
    """Return a polygon for every division, by code; counties tile their city and cities tile the province."""
    counties = [one for one in plan.divisions if one.level == "county"]
    border = outline(plan.divisions)
    cells = shapely.voronoi_polygons(MultiPoint([(one.lon, one.lat) for one in counties]), extend_to=border)
    found: dict[str, BaseGeometry] = {}
    for cell in shapely.get_parts(cells):
        seat = next(one for one in counties if cell.covers(Point(one.lon, one.lat)))
        found[seat.code] = shapely.set_precision(cell.intersection(border), DIGITS)
    parts: dict[str, list[BaseGeometry]] = {}
    for one in counties:
        parts.setdefault(one.parent, []).append(found[one.code])
    for code, several in parts.items():
        found[code] = shapely.union_all(several, grid_size=DIGITS)
    for one in plan.divisions:
        if one.level == "province":
            found[one.code] = shapely.union_all([found[code] for code in parts], grid_size=DIGITS)
    return found


def geojson(plan: Plan) -> dict[str, Any]:
    """Return all divisions as one GeoJSON feature collection (WGS 84), province first."""
    found = boundaries(plan)
    features = [
        {"type": "Feature", "id": one.code, "geometry": mapping(found[one.code]),
         "properties": {"code": one.code, "name": one.name, "level": one.level, "parent": one.parent, "lon": one.lon, "lat": one.lat}}
        for one in plan.divisions if one.code in found
    ]  # fmt: skip
    return {"type": "FeatureCollection", "name": plan.name, "features": features}
