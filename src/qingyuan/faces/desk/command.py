"""The command centre: everything live on one map with its age, the incident board, the calls for support; and the same as lists."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.clues import queries as clues
from qingyuan.records.registry import duty, places
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.events import trail
from qingyuan.records.reports import basin, command, sightings
from qingyuan.records.reports.models import Incident
from qingyuan.records.reports.states import INCIDENT, SUPPORT

from . import command_forms as forms_of
from .command_layers import LAYERS, collection, oldest_of
from .draws import settle
from .frame import Look, desk
from .places import shapes_of
from .steps import Offer, role_reasons

LISTED = 40


@desk
def command_page(request: HttpRequest, look: Look) -> HttpResponse:
    return show(request, look)


def show(request: HttpRequest, look: Look, bound: dict[str, Any] | None = None, code: int = 200) -> HttpResponse:
    """The map with its boards; ``?wall=1`` is the large screen."""
    is_wall = request.GET.get("wall") == "1"
    point = {"lon": request.GET.get("lon", ""), "lat": request.GET.get("lat", "")}
    calls = list(command.calls(look.viewer)[:LISTED])
    context = {
        "layers": LAYERS.items(), "age": oldest_of(look), "incidents": command.incidents(look.viewer)[:LISTED], "calls": [(row, SUPPORT.open_steps(row.state)) for row in calls], "at": look.at, "today": look.today, "is_wall": is_wall,
        "sightings": sightings.open_sightings(look.viewer)[:LISTED], "clues": clues.open_clues(look.viewer).exclude(facility=None).select_related("facility")[:LISTED], "point": point,
        "warnings": basin.warnings(look.viewer).filter(state__in=basin.OPEN_WARNINGS)[:LISTED], "on_duty": duty.on_duty(look.viewer.agency, look.at), "has_tiles": bool(getattr(settings, "QINGYUAN_WMTS", "")),
        "open_form": (bound or {}).get("open") or forms_of.Open(initial=point, auto_id="open-%s"), "call_form": (bound or {}).get("call") or forms_of.Call(initial=point, auto_id="call-%s"),
        "unanswered": sum(row.state == "called" for row in calls), "figures": figures(look),
    }
    return render(request, "desk/command.html", context, status=code)


def figures(look: Look) -> list[tuple[str, int, str]]:
    """The strip above the map: label, count, address."""
    return [
        ("未结束事件", command.incidents(look.viewer).count(), "#incidents"), ("待应答求援", command.calls(look.viewer).filter(state="called").count(), "#calls"),
        ("未办结线索", clues.capped_count(clues.open_clues(look.viewer)), reverse("desk:clues")), ("空天地待办", sightings.open_sightings(look.viewer).count(), reverse("desk:sightings")),
        ("断面预警", basin.warnings(look.viewer).filter(state__in=basin.OPEN_WARNINGS).count(), reverse("desk:basin")),
    ]


@desk
def live(request: HttpRequest, look: Look) -> HttpResponse:
    """The layers asked for (``?layers=sources,tasks``; all when left out) as GeoJSON, with the moment they were read."""
    asked = [name for name in request.GET.get("layers", "").split(",") if name] or list(LAYERS)
    unknown = [name for name in asked if name not in LAYERS]
    if unknown:
        raise BadInput(f"没有图层 {'、'.join(unknown[:3])}；可用：{'、'.join(LAYERS)}")
    told = {name: collection(LAYERS[name].features(look)) for name in asked}
    answer = JsonResponse({"at": int(look.at.timestamp()), "layers": told}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    answer["Cache-Control"] = "no-store"
    return answer


@desk
def ground(request: HttpRequest, look: Look) -> HttpResponse:
    """The bundled shapes below everything: divisions of the viewer, and the rivers that are registered."""
    from qingyuan.records.registry import sections

    rows = [
        {"type": "Feature", "geometry": row.boundary, "properties": {"name": row.name, "level": row.level, "code": row.code}} for row in shapes_of(look.viewer) if row.boundary
    ]
    here = {row.code: row for row in sections.rivers(look.viewer)}
    lines = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[row.lon, row.lat], [here[row.downstream].lon, here[row.downstream].lat]]}, "properties": {"name": row.river_name}}
        for row in here.values() if row.downstream in here
    ]
    return JsonResponse({"divisions": collection(rows), "rivers": collection(lines)}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@desk
def point_page(request: HttpRequest, look: Look) -> HttpResponse:
    """What holds at a point: division, areas, the access list of its control unit, what lies near; also as a part for the map."""
    lon, lat = number_of(request, "lon"), number_of(request, "lat")
    found = places.around(look.viewer, lon, lat, look.today)
    wide = 0.05
    near = registry.facilities(look.viewer).filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - wide, lat + wide))[:200]
    from qingyuan.records.reports.sightings_in import kilometres

    rows = sorted(((kilometres(lon, lat, row.lon, row.lat), row) for row in near), key=lambda one: one[0])[:8]
    context = {"found": found, "lon": lon, "lat": lat, "near": rows, "at": look.at, "is_part": bool(request.htmx) or request.GET.get("part") == "1"}
    return render(request, "desk/_command_point.html" if context["is_part"] else "desk/command_point.html", context)


def number_of(request: HttpRequest, name: str) -> float:
    try:
        return float(request.GET.get(name, ""))
    except ValueError:
        raise BadInput(f"{'经度' if name == 'lon' else '纬度'}应为数字，如 {'104.0500' if name == 'lon' else '36.6000'}", field=name) from None


@require_POST
@desk
def open_incident(request: HttpRequest, look: Look) -> HttpResponse:
    form = forms_of.Open(request.POST, auto_id="open-%s")
    if settle(request, form, lambda given: command.open_incident(by=look.viewer, at=look.at, **given), "登记事件"):
        return redirect(reverse("desk:command") + "#incidents")
    return show(request, look, {"open": form}, 400)


@require_POST
@desk
def call_for_support(request: HttpRequest, look: Look) -> HttpResponse:
    form = forms_of.Call(request.POST, auto_id="call-%s")
    if settle(request, form, lambda given: command.call_for_support(by=look.viewer, at=look.at, **given), "登记求援"):
        return redirect(reverse("desk:command") + "#calls")
    return show(request, look, {"call": form}, 400)


@require_POST
@desk
def call_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Answer a call, arrive, close it with its result."""
    row = command.call(look.viewer, number)
    if step not in SUPPORT.steps:
        raise BadInput("没有这一步：请刷新页面后办理")
    command.step_call(row, step, by=look.viewer, at=look.at, why=request.POST.get("why", ""))
    messages.success(request, f"已{SUPPORT.steps[step].label}：{row.need}")
    return redirect(reverse("desk:command") + "#calls")


