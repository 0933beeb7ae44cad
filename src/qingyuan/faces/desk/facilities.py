"""One facility, one file: its outlets, latest values, clues, cases and visits; and where all of them lie."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from qingyuan.records.cases import queries as cases
from qingyuan.records.clues import queries as clues
from qingyuan.records.inspections import queries as inspections
from qingyuan.records.registry import queries as registry

from . import telemetry
from .frame import Look, desk
from .paging import page_by_code
from .places import divisions_of, shapes_of

SIZE = 30


@desk
def facility_list(request: HttpRequest, look: Look) -> HttpResponse:
    """The facilities of the viewer's division with how many clues are open at each."""
    words, division = request.GET.get("words", "").strip(), request.GET.get("division", "")
    rows = registry.facilities(look.viewer)
    if words:
        rows = rows.filter(name__icontains=words) | rows.filter(code__icontains=words)
    if division:
        rows = rows.filter(city_code=division) | rows.filter(county_code=division)
    page = page_by_code(rows, request.GET.get("after", ""), SIZE)
    heard, counts = telemetry.heard_from(int(look.at.timestamp()) // 60), open_counts(look)
    lines = [(place, counts.get(place.pk, 0), heard.get(place.code)) for place in page.rows]
    context = {"lines": lines, "page": page, "words": words, "division": division, "divisions": divisions_of(look.viewer), "at": look.at}
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_facility_table.html" if part else "desk/facilities.html", context)


def open_counts(look: Look) -> dict[int, int]:
    """Open clues by facility, from the viewer's own list."""
    counts: dict[int, int] = {}
    for place in clues.open_clues(look.viewer).order_by().values_list("facility_id", flat=True)[:10_000]:
        counts[place] = counts.get(place, 0) + 1
    return counts


@desk
def facility_page(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    place = registry.facility(look.viewer, code)
    values = telemetry.latest_of(look.viewer, place)
    shown = chosen(values, request.GET.get("outlet", ""), request.GET.get("factor", ""))
    context = {
        "place": place, "outlets": registry.outlets_of(look.viewer, place), "monitors": registry.monitors_of(look.viewer, place),
        "permits": registry.permits_of(look.viewer, place), "limits": registry.limits_of(look.viewer, place), "values": [row for row in values if row.limit_value is not None], "others": [row for row in values if row.limit_value is None],
        "clues": clues.clues_of(look.viewer, place)[:20], "cases": cases.cases_of(look.viewer, facility=place)[:20],
        "visits": inspections.inspections_of(look.viewer, place)[:20], "at": look.at, "today": look.today,
        "chart": {"outlet": shown.outlet, "factor": shown.factor, "kind": "hour", "began": shown.began - dt.timedelta(hours=47), "ended": shown.began + dt.timedelta(hours=1)} if shown else None,
    }
    return render(request, "desk/facility.html", context)


def chosen(values: list[telemetry.Latest], outlet: str, factor: str) -> telemetry.Latest | None:
    """The series asked for in the address, else the one nearest to (or furthest above) its limit."""
    for row in values:
        if (row.outlet, row.factor) == (outlet, factor):
            return row
    return max(values, key=lambda row: row.share or 0, default=None)


@desk
def map_page(request: HttpRequest, look: Look) -> HttpResponse:
    """The map, and the same places as a list for whoever cannot use a map."""
    counts = open_counts(look)
    places = [(place, counts.get(place.pk, 0)) for place in registry.facilities(look.viewer)[:500]]
    return render(request, "desk/map.html", {"places": sorted(places, key=lambda row: -row[1]), "at": look.at})


@desk
def map_places(request: HttpRequest, look: Look) -> HttpResponse:
    """Places and division boundaries as GeoJSON, cut to what the viewer may see."""
    counts = open_counts(look)
    points = [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {"name": place.name, "open": counts.get(place.pk, 0), "url": reverse("desk:facility", args=[place.code])},
        }
        for place in registry.facilities(look.viewer)[:20_000]
    ]
    shapes = [
        {"type": "Feature", "geometry": division.boundary, "properties": {"name": division.name, "level": division.level, "code": division.code}}
        for division in shapes_of(look.viewer) if division.boundary
    ]
    return JsonResponse({"places": {"type": "FeatureCollection", "features": points}, "divisions": {"type": "FeatureCollection", "features": shapes}})
