"""Campaigns and rounds of assistance: what is approved, what is on the list, what was found, how far it has gone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.cases import queries as cases
from qingyuan.records.dispatch import campaign_queries as queries
from qingyuan.records.dispatch import campaigns, items, problems, rounds
from qingyuan.records.dispatch.campaign_models import AssistanceRound, Campaign
from qingyuan.records.dispatch.campaign_states import CAMPAIGN, ROUND
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Facility
from qingyuan.records.registry.queries import facilities

from . import campaign_forms as forms_of
from .draws import settle
from .frame import Look, desk
from .paging import page_by_id
from .places import divisions_of, shapes_of
from .step_forms import Empty
from .steps import Offer

SIZE, MOST = 30, 200


@desk
def campaign_list(request: HttpRequest, look: Look) -> HttpResponse:
    """What runs, what waits for approval, and the form for a new one."""
    form = forms_of.DrawUpCampaign(request.POST or None, on=look.today)
    if request.method == "POST" and settle(request, form, lambda given: campaigns.draw_up(by=look.viewer, at=look.at, **given), "拟订专项行动"):
        return redirect("desk:campaigns")
    rows = list(queries.campaigns(look.viewer)[:MOST])
    context = {
        "rows": [(row, campaign_counts(look, row)) for row in rows], "rounds": queries.rounds(look.viewer)[:20], "form": form, "today": look.today,
        "may_draw_up": look.viewer.has_role(*campaigns.PLANNERS), "open_problems": queries.open_problems(look.viewer).count(),
    }
    return render(request, "desk/campaigns.html", context, status=400 if form.errors else 200)


def campaign_counts(look: Look, row: Campaign) -> dict[str, Any]:
    found = queries.problems(look.viewer).filter(campaign=row)
    return queries.counters(found, queries.targets_of(look.viewer, campaign=row), queries.tasks_of(look.viewer, row))


@desk
def campaign_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_campaign(request, look, queries.campaign(look.viewer, number))


def show_campaign(request: HttpRequest, look: Look, row: Campaign, bound: dict[str, Any] | None = None, code: int = 200) -> HttpResponse:
    """The board: counters, targets, problems, check points, steps."""
    found = queries.problems(look.viewer).filter(campaign=row)
    context = {
        "row": row, "counts": campaign_counts(look, row), "targets": queries.targets_of(look.viewer, campaign=row)[:MOST], "problems": found.exclude(state__in=["closed", "dropped"])[:20],
        "points": campaigns.points_of(row.packs, look.today), "items": items.named(row.items, look.today), "offers": campaign_offers(row, look, bound or {}),
        "history": trail(f"campaign:{row.pk}"), "today": look.today, "rounds": row.rounds.filter(pk__in=queries.rounds(look.viewer).values("pk")),
        "filed": cases.cases(look.viewer).filter(inspection__assignment__campaign=row).count(), "kind": campaigns.kinds(look.today).get(row.kind, {}).get("label", row.kind),
        "gate": f"basis={'response' if campaigns.is_response(row, look.today) else 'campaign'}&campaign={row.number}",
    }
    return render(request, "desk/campaign.html", context, status=code)


def campaign_offers(row: Campaign, look: Look, bound: dict[str, Any]) -> list[Offer]:
    shapes = {"close": forms_of.Report}
    found = [
        Offer(step.name, step.label, step.article, campaigns.why_not(row, step.name, look.viewer), bound.get(step.name) or shapes.get(step.name, Empty)(), step.name in bound)
        for step in CAMPAIGN.open_steps(row.state)
    ]
    if row.state != "closed":
        mine = () if look.viewer.has_role(*campaigns.PLANNERS) else ("由执法人员、研判员或负责人列入",)
        found.append(Offer("targets", "列入点位", "", mine, bound.get("targets") or forms_of.Targets(), "targets" in bound))
    if row.state == "published":
        found.append(Offer("problem", "登记问题", "", (), bound.get("problem") or forms_of.NoteProblem(on=look.today), "problem" in bound))
    return found


@require_POST
@desk
def campaign_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row, who = queries.campaign(look.viewer, number), {"by": look.viewer, "at": look.at}
    acts = {
        "targets": (forms_of.Targets(request.POST), lambda given: campaigns.add_targets(campaign=row, **given, **who)),
        "problem": (forms_of.NoteProblem(request.POST, on=look.today), lambda given: note(look, given, campaign=row)),
        "close": (forms_of.Report(request.POST), lambda given: campaigns.take(row, "close", **given, **who)),
        "approve": (Empty(request.POST), lambda given: campaigns.take(row, "approve", **who)),
        "publish": (Empty(request.POST), lambda given: campaigns.take(row, "publish", **who)),
    }
    if step not in acts:
        raise BadInput("没有这一步：请刷新页面后办理")
    form, act = acts[step]
    if settle(request, form, act, {"targets": "列入点位", "problem": "登记问题"}.get(step) or CAMPAIGN.steps[step].label):
        return redirect("desk:campaign", number=number)
    return show_campaign(request, look, row, {step: form}, 400)


def note(look: Look, given: dict[str, Any], **of: Any) -> object:
    """A problem at a facility when the code is known here, else at a place by its name; a code nobody knows is refused."""
    where = given.pop("where").strip()
    place: Facility | None = facilities(look.viewer).filter(code=where).first()
    if place is None and where.isascii():
        raise BadInput(f"编码{where}没有登记或不在您的辖区；不是污染源的请写地点名称", field="where")
    return problems.note_problem(facility=place, place="" if place else where, by=look.viewer, at=look.at, **given, **of)


# -- rounds ---------------------------------------------------------------------------------------------------------------


@desk
def round_list(request: HttpRequest, look: Look) -> HttpResponse:
    rows = queries.rounds(look.viewer)
    running = queries.campaigns(look.viewer).filter(state="published")
    form = forms_of.PlanRound(request.POST or None, look=look, places=[*shapes_of(look.viewer), *divisions_of(look.viewer)], running=running)

    def act(given: dict[str, Any]) -> object:
        return rounds.plan_round(by=look.viewer, at=look.at, **{**given, "team": list(given["team"])})

    if request.method == "POST" and settle(request, form, act, "派出帮扶组"):
        return redirect("desk:rounds")
    context = {"page": page_by_id(rows, request.GET.get("after", ""), SIZE), "form": form, "may_plan": look.viewer.has_role(*campaigns.PLANNERS)}
    return render(request, "desk/rounds.html", context, status=400 if form.errors else 200)


@desk
def round_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show_round(request, look, queries.round_for(look.viewer, number))


def show_round(request: HttpRequest, look: Look, row: AssistanceRound, bound: dict[str, Any] | None = None, code: int = 200) -> HttpResponse:
    found = queries.problems(look.viewer).filter(round=row)
    targets = queries.targets_of(look.viewer, round=row)
    context = {
        "row": row, "targets": targets[:MOST], "problems": found[:MOST], "counts": queries.counters(found, targets, row.assignments.all()), "offers": round_offers(row, look, bound or {}),
        "history": trail(f"round:{row.pk}"), "today": look.today, "team": row.team.select_related("agency"),
    }
    return render(request, "desk/round.html", context, status=code)


def round_offers(row: AssistanceRound, look: Look, bound: dict[str, Any]) -> list[Offer]:
    found = [Offer(step.name, step.label, step.article, rounds.why_not(row, step.name, look.viewer, look.today), Empty()) for step in ROUND.open_steps(row.state)]
    if row.state == "ended":
        return found
    found.append(Offer("targets", "列入点位", "", (), bound.get("targets") or forms_of.Targets(), "targets" in bound))
    if row.state == "running":
        found.append(Offer("problem", "登记问题", "", (), bound.get("problem") or forms_of.NoteProblem(on=look.today), "problem" in bound))
    return found


@require_POST
@desk
def round_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    row, who = queries.round_for(look.viewer, number), {"by": look.viewer, "at": look.at}
    acts = {
        "targets": (forms_of.Targets(request.POST), lambda given: campaigns.add_targets(round=row, **given, **who)),
        "problem": (forms_of.NoteProblem(request.POST, on=look.today), lambda given: note(look, given, round=row)),
        "begin": (Empty(request.POST), lambda given: rounds.take(row, "begin", **who)),
        "end": (Empty(request.POST), lambda given: rounds.take(row, "end", **who)),
    }
    if step not in acts:
        raise BadInput("没有这一步：请刷新页面后办理")
    form, act = acts[step]
    if settle(request, form, act, {"targets": "列入点位", "problem": "登记问题"}.get(step) or ROUND.steps[step].label):
        return redirect("desk:round", number=number)
    return show_round(request, look, row, {step: form}, 400)


@require_POST
@desk
def target_answer(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """What came of looking at one place of a list."""
    row = queries.target(look.viewer, pk)
    campaigns.answer_target(row, answer=request.POST.get("answer", ""), by=look.viewer, at=look.at)
    return redirect("desk:round", number=row.round.number) if row.round else redirect("desk:campaign", number=row.campaign.number)
