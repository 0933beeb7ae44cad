"""Basin and quality: classes against targets, a section's warning and its tracing, hand-outs, projects with their money, air, sources, villages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import reporting
from qingyuan.records.registry import places, quality, sections
from qingyuan.records.reports import basin
from qingyuan.records.reports.models import Handout, Project, SectionWarning
from qingyuan.records.reports.states import HANDOUT, PROJECT, WARNING
from qingyuan.records.reports.stepping import why_not

from . import basin_forms as forms_of
from . import names
from .draws import settle
from .frame import Look, desk
from .paging import page_by_code, page_by_due
from .step_forms import Empty
from .steps import Offer

PERIODS = {"3": "近三天", "30": "近三十天", "month": "本月", "year": "今年"}
SIZE = 30


def began_of(period: str, at: dt.datetime) -> dt.datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        return midnight.replace(day=1)
    if period == "year":
        return midnight.replace(month=1, day=1)
    return midnight - dt.timedelta(days=int(period) - 1 if period.isdigit() else 2)


@desk
def basin_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Sections against their targets, open warnings, the air, what is handed out; every figure with its age and its share of valid data."""
    period = request.GET.get("period", "30")
    period = period if period in PERIODS else "30"
    since = began_of(period, look.at)
    rows = sections.assess(look.viewer, since, look.at)
    context = {
        "rows": rows, "period": period, "periods": PERIODS.items(), "figures": sections.section_figures(rows), "air": quality.air_figures(look.viewer, since.date(), look.today + dt.timedelta(days=1)),
        "stations": quality.latest_air(look.viewer, look.at)[:50], "warnings": basin.warnings(look.viewer).filter(state__in=basin.OPEN_WARNINGS)[:50], "ledger": basin.ledger(look.viewer, look.today),
        "handouts": basin.handouts(look.viewer).exclude(state__in=HANDOUT.final)[:20], "at": look.at, "today": look.today, "since": since,
    }
    return render(request, "desk/basin.html", context)


@require_POST
@desk
def check_sections(request: HttpRequest, look: Look) -> HttpResponse:
    """Look at the sections' newest readings now."""
    found = basin.find_warnings(sections.sections(look.viewer), look.at, by=look.viewer)
    messages.success(request, f"已检查：新增断面预警 {len(found)} 条")
    return redirect("desk:basin")


