"""Clues: the list with its filters, one clue with its chart and working, and what an officer does with it."""

from __future__ import annotations

import datetime as dt
import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.cases import queries as case_queries
from qingyuan.records.clues import actions, queries
from qingyuan.records.clues.models import Clue, ClueFinding
from qingyuan.records.clues.states import CLUE, SEVERITIES
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch import queries as dispatched

from . import clue_forms, names
from .frame import Look, desk
from .paging import page_by_due
from .places import divisions_of
from .steps import offers

SIZE = 25


@desk
def clue_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Clues of the viewer's division, most urgent first; filters live in the address and work without scripts."""
    chosen = {name: request.GET.get(name, "") for name in ("state", "severity", "division", "words", "rule")}
    if "state" not in request.GET:
        chosen["state"] = "open"
    rows = queries.filtered(look.viewer, **chosen)
    page = page_by_due(rows, request.GET.get("after", ""), SIZE)
    context = {
        "page": page, "count": queries.capped_count(rows), "chosen": chosen, "today": look.today, "at": look.at,
        "states": [("open", "未办结"), *CLUE.states.items()], "severities": SEVERITIES.items(),
        "divisions": divisions_of(look.viewer), "rules": names.rule_names(),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_clue_table.html" if part else "desk/clues.html", context)


@desk
def clue_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show(request, look, queries.clue(look.viewer, number))


def show(request: HttpRequest, look: Look, clue: Clue, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One clue: what was measured against what is allowed, what is missing, what may be done now."""
    findings = list(clue.findings.all()[:200])
    built = clue_forms.build(clue, look.viewer, look.today) | (bound or {})
    context = {
        "clue": clue, "findings": findings, "last": findings[-1] if findings else None, "spoke": last_of_each_rule(findings), "today": look.today, "at": look.at,
        "offers": offers(CLUE, clue.state, look.viewer, built), "history": queries.history(look.viewer, clue),
        "tasks": dispatched.assignments_of(look.viewer, clue=clue), "factor_name": names.factor_name(clue.factor),
        "chart": chart_of(clue, findings), "cases": case_queries.cases_of(look.viewer, clue=clue),
    }
    return render(request, "desk/clue.html", context, status=code)


def last_of_each_rule(findings: list[ClueFinding]) -> list[ClueFinding]:
    """The newest finding of every rule that speaks in this clue, in the order in which the rules first spoke."""
    newest: dict[str, ClueFinding] = {}
    for finding in findings:
        newest[finding.rule] = finding
    return list(newest.values())


def chart_of(clue: Clue, findings: list[ClueFinding]) -> dict[str, object] | None:
    """Which series the chart of a clue shows: a margin of twice its length, at least a day, on both sides."""
    if not clue.outlet_code or not clue.factor:
        return None
    margin = max(dt.timedelta(days=1), min((clue.ended - clue.began) * 2, dt.timedelta(days=7)))
    spans: list[list[float]] = []
    for began, ended in sorted((finding.began.timestamp(), finding.ended.timestamp()) for finding in findings):
        if spans and began <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], ended)
        else:
            spans.append([began, ended])
    return {
        "outlet": clue.outlet_code, "factor": clue.factor, "kind": "hour", "began": clue.began - margin, "ended": clue.ended + margin,
        "marks": json.dumps(spans),
    }


@require_POST
@desk
def clue_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Take one step; a form that cannot be read comes back with its words, a step out of order with its reasons."""
    clue = queries.clue(look.viewer, number)
    form = clue_forms.bind(step, clue, look.viewer, look.today, request.POST)
    if form is None:
        raise BadInput("线索没有这一步")
    if not form.is_valid():
        return show(request, look, clue, {step: form}, 400)
    try:
        told = take(clue, step, form.cleaned_data, look)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, clue, {step: form}, 400)
    messages.success(request, told)
    return redirect("desk:clue", number=clue.number)


def take(clue: Clue, step: str, given: dict, look: Look) -> str:
    """Hand the cleaned form to the action of the same name; returns what to tell the officer."""
    who = {"by": look.viewer, "at": look.at}
    if step == "verify":
        task = dispatch.assign(clue=clue, inspectors=list(given["inspectors"]), due_on=given.get("due_on"), **who)
        return f"已派发核实任务 {task.number}，应于 {task.due_on:%Y-%m-%d} 前完成"
    if step == "merge":
        given = {"into": queries.clue(look.viewer, given["into"]), "why": given["why"]}
    getattr(actions, step)(clue, **given, **who)
    return f"已{CLUE.steps[step].label}：线索 {clue.number} 现为“{clue.get_state_display()}”"
