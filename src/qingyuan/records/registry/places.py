"""Where something lies: the division of a point, the areas around it, the requirements of the control unit it is in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from qingyuan.errors import BadInput, NotYours

from .models import AccessRequirement, Area, Division, Officer, WaterSource
from .place_models import DIMENSIONS
from .scope import BY_LEVEL, scoped

WIDTH = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


class Borders:
    """The borders of all counties (of cities where counties have none), read once for one piece of work."""

    def __init__(self) -> None:
        rows = list(Division.objects.exclude(boundary=None).filter(level__in=["county", "city"]).order_by("-level", "code"))
        counties = [row for row in rows if row.level == "county"]
        self.divisions = counties + [row for row in rows if row.level == "city" and not any(one.parent_id == row.code for one in counties)]
        self.shapes: list[BaseGeometry] = [shape(row.boundary) for row in self.divisions]
        self.tree = STRtree(self.shapes)
        self.known = {row.code: row for row in Division.objects.all()}

    def at(self, lon: float, lat: float) -> Division | None:
        """The division a point lies in; None outside every border."""
        found = self.tree.query(Point(lon, lat), predicate="intersects")
        return self.divisions[min(int(index) for index in found)] if len(found) else None

    def find(self, lon: float, lat: float, code: str = "") -> Division:
        """The division of a row: by its code when it gives one, else by its place.  BadInput when neither says."""
        if code:
            row = self.known.get(code.ljust(12, "0"))
            if row is None:
                raise BadInput(f"没有区划代码 {code}")
            return row
        found = self.at(lon, lat)
        if found is None:
            raise BadInput(f"（{lon:.4f}，{lat:.4f}）不在已登记的区划边界内，请写明区划代码 division")
        return found


def may_reach(viewer: Officer | None, division: Division) -> bool:
    """Whether a division lies in the viewer's; the operator of the machine (None) reaches all."""
    if viewer is None:
        return True
    own = viewer.agency.division
    return own.level in BY_LEVEL and division.code[: WIDTH[own.level]] == own.code[: WIDTH[own.level]]


def within(viewer: Officer | None, division: Division) -> Division:
    """The division, when the viewer may write there; NotYours otherwise."""
    if not may_reach(viewer, division):
        raise NotYours(f"{division.name}不在您的辖区内")
    return division


def areas(viewer: Officer, on: dt.date, *, kinds: Sequence[str] = ()) -> QuerySet[Area]:
    """Areas in force in the viewer's division; one that covers the whole city or province is everybody's below it."""
    rows = Area.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    own = viewer.agency.division
    above = [own.code[:width].ljust(12, "0") for width in (2, 4, 6) if width < WIDTH.get(own.level, 0)]
    return (scoped(rows, viewer) | rows.filter(division_id__in=above)).order_by("kind", "code")


@dataclass(frozen=True)
class Around:
    """What holds at a point: the division, every area it lies in, and the unit's requirements by dimension."""

    division: Division | None
    areas: list[Area]
    requirements: list[tuple[str, list[AccessRequirement]]]
    is_outside_all: bool


def around(viewer: Officer, lon: float, lat: float, on: dt.date) -> Around:
    """Look a point up.  NotYours for a point outside the viewer's division, BadInput for one outside China."""
    from .tabular import in_china

    in_china(lon, lat)
    division = Borders().at(lon, lat)
    if division is not None and not may_reach(viewer, division):
        raise NotYours("该点不在您的辖区内")
    near = areas(viewer, on).filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat)
    point = Point(lon, lat)
    hit = [row for row in near if shape(row.geometry).covers(point)]
    rules = list(AccessRequirement.objects.filter(area__in=[row for row in hit if row.kind == "control_unit"]))
    by_dimension = [(label, [row for row in rules if row.dimension == key]) for key, label in DIMENSIONS]
    return Around(division, hit, [(label, rows) for label, rows in by_dimension if rows], not hit)


def water_sources(viewer: Officer, *, is_rural: bool | None = None) -> QuerySet[WaterSource]:
    """Sources in the viewer's division; rural are those of townships and below."""
    rows = scoped(WaterSource.objects.select_related("division"), viewer)
    if is_rural is not None:
        rural = ["township", "thousand", "scattered"]
        rows = rows.filter(level__in=rural) if is_rural else rows.exclude(level__in=rural)
    return rows.order_by("code")


def rural_tally(viewer: Officer) -> list[dict[str, object]]:
    """Rural sources by county: how many, how many wait for their remedy, are under way, are done."""
    rows = water_sources(viewer, is_rural=True).order_by().values("county_code").annotate(
        all=Count("pk"), waiting=Count("pk", filter=Q(remedy_state="waiting")), under_way=Count("pk", filter=Q(remedy_state="under_way")), done=Count("pk", filter=Q(remedy_state="done")),
    )  # fmt: skip
    names = dict(Division.objects.filter(code__in=[row["county_code"] for row in rows]).values_list("code", "name"))
    return [{**row, "name": names.get(row["county_code"], "")} for row in rows.order_by("-waiting", "county_code")]