@desk
def section_page(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """One section: its class by period, its factors, its warnings, its newest readings."""
    place = sections.section(look.viewer, code)
    told = [(label, sections.assess(look.viewer, began_of(period, look.at), look.at, only=[place])[0]) for period, label in PERIODS.items()]
    context = {
        "place": place, "told": told, "factors": told[1][1].factors, "assessed": told[1][1], "readings": sections.readings_of(look.viewer, place)[:60], "warnings": basin.warnings(look.viewer).filter(place=place).order_by("-began")[:20], "at": look.at,
        "today": look.today,
    }
    return render(request, "desk/section.html", context)


# -- a warning ----------------------------------------------------------------------------------------------------------------


@desk
def warning_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_warning(request, look, basin.warning(look.viewer, number))


def warning_forms(row: SectionWarning, look: Look, step: str = "", data: Any = None) -> dict[str, forms.Form]:
    proposed = {"title": f"{row.place}{names.factor_name(row.factor)}异常排查", "problem": f"{row.place} {row.began:%Y-%m-%d %H:%M} 起{row.reason}，最差值 {row.value:g}。", "demand": "排查上游排放口，查明原因并报告。"}
    first = [one["name"] for one in row.candidates[:3]]
    if first:
        proposed["demand"] = f"先排查：{'、'.join(first)}；查明原因并报告。候选只是先查哪里，不是认定。"

    def make(kind: type[forms.Form], name: str, **more: Any) -> forms.Form:
        return kind(data, auto_id=f"{name}-%s", **{key: value for key, value in more.items() if key != "initial"}) if name == step else kind(auto_id=f"{name}-%s", **more)

    return {"confirm": make(forms_of.Confirm, "confirm"), "exclude": make(forms_of.Why, "exclude"), "trace": make(Empty, "trace"), "hand_out": make(forms_of.HandOut, "hand_out", viewer=look.viewer, initial=proposed), "close": make(forms_of.Why, "close")}


def show_warning(request: HttpRequest, look: Look, row: SectionWarning, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    """One warning: why, what it might be instead, the ranked outlets with their reasons, what was handed out."""
    built = warning_forms(row, look) | (bound or {})
    offers = [Offer(step.name, step.label, step.article, why_not(row, WARNING, step.name, look.viewer), built[step.name], built[step.name].is_bound) for step in WARNING.open_steps(row.state)]
    context = {
        "row": row, "offers": offers, "history": basin.history(row), "handouts": row.handouts.select_related("division"), "today": look.today, "at": look.at, "class_name": sections.class_name(row.quality_class), "target": sections.class_name(row.target_class),
        "clue_reasons": why_no_clue(row, look),
    }
    return render(request, "desk/warning.html", context, status=code)


@require_POST
@desk
def warning_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row = basin.warning(look.viewer, number)
    built = warning_forms(row, look, step, request.POST)
    if step not in built:
        raise BadInput("没有这一步：请刷新页面后办理")
    who = {"by": look.viewer, "at": look.at}

    def act(given: dict[str, Any]) -> object:
        if step == "hand_out":
            return basin.hand_out(warning=row, **given, **who)
        return getattr(basin, step)(row, **given, **who)

    if settle(request, built[step], act, WARNING.steps[step].label):
        return redirect("desk:warning", number=row.number)
    return show_warning(request, look, row, {step: built[step]}, 400)


def why_no_clue(row: SectionWarning, look: Look) -> list[str]:
    """Why no clue can be opened from a warning now."""
    if row.clue_number:
        return [f"已转为线索 {row.clue_number}"]
    if row.state in ("found", "excluded"):
        return ["先复核确认，再转为线索"]
    return [] if look.viewer.has_role("inspector", "analyst") else ["转为线索由执法、研判人员办理"]


@require_POST
@desk
def warning_clue(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """Open a clue from a confirmed warning: it says the water is bad, not who made it so; the candidates go with it as a paper."""
    row = basin.warning(look.viewer, number)
    reasons = why_no_clue(row, look)
    if reasons:
        raise NotAllowed(reasons)
    name, target = names.factor_name(row.factor), sections.limit_of(row.factor, row.target_class, look.today, is_lake=row.place.is_lake)
    facts = {"section": row.place.name, "factor": name, "measured": row.value, "target": target if target is not None else row.usual or row.value}
    paper = json.dumps({"warning": row.number, "reason": row.reason, "candidates": row.candidates, "caution": "候选只是先查哪里，不是认定"}, ensure_ascii=False, indent=1).encode()
    with transaction.atomic():
        clue = reporting.register_clue(
            source="section", title=f"{row.place}{name}{row.reason}"[:160], severity="orange", facts=facts, began=row.began, ended=row.ended, by=look.viewer, at=look.at, division=row.division,
            place=f"{row.place}（{row.place.river_name}）", papers=[(f"{row.number}溯源结果.json", paper)],
        )
        basin.hand_to_clue(row, clue_number=clue.number, by=look.viewer, at=look.at)
    messages.success(request, f"已转为线索 {clue.number}")
    return redirect("desk:clue", number=clue.number)


# -- hand-outs, projects --------------------------------------------------------------------------------------------------------


@desk
def handout_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_handout(request, look, basin.handout(look.viewer, number))


def show_handout(request: HttpRequest, look: Look, row: Handout, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    built = {step.name: forms_of.Why(auto_id=f"{step.name}-%s") if step.name != "accept" else Empty() for step in HANDOUT.steps.values()} | (bound or {})
    offers = [Offer(step.name, step.label, step.article, why_not(row, HANDOUT, step.name, look.viewer), built[step.name], built[step.name].is_bound) for step in HANDOUT.open_steps(row.state)]
    form = built.get("project") or forms_of.OpenProject(viewer=look.viewer, initial={"to": row.division_id, "owner": f"{row.division}人民政府", "code": f"{row.number}-1"}, auto_id="project-%s")
    context = {"row": row, "offers": offers, "history": basin.history(row), "projects": basin.projects(look.viewer).filter(handout=row), "form": form, "today": look.today, "at": look.at}
    return render(request, "desk/handout.html", context, status=code)


@require_POST
@desk
def handout_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row, who = basin.handout(look.viewer, number), {"by": look.viewer, "at": look.at}
    form: forms.Form
    if step == "project":
        form = forms_of.OpenProject(request.POST, viewer=look.viewer, auto_id="project-%s")
        done = settle(request, form, lambda given: basin.open_project(handout=row, **given, **who), "登记项目")
    elif step in HANDOUT.steps:
        form = Empty(request.POST) if step == "accept" else forms_of.Why(request.POST, auto_id=f"{step}-%s")
        done = settle(request, form, lambda given: basin.step_handout(row, step, **given, **who), HANDOUT.steps[step].label)
    else:
        raise BadInput("没有这一步：请刷新页面后办理")
    return redirect("desk:handout", number=row.number) if done else show_handout(request, look, row, {step: form}, 400)


@desk
def project_list(request: HttpRequest, look: Look) -> HttpResponse:
    """The ledger of projects and money, the soonest due first."""
    state = request.GET.get("state", "open")
    rows = basin.projects(look.viewer)
    rows = rows.filter(state__in=basin.OPEN_PROJECTS) if state == "open" else rows.filter(state=state) if state else rows
    context = {"page": page_by_due(rows, request.GET.get("after", ""), SIZE), "state": state, "states": [("open", "未完成"), *PROJECT.states.items()], "ledger": basin.ledger(look.viewer, look.today), "today": look.today, "at": look.at}
    return render(request, "desk/projects.html", context)


@desk
def project_page(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    return show_project(request, look, basin.project(look.viewer, code))


def show_project(request: HttpRequest, look: Look, row: Project, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    built = {step: forms_of.Step(auto_id=f"{step}-%s", initial={"progress": row.progress}) for step in PROJECT.steps} | (bound or {})
    offers = [Offer(step.name, step.label, step.article, why_not(row, PROJECT, step.name, look.viewer), built[step.name], built[step.name].is_bound) for step in PROJECT.open_steps(row.state)]
    money = list(basin.money_of(look.viewer, row))
    context = {
        "row": row, "offers": offers, "money": money, "form": built.get("money") or forms_of.Money(initial={"on": look.today}, auto_id="money-%s"), "history": basin.history(row), "today": look.today, "at": look.at,
        "granted": sum(one.amount_fen for one in money if one.kind == "granted"), "paid": sum(one.amount_fen for one in money if one.kind == "paid"),
    }
    return render(request, "desk/project.html", context, status=code)


@require_POST
@desk
def project_step(request: HttpRequest, look: Look, code: str, step: str) -> HttpResponse:
    row, who = basin.project(look.viewer, code), {"by": look.viewer, "at": look.at}
    form: forms.Form
    if step == "money":
        form = forms_of.Money(request.POST, auto_id="money-%s")
        done = settle(request, form, lambda given: basin.add_money(row, **given, **who), "登记资金")
    elif step in PROJECT.steps:
        form = forms_of.Step(request.POST, auto_id=f"{step}-%s")
        done = settle(request, form, lambda given: basin.step_project(row, step, **given, **who), PROJECT.steps[step].label)
    else:
        raise BadInput("没有这一步：请刷新页面后办理")
    return redirect("desk:project", code=row.code) if done else show_project(request, look, row, {step: form}, 400)


@desk
def source_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Sources of drinking water with the configurable rates, rural sources by county, villages."""
    page = page_by_code(places.water_sources(look.viewer), request.GET.get("after", ""), SIZE)
    met = quality.met_by_source(list(page.rows))
    keys = quality.indicators()
    surveys = basin.villages(look.viewer)
    context = {
        "page": page, "lines": [(row, [(label, met.get(row.pk, {}).get(key)) for key, label in keys.items()]) for row in page.rows], "indicators": keys.values(), "rates": quality.source_rates(look.viewer, look.at), "scheme": quality.scheme(),
        "rural": places.rural_tally(look.viewer), "villages": surveys[:60], "village_figures": basin.village_figures(surveys, look.at), "at": look.at, "today": look.today,
    }
    return render(request, "desk/sources.html", context)
