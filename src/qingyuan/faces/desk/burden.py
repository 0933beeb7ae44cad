"""The burden of inspection: who is visited too often, how long we stay, what was spared; for planners, and for one enterprise."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.dispatch import burden, gate, plan_queries, queries, visit_queries
from qingyuan.records.inspections import queries as inspections
from qingyuan.records.registry import queries as registry

from .frame import Look, desk
from .places import shapes_of

SIZE = 30


def year_of(request: HttpRequest, look: Look) -> int:
    told = request.GET.get("year", "")
    if told and not (told.isdigit() and 2000 <= int(told) <= look.today.year):
        raise BadInput(f"年度应为四位数字，不晚于{look.today.year}年", field="year")
    return int(told) if told else look.today.year


def times_of(look: Look, year: int) -> burden.Times:
    """By task when people entered and left, in China's time."""
    rows = inspections.inspections(look.viewer).filter(assignment__issued_on__year=year).order_by().values_list("assignment_id", "began_at", "ended_at")
    return {task: (began.astimezone(CHINA), ended.astimezone(CHINA) if ended else None) for task, began, ended in rows}


@desk
def burden_page(request: HttpRequest, look: Look) -> HttpResponse:
    year, words, number = year_of(request, look), request.GET.get("words", "").strip(), request.GET.get("page", "1")
    page = min(int(number), 9999) if number.isdigit() and int(number) else 1
    everything = burden.loads(look.viewer, year, times_of(look, year))
    rows = [load for load in everything if words in load.place.name] if words else everything
    quarter = f"{look.today.year}Q{(look.today.month + 2) // 3}"
    context = {
        "year": year, "years": range(look.today.year, look.today.year - 3, -1), "words": words, "page": page, "rows": rows[(page - 1) * SIZE : page * SIZE],
        "has_more": len(rows) > page * SIZE, "divisions": burden.by_division(everything), "visits": sum(len(load.visits) for load in everything),
        "minutes": sum(load.minutes for load in everything), "repeats": sum(load.repeats for load in everything), "over": sum(load.is_over for load in everything),
        "full": sum(load.is_full for load in everything), "avoided": plan_queries.avoided(look.viewer, dt.date(year, 1, 1), dt.date(year + 1, 1, 1)),
        "method": burden.METHOD, "days": gate.window("repeat", look.today)["days"], "quarter": quarter, "least": gate.window("rating", look.today)["least"],
        "ratings": visit_queries.ratings(look.viewer.agency.authority, quarter, look.today),
    }
    return render(request, "desk/burden.html", context)


@desk
def burden_places(request: HttpRequest, look: Look) -> HttpResponse:
    """The same on the map: larger and red where there are repeats or more visits than the cap."""
    year = year_of(request, look)
    points = [
        {
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [load.place.lon, load.place.lat]},
            "properties": {
                "name": load.place.name, "open": load.repeats + 3 * load.is_over, "url": f"{reverse('desk:burden_of', args=[load.place.code])}?year={year}",
                "note": f"入企 {len(load.visits)} 次，{load.minutes} 分钟" + (f"；{load.warning}" if load.warning else ""),
            },
        }
        for load in burden.loads(look.viewer, year, times_of(look, year))
    ]  # fmt: skip
    shapes = [
        {"type": "Feature", "geometry": division.boundary, "properties": {"name": division.name, "level": division.level, "code": division.code}}
        for division in shapes_of(look.viewer) if division.boundary
    ]  # fmt: skip
    return JsonResponse({"places": {"type": "FeatureCollection", "features": points}, "divisions": {"type": "FeatureCollection", "features": shapes}})


@desk
def burden_of(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """One enterprise: who came, why, how long, how it ended."""
    place, year = registry.facility(look.viewer, code), year_of(request, look)
    load = next((one for one in burden.loads(look.viewer, year, times_of(look, year)) if one.place.pk == place.pk), None)
    tasks = {task.pk: task for task in queries.assignments_of(look.viewer, facility=place).filter(issued_on__year=year).select_related("issued_by__agency").prefetch_related("inspectors")}
    ended = {visit.assignment_id: visit for visit in inspections.inspections_of(look.viewer, place)}
    rows = [(visit, tasks[visit.task], ended.get(visit.task)) for visit in load.visits if visit.task in tasks] if load else []
    checks = plan_queries.off_site_checks(look.viewer, of=place).filter(checked_on__year=year)
    return render(request, "desk/burden_place.html", {"place": place, "year": year, "load": load, "rows": rows, "checks": checks, "method": burden.METHOD})
