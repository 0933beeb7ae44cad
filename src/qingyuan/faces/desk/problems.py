"""The ledger of problems and the notices to governments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.dispatch import campaign_queries as queries
from qingyuan.records.dispatch import notices, problems
from qingyuan.records.dispatch.campaign_models import Problem, SupervisionNotice
from qingyuan.records.dispatch.campaign_states import GRAVITIES, NOTICE, PROBLEM, PROBLEM_STATES
from qingyuan.records.docket import queries as docket
from qingyuan.records.registry.events import trail

from . import campaign_forms as forms_of
from .draws import settle
from .frame import Look, desk
from .paging import page_by_due
from .places import divisions_of, shapes_of
from .step_forms import Empty
from .steps import Offer

SIZE = 30
SHAPES: dict[str, type[forms.Form]] = {
    "hand_over": forms_of.HandOver, "drop": forms_of.Because, "rectify": forms_of.Rectify, "close": forms_of.Because, "send_back": forms_of.SendBack,
}  # fmt: skip
ACTS = {"hand_over": problems.hand_over, "drop": problems.drop, "rectify": problems.rectify, "close": problems.close, "send_back": problems.send_back}


@desk
def problem_list(request: HttpRequest, look: Look) -> HttpResponse:
    """The ledger: soonest due first; what is not handed over yet counts from the day it was found."""
    state, gravity, words = request.GET.get("state", "open"), request.GET.get("gravity", ""), request.GET.get("words", "").strip()
    rows = queries.open_problems(look.viewer) if state == "open" else queries.problems(look.viewer)
    rows = rows.filter(state=state) if state in PROBLEM_STATES else rows
    rows = rows.filter(gravity=gravity) if gravity in GRAVITIES else rows
    rows = rows.filter(place__icontains=words) if words else rows
    page = page_by_due(rows, request.GET.get("after", ""), SIZE, column="due")
    everything = queries.open_problems(look.viewer)
    context = {
        "page": page, "state": state, "gravity": gravity, "words": words, "today": look.today, "states": [("open", "未销号"), *PROBLEM_STATES.items()],
        "gravities": GRAVITIES.items(), "late": everything.filter(state="handed", due_on__lt=look.today).count(), "waiting": everything.filter(state="found").count(),
        "unchecked": everything.filter(state="rectified").count(), "labels": {key: entry["label"] for key, entry in problems.dictionary(look.today).items()},
    }
    return render(request, "desk/problems.html", context)


@desk
def problem_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show(request, look, queries.problem(look.viewer, number))


def show(request: HttpRequest, look: Look, row: Problem, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    context = {
        "row": row, "label": problems.dictionary(look.today).get(row.kind, {}).get("label", row.kind), "offers": offers(row, look, bound or {}), "today": look.today,
        "evidence": docket.evidence_of(look.viewer, row.docket) if row.docket else [], "history": trail(f"problem:{row.pk}"),
    }
    return render(request, "desk/problem.html", context, status=code)


def offers(row: Problem, look: Look, bound: dict[str, forms.Form]) -> list[Offer]:
    found = [
        Offer(step.name, step.label, step.article, problems.why_not(row, step.name, look.viewer), bound.get(step.name) or SHAPES[step.name](), step.name in bound)
        for step in PROBLEM.open_steps(row.state)
    ]
    if row.state not in PROBLEM.final:
        found.insert(0, Offer("proof", "收入佐证材料", "行政处罚法第46条", (), bound.get("proof") or forms_of.Proof(), "proof" in bound))
    if row.facility is not None and row.clue is None and row.state != "dropped":
        found.append(Offer("to_clue", "转为线索（涉嫌违法）", "令30第18条", (), Empty()))
    if row.state != "dropped":
        found.append(Offer("further", "登记立案、移送", "", (), bound.get("further") or forms_of.Further(look=look), "further" in bound))
    return found


@require_POST
@desk
def problem_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row, who = queries.problem(look.viewer, number), {"by": look.viewer, "at": look.at}
    if step == "to_clue":
        clue = problems.to_clue(row, **who)
        messages.success(request, f"已转为线索 {clue.number}")
        return redirect("desk:problem", number=number)
    if step == "proof":
        form: forms.Form = forms_of.Proof(request.POST, request.FILES)
        done = settle(request, form, lambda given: [problems.add_proof(row, name=one.name, content=one.read(), **who) for one in given["files"]], "收入佐证材料")
    elif step == "further":
        form = forms_of.Further(request.POST, look=look)
        done = settle(request, form, lambda given: problems.note_further(row, **given, **who), "登记立案、移送")
    elif step in ACTS:
        form = SHAPES[step](request.POST)
        done = settle(request, form, lambda given: ACTS[step](row, **given, **who), PROBLEM.steps[step].label)
    else:
        raise BadInput("没有这一步：请刷新页面后办理")
    return redirect("desk:problem", number=number) if done else show(request, look, row, {step: form}, 400)


# -- notices to governments -----------------------------------------------------------------------------------------------


@desk
def notice_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Who has not answered, soonest due first; and the form for a new notice."""
    free = queries.open_problems(look.viewer).filter(notice=None).exclude(state="found")[:100]
    form = forms_of.Notice(request.POST or None, places=[*shapes_of(look.viewer), *divisions_of(look.viewer)], rows=free)

    def act(given: dict[str, Any]) -> object:
        return notices.send_notice(by=look.viewer, at=look.at, **{**given, "problems": list(given["problems"])})

    if request.method == "POST" and settle(request, form, act, "发出督办通知"):
        return redirect("desk:notices")
    context = {"rows": queries.notices(look.viewer)[:100], "form": form, "today": look.today, "may_send": look.viewer.has_role("leader")}
    return render(request, "desk/notices.html", context, status=400 if form.errors else 200)


@desk
def notice_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_notice(request, look, queries.notice(look.viewer, number))


def show_notice(request: HttpRequest, look: Look, row: SupervisionNotice, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    shapes = {"answer": forms_of.Words, "close": forms_of.Words, "urge": forms_of.Urge}
    found = [
        Offer(step.name, step.label, step.article, notices.why_not(row, step.name, look.viewer), (bound or {}).get(step.name) or shapes[step.name](), step.name in (bound or {}))
        for step in NOTICE.open_steps(row.state)
    ]
    context = {"row": row, "offers": found, "problems": queries.problems(look.viewer).filter(notice=row), "history": trail(f"notice:{row.pk}"), "today": look.today}
    return render(request, "desk/notice.html", context, status=code)


@require_POST
@desk
def notice_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row = queries.notice(look.viewer, number)
    if step not in NOTICE.steps:
        raise BadInput("没有这一步：请刷新页面后办理")
    form = (forms_of.Urge if step == "urge" else forms_of.Words)(request.POST)
    if settle(request, form, lambda given: notices.take(row, step, by=look.viewer, at=look.at, **given), NOTICE.steps[step].label):
        return redirect("desk:notice", number=number)
    return show_notice(request, look, row, {step: form}, 400)
