"""The gate before a visit: choose the place, see what stands in the way, merge what can be merged, then send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.dispatch import gate, queries, sending, visit_queries
from qingyuan.records.dispatch.states import BASES, MODES
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Facility

from .frame import Look, desk
from .gate_forms import Outside, SendOut

MOST = 20  # places shown for a search


@desk
def gate_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Without a place: the search; with one: everything the gate looks at, and the form."""
    code, words = request.GET.get("facility", ""), request.GET.get("words", "").strip()
    if code:
        return show(request, look, registry.facility(look.viewer, code))
    found = registry.facilities(look.viewer)
    found = (found.filter(name__icontains=words) | found.filter(code__icontains=words))[: MOST + 1] if words else []
    context = {"words": words, "found": list(found)[:MOST], "is_cut": len(found) > MOST, "outside": visit_queries.outside_visits(look.viewer, look.today)[:MOST], "today": look.today}
    return render(request, "desk/gate.html", context)


def show(request: HttpRequest, look: Look, place: Facility, form: SendOut | None = None, outside: Outside | None = None, code: int = 200, reasons: tuple[str, ...] = ()) -> HttpResponse:
    near = gate.near_visits(place, look.today, look.viewer)
    given = request.POST if form is not None else request.GET
    basis = given.get("basis", "")
    basis = basis if basis in BASES else "campaign"
    mode = given.get("mode", "") if given.get("mode", "") in MODES else "ordinary"
    lines = gate.lines(facility=place, basis=basis, on=look.today, viewer=look.viewer, near=near)
    initial = {"basis": request.GET.get("basis", ""), "reason": request.GET.get("reason", ""), "mode": mode, "campaign": request.GET.get("campaign", ""), "round": request.GET.get("round", "")}
    context = {
        "place": place, "near": near, "lines": [line for line in lines if line.name != "items"], "basis_label": BASES[basis], "today": look.today, "reasons": reasons,
        "form": form or SendOut(initial=initial, place=place, look=look, near=near, mode=mode), "outside_form": outside or Outside(auto_id="outside-%s"),
        "recent": visit_queries.recent_visits(look.viewer, place, look.today), "may_send": look.viewer.has_role(*sending.PLANNERS),
    }
    return render(request, "desk/gate_place.html", context, status=code)


@require_POST
@desk
def send(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """Issue the task; a refusal comes back on the form with everything that was typed."""
    place = registry.facility(look.viewer, code)
    near = gate.near_visits(place, look.today, look.viewer)
    form = SendOut(request.POST, place=place, look=look, near=near, mode=request.POST.get("mode", "ordinary"))
    if not form.is_valid():
        return show(request, look, place, form, code=400)
    try:
        task = sending.send_out(facility=place, by=look.viewer, at=look.at, **cleaned(form, look))
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, place, form, code=400)
    except NotAllowed as refusal:
        return show(request, look, place, form, code=409, reasons=refusal.reasons)
    messages.success(request, f"已派发 {task.number}：{place.name}，应于 {task.due_on:%Y-%m-%d} 前完成")
    return redirect("desk:task", number=task.number)


def cleaned(form: forms.Form, look: Look) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["inspectors"] = list(given["inspectors"])
    chosen = [int(key) for key in given.pop("merge", [])]
    given["merge"] = list(visit_queries.outside_visits(look.viewer, look.today).filter(pk__in=chosen)) if chosen else []
    return given


@require_POST
@desk
def note_outside(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """Write down another department's plan for this place."""
    place = registry.facility(look.viewer, code)
    form = Outside(request.POST, auto_id="outside-%s")
    if form.is_valid():
        try:
            sending.note_outside(facility=place, by=look.viewer, at=look.at, **form.cleaned_data)
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已登记，派发时可以合并")
            return redirect(f"{reverse('desk:gate')}?facility={place.code}")
    return show(request, look, place, outside=form, code=400)


@require_POST
@desk
def merge(request: HttpRequest, look: Look, number: str, pk: int) -> HttpResponse:
    """Take another department along on a task that is already out."""
    task, row = queries.assignment(look.viewer, number), visit_queries.outside_visit(look.viewer, pk)
    sending.merge_outside(row, into=task, by=look.viewer, at=look.at)
    messages.success(request, f"{row.department}的检查已并入 {task.number}")
    return redirect("desk:task", number=number)
