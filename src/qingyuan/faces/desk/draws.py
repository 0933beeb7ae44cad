"""Plans and random draws: quotas and cap, commit → public value → result → verification bundle."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.dispatch import door, draws, gate, plan_queries, plans
from qingyuan.records.dispatch.models import Draw, DrawnItem, InspectionPlan
from qingyuan.records.dispatch.plan_states import DRAW, PLAN
from qingyuan.records.registry.events import trail

from . import draws_forms as forms_of
from .frame import Look, desk
from .step_forms import Empty
from .steps import Offer, role_reasons

Act = Callable[[dict[str, Any]], object]


def settle(request: HttpRequest, form: forms.Form, act: Act, done: str) -> bool:
    """Read the form and act; what the action finds wrong with a field is shown there.  True when it was done."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    messages.success(request, f"已办理：{done}")
    return True


# -- plans ----------------------------------------------------------------------------------------------------------------


@desk
def plan_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Yearly plans of the viewer's division, the results that wait for publication, and the form for a new plan."""
    form = forms_of.DrawUp(request.POST or None, initial={"year": look.today.year, "frequency_cap": plans.default_cap(look.today)})
    if request.method == "POST" and settle(request, form, lambda given: plans.draw_up(by=look.viewer, on=look.today, at=look.at, **given), "拟订计划"):
        return redirect("desk:plans")
    context = {
        "plans": plan_queries.plans(look.viewer), "draws": plan_queries.draws(look.viewer)[:20], "form": form, "today": look.today,
        "unpublished": plan_queries.unpublished(look.viewer, look.today), "may_draw_up": look.viewer.has_role("inspector", "analyst", "leader"),
    }
    return render(request, "desk/plans.html", context, status=400 if form.errors else 200)


@desk
def plan_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_plan(request, look, plan_queries.plan(look.viewer, number))


