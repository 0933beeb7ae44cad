"""Agreements on joint enforcement, alerts with their checklists, key areas with their plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.clues import queries as clues
from qingyuan.records.dispatch import alerts, areas, campaigns, joint
from qingyuan.records.dispatch.alert_models import Alert, FirmMeasure
from qingyuan.records.dispatch.joint_models import Agreement
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.place_models import AREA_KINDS
from qingyuan.records.registry.scope import one

from . import joint_forms as forms_of
from .draws import settle
from .frame import Look, desk
from .places import divisions_of, shapes_of
from .step_forms import Empty
from .steps import Offer

MOST, SIZE = 200, 50


@desk
def agreement_list(request: HttpRequest, look: Look) -> HttpResponse:
    form = forms_of.Register(request.POST or None)
    if request.method == "POST" and settle(request, form, lambda given: joint.register(by=look.viewer, at=look.at, **given), "登记协议"):
        return redirect("desk:agreements")
    rows = [(row, len(joint.joint_tasks(look.viewer, row, look.today.year))) for row in joint.agreements(look.viewer)[:MOST]]
    return render(request, "desk/agreements.html", {"rows": rows, "form": form, "today": look.today}, status=400 if form.errors else 200)


@desk
def agreement_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_agreement(request, look, joint.agreement(look.viewer, number), {})


def show_agreement(request: HttpRequest, look: Look, row: Agreement, bound: dict[str, forms.Form], code: int = 200) -> HttpResponse:
    shapes = {"share": ("线索互通", forms_of.Share), "recognise": ("证据互认", forms_of.Recognise)}
    offers = [Offer(name, label, "", (), bound.get(name) or shape(parties=row.parties), name in bound) for name, (label, shape) in shapes.items()]
    context = {
        "row": row, "offers": offers, "shared": joint.shared_of(look.viewer, row)[:MOST], "recognised": joint.recognitions_of(look.viewer, row)[:MOST], "today": look.today,
        "tasks": joint.joint_tasks(look.viewer, row, look.today.year), "history": trail(f"agreement:{row.pk}"),
    }
    return render(request, "desk/agreement.html", context, status=code)


@require_POST
@desk
def agreement_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row, who = joint.agreement(look.viewer, number), {"by": look.viewer, "at": look.at}

    def share(given: dict[str, Any]) -> object:
        number, code = given.pop("clue").strip(), given.pop("facility").strip()
        clue = clues.clue(look.viewer, number) if number else None
        return joint.share_clue(row, clue=clue, facility=registry.facility(look.viewer, code) if code else None, **given, **who)

    acts = {
        "share": (forms_of.Share(request.POST, parties=row.parties), share, "线索互通"),
        "recognise": (forms_of.Recognise(request.POST, parties=row.parties), lambda given: joint.recognise(row, **given, **who), "证据互认"),
    }
    if step not in acts:
        raise BadInput("没有这一步：请刷新页面后办理")
    form, act, done = acts[step]
    return redirect("desk:agreement", number=number) if settle(request, form, act, done) else show_agreement(request, look, row, {step: form}, 400)


@require_POST
@desk
def shared_step(request: HttpRequest, look: Look, number: str, pk: int, step: str) -> HttpResponse:
    row = joint.agreement(look.viewer, number)
    joint.move_shared(one(joint.shared_of(look.viewer, row), look.viewer, through="agreement", pk=pk), step, text=request.POST.get("text", ""), by=look.viewer, at=look.at)
    return redirect("desk:agreement", number=number)


# -- alerts ---------------------------------------------------------------------------------------------------------------


@desk
def alert_list(request: HttpRequest, look: Look) -> HttpResponse:
    form = forms_of.RaiseAlert(request.POST or None, places=[look.viewer.agency.division, *shapes_of(look.viewer), *divisions_of(look.viewer)])
    if request.method == "POST" and settle(request, form, lambda given: alerts.raise_alert(by=look.viewer, at=look.at, **given), "启动响应"):
        return redirect("desk:alerts")
    return render(request, "desk/alerts.html", {"rows": alerts.alerts(look.viewer)[:MOST], "form": form, "today": look.today}, status=400 if form.errors else 200)


@desk
def alert_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_alert(request, look, alerts.alert(look.viewer, number))


def show_alert(request: HttpRequest, look: Look, row: Alert, bound: dict[int, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    told = request.GET.get("page", "1")
    page = min(int(told), 9999) if told.isdigit() and int(told) else 1
    firms = list(alerts.firms(look.viewer, row)[(page - 1) * SIZE : page * SIZE + 1])
    lines = [(firm, (bound or {}).get(firm.pk) or forms_of.CheckFirm(auto_id=f"firm-{firm.pk}-%s")) for firm in firms[:SIZE]]
    offers = [Offer("end", "解除响应", "", (), Empty())] if row.state == "active" else []
    context = {
        "row": row, "lines": lines, "offers": offers, "history": trail(f"alert:{row.pk}"), "today": look.today, "page": page, "has_more": len(firms) > SIZE,
        **alerts.tally(look.viewer, row),
    }
    return render(request, "desk/alert.html", context, status=code)


@require_POST
@desk
def alert_end(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    alerts.end(alerts.alert(look.viewer, number), by=look.viewer, at=look.at)
    return redirect("desk:alert", number=number)


@require_POST
@desk
def alert_check(request: HttpRequest, look: Look, number: str, pk: int) -> HttpResponse:
    row = alerts.alert(look.viewer, number)
    firm: FirmMeasure = one(alerts.firms(look.viewer, row), look.viewer, through="facility", pk=pk)
    form = forms_of.CheckFirm(request.POST, auto_id=f"firm-{pk}-%s")
    if settle(request, form, lambda given: alerts.check(firm, by=look.viewer, at=look.at, **given), f"核查 {firm.facility.name}"):
        return redirect("desk:alert", number=number)
    return show_alert(request, look, row, {pk: form}, 400)


# -- key areas ------------------------------------------------------------------------------------------------------------


@desk
def area_list(request: HttpRequest, look: Look) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kinds = [(key, label) for key, label in AREA_KINDS if key in areas.KINDS]
    return render(request, "desk/areas.html", {"rows": areas.standings(look.viewer, look.today, kind=kind), "kind": kind, "kinds": kinds, "today": look.today})


@desk
def area_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    return show_area(request, look, pk, {})


def show_area(request: HttpRequest, look: Look, pk: int, bound: dict[str, forms.Form], code: int = 200) -> HttpResponse:
    row = areas.area(look.viewer, pk, look.today)
    plan = areas.plan_of(row, look.today.year)
    initial = {"times": plan.times, "officer": plan.officer_id, "pack": plan.pack, "content": plan.content} if plan else {}
    offers = [
        Offer("patrol", "登记巡查", "", (), bound.get("patrol") or forms_of.Patrol(initial={"on": look.today}), "patrol" in bound),
        Offer("plan", "修改专项计划" if plan else "拟订专项计划", "", (), bound.get("plan") or forms_of.DrawUpArea(initial=initial, look=look), "plan" in bound),
    ]
    context = {
        "row": row, "plan": plan, "offers": offers, "patrols": areas.patrols(look.viewer, row)[:50], "inside": areas.inside(look.viewer, row), "history": trail(f"area:{row.pk}"),
        "points": campaigns.points_of([plan.pack], look.today) if plan and plan.pack else [], "today": look.today,
    }
    return render(request, "desk/area.html", context, status=code)


@require_POST
@desk
def area_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    row, who = areas.area(look.viewer, pk, look.today), {"by": look.viewer, "at": look.at}
    acts = {
        "patrol": (forms_of.Patrol(request.POST), lambda given: areas.patrol(row, **given, **who), "登记巡查"),
        "plan": (forms_of.DrawUpArea(request.POST, look=look), lambda given: areas.draw_up(row, year=look.today.year, **given, **who), "专项计划"),
    }
    if step not in acts:
        raise BadInput("没有这一步：请刷新页面后办理")
    form, act, done = acts[step]
    return redirect("desk:area", pk=pk) if settle(request, form, act, done) else show_area(request, look, pk, {step: form}, 400)


@desk
def area_places(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """The border and the enterprises inside, as the desk's map reads them."""
    row = areas.area(look.viewer, pk, look.today)
    points = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}, "properties": {"name": place.name, "open": 0, "note": "在本区域内", "url": f"/facilities/{place.code}/"}}
        for place in areas.inside(look.viewer, row)
    ]
    border = {"type": "Feature", "geometry": row.geometry, "properties": {"name": row.name, "level": "county", "code": row.code}}
    return JsonResponse({"places": {"type": "FeatureCollection", "features": points}, "divisions": {"type": "FeatureCollection", "features": [border]}})