# -- one incident -----------------------------------------------------------------------------------------------------------


@desk
def incident_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_incident(request, look, command.incident(look.viewer, number))


def show_incident(request: HttpRequest, look: Look, row: Incident, bound: dict[str, Any] | None = None, code: int = 200) -> HttpResponse:
    """One incident: its log, who leads, what may be done, what lies around it."""
    built = {"assign": forms_of.Lead(viewer=look.viewer, auto_id="assign-%s"), "log": forms_of.Log(auto_id="log-%s"), "close": forms_of.End(auto_id="close-%s")} | (bound or {})
    offers = [Offer(step.name, step.label, step.article, role_reasons(step, look.viewer), built[step.name], built[step.name].is_bound) for step in INCIDENT.open_steps(row.state)]
    context = {"row": row, "entries": row.entries.select_related("by"), "offers": offers, "history": trail(f"incident:{row.pk}"), "at": look.at, "today": look.today, "around": json.dumps([row.lon, row.lat])}
    return render(request, "desk/incident.html", context, status=code)


@require_POST
@desk
def incident_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row = command.incident(look.viewer, number)
    makes = {"assign": lambda: forms_of.Lead(request.POST, viewer=look.viewer, auto_id="assign-%s"), "log": lambda: forms_of.Log(request.POST, auto_id="log-%s"), "close": lambda: forms_of.End(request.POST, auto_id="close-%s")}
    acts = {"assign": command.assign, "log": command.write_log, "close": command.close_incident}
    if step not in makes:
        raise BadInput("没有这一步：请刷新页面后办理")
    form = makes[step]()
    if settle(request, form, lambda given: acts[step](row, by=look.viewer, at=look.at, **given), INCIDENT.steps[step].label):
        return redirect("desk:incident", number=row.number)
    return show_incident(request, look, row, {step: form}, 400)