def show_plan(request: HttpRequest, look: Look, plan: InspectionPlan, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One plan: quotas with their sums, cap, draws."""
    context = {
        "plan": plan, "offers": plan_offers(plan, look, bound or {}), "draws": plan_queries.draws(look.viewer, under=plan), "today": look.today,
        "history": trail(f"plan:{plan.pk}"), "period": draws.period_of(look.today),
    }
    return render(request, "desk/plan.html", context, status=code)


def plan_offers(plan: InspectionPlan, look: Look, bound: dict) -> list[Offer]:
    rows = [
        Offer(step.name, step.label, step.article, plans.why_not(plan, step.name, look.viewer), bound.get(step.name) or Empty(), step.name in bound)
        for step in PLAN.open_steps(plan.state)
    ]
    reasons = draws.why_no_commitment(plan, look.viewer, look.today)
    again = plan_queries.draws(look.viewer, under=plan).filter(period=draws.period_of(look.today)).exists()
    form = bound.get("commit") or (forms_of.Redraw if again else forms_of.Commit)()
    label = "重抽：重新承诺抽取池" if again else f"{draws.period_of(look.today)} 抽取：承诺抽取池并封存"
    return [*rows, Offer("commit", label, "先承诺后取种子", reasons, form, "commit" in bound)]


@require_POST
@desk
def plan_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Approve, publish, or commit a draw."""
    plan, who = plan_queries.plan(look.viewer, number), {"by": look.viewer, "on": look.today, "at": look.at}
    acts = {"approve": plans.approve, "publish": plans.publish, "commit": draws.commit_draw}
    if step not in acts:
        raise BadInput("没有这一步：请刷新页面后办理")
    offer = next((row for row in plan_offers(plan, look, {}) if row.name == step), None)
    form = type(offer.form)(request.POST) if offer else Empty(request.POST)
    if settle(request, form, lambda given: acts[step](plan, **who, **given), offer.label if offer else step):
        latest = plan_queries.draws(look.viewer, under=plan).first()
        return redirect("desk:draw", pk=latest.pk) if step == "commit" and latest else redirect("desk:plan", number=plan.number)
    return show_plan(request, look, plan, {step: form}, 400)


# -- draws ----------------------------------------------------------------------------------------------------------------


@desk
def draw_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    return show_draw(request, look, plan_queries.draw(look.viewer, pk))


def show_draw(request: HttpRequest, look: Look, draw: Draw, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """The draw desk: what is sealed, what is still secret, what came out."""
    reason = plan_queries.why_no_bundle(look.viewer, draw)
    items = list(plan_queries.drawn_items(look.viewer, draw))
    context = {
        "draw": draw, "source": door.source_name(draw.commitment), "pool": plan_queries.pool_summary(draw), "offers": draw_offers(draw, look, bound or {}),
        "items": [(item, item_offers(item, look, bound or {}), draws.publication_due(item)) for item in items], "hidden": draw.items.count() - len(items),
        "no_bundle": reason, "problems": None if reason else plan_queries.bundle_problems(look.viewer, draw), "history": trail(f"draw:{draw.pk}"),
        "today": look.today, "officers": len(draw.commitment["officers"]), "earliest": draw.commitment["beacon"]["earliest"],
    }
    return render(request, "desk/draw.html", context, status=code)


def draw_offers(draw: Draw, look: Look, bound: dict) -> list[Offer]:
    source = door.beacon_sources()[draw.commitment["beacon"]["source"]]
    rows = []
    if draw.state == "committed":
        step = DRAW.steps["run"]
        form = bound.get("run") or forms_of.Run(source=source)
        rows.append(Offer("run", step.label, step.article, draws.why_no_run(draw, look.viewer), form, "run" in bound))
    if draw.state == "drawn":
        step = DRAW.steps["publish"]
        waiting = draw.items.exclude(result="").filter(published_on=None).exists()
        reasons = role_reasons(step, look.viewer) + (() if waiting else ("还没有可以公开的检查结果",))
        rows.append(Offer("publish", step.label, "二十个工作日内", reasons, Empty()))
    return rows


def item_offers(item: DrawnItem, look: Look, bound: dict) -> list[Offer]:
    """What may be done with one drawn object: send the people drawn for it, write the result."""
    if item.result or item.draw.state != "drawn":
        return []
    task, rows = item.assignment, []
    if (task is None or task.state == "cancelled") and look.viewer.pk == item.draw.drawn_by_id:
        rows.append(Offer("send", "派发检查任务", "行政处罚法第42条", (), bound.get(f"send-{item.order}") or send_form(item, look), f"send-{item.order}" in bound))
    if task is None or task.state != "started":
        visited = task is not None and task.state == "finished"
        key = f"result-{item.order}"
        rows.append(Offer("result", "填写检查结果" if visited else "无需现场检查的结果", "", (), bound.get(key) or forms_of.Result(visited=visited), key in bound))
    return rows


def send_form(item: DrawnItem, look: Look, given: Any = None) -> forms_of.Send:
    """The items to be looked at, and, when other visits are near in time, why they are not merged."""
    return forms_of.Send(given, near=gate.near_visits(item.facility, look.today, look.viewer), on=look.today, auto_id=f"send-{item.order}-%s")


@require_POST
@desk
def draw_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Enter the public value and draw, or publish results."""
    draw = plan_queries.draw(look.viewer, pk)
    if step == "run":
        form: forms.Form = forms_of.Run(request.POST, source=door.beacon_sources()[draw.commitment["beacon"]["source"]])
        done = settle(request, form, lambda given: draws.run_draw(draw, by=look.viewer, at=look.at, **given), "抽取")
    elif step == "publish":
        form = Empty(request.POST)
        done = settle(request, form, lambda given: draws.publish_results(draw, by=look.viewer, on=look.today, at=look.at), "公开抽查结果")
    else:
        raise BadInput("没有这一步：请刷新页面后办理")
    return redirect("desk:draw", pk=pk) if done else show_draw(request, look, draw, {step: form}, 400)


@require_POST
@desk
def item_step(request: HttpRequest, look: Look, pk: int, order: int, step: str) -> HttpResponse:
    """Send the people drawn, or write down what came of it."""
    draw = plan_queries.draw(look.viewer, pk)
    item = plan_queries.drawn_item(look.viewer, draw, order)
    if step == "send":
        sending = send_form(item, look, request.POST)
        if not settle(request, sending, lambda given: draws.send(item, by=look.viewer, at=look.at, **given), f"派发 {item.facility.name}"):
            return show_draw(request, look, draw, {f"send-{order}": sending}, 400)
    elif step == "result":
        form = forms_of.Result(request.POST, visited=item.assignment is not None and item.assignment.state == "finished")
        if not settle(request, form, lambda given: draws.record_result(item, by=look.viewer, on=look.today, at=look.at, **given), "填写检查结果"):
            return show_draw(request, look, draw, {f"result-{order}": form}, 400)
    else:
        raise BadInput("没有这一步：请刷新页面后办理")
    return redirect("desk:draw", pk=pk)


@desk
def bundle(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """The verification bundle as a file; refused while objects in it are secret."""
    draw = plan_queries.draw(look.viewer, pk)
    told = json.dumps(plan_queries.bundle(look.viewer, draw), ensure_ascii=False, indent=1, sort_keys=True)
    answer = HttpResponse(told, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="draw-{draw.plan.number}-{draw.period}-{draw.number}.json"'
    answer["Cache-Control"] = "no-store"
    return answer
