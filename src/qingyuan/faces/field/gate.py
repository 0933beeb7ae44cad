"""What is shown at the gate without a network: the signed task code as a grid of squares, and a sketch of where the place lies."""

from __future__ import annotations

import datetime as dt
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from qingyuan.errors import NotAllowed
from qingyuan.records.dispatch import codes
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Facility, Officer

NEAR_DEGREES, MOST, POINTS = 0.25, 30, 160


def code_of(viewer: Officer, row: Assignment, at: dt.datetime) -> dict[str, Any]:
    """The task's code as it will be shown (国办发〔2024〕54号: scan to enter), or why there is none."""
    try:
        code = codes.show_code(row, by=viewer, at=at)
    except NotAllowed as error:
        return {"why": str(error)}
    address = settings.QINGYUAN_PUBLIC_URL.rstrip("/") + reverse("visit:visit", args=[code.code])
    grid = segno.make(address, error="m", micro=False)
    return {
        "address": address, "valid_to": code.valid_to.isoformat(), "officers": code.told["officers"], "body": code.told["body"],
        "items": [item["name"] for item in code.told["items"]], "rows": ["".join(str(int(bool(square))) for square in line) for line in grid.matrix_iter(border=2)],
    }  # fmt: skip


def sketch(viewer: Officer, place: Facility) -> dict[str, Any]:
    """Borders of the county and the nearest other places, enough for a map that needs no tiles."""
    near = registry.facilities(viewer).filter(lon__range=(place.lon - NEAR_DEGREES, place.lon + NEAR_DEGREES), lat__range=(place.lat - NEAR_DEGREES, place.lat + NEAR_DEGREES))
    others = [{"name": one.name, "lon": one.lon, "lat": one.lat} for one in near.exclude(pk=place.pk)[:MOST]]
    return {"name": place.name, "lon": place.lon, "lat": place.lat, "border": border(place), "others": others, "division": place.division.name}


def border(place: Facility) -> list[list[list[float]]]:
    """Outer rings of the division, thinned to a few hundred points; [] where none is kept."""
    shape = place.division.boundary or {}
    kind, rings = shape.get("type"), shape.get("coordinates") or []
    outer = [rings[0]] if kind == "Polygon" and rings else [polygon[0] for polygon in rings if polygon] if kind == "MultiPolygon" else []
    return [[[round(x, 5), round(y, 5)] for x, y, *_ in ring[:: max(1, len(ring) // POINTS)]] for ring in outer[:6]]
