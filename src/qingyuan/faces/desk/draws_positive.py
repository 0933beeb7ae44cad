"""The positive list: entries by state, one entry with its steps, and visits avoided with the method of counting."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.dispatch import plan_queries, positive
from qingyuan.records.dispatch.models import PositiveListEntry
from qingyuan.records.dispatch.plan_states import POSITIVE, POSITIVE_STATES
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.events import trail

from . import draws_forms as forms_of
from .draws import settle
from .frame import Look, desk
from .step_forms import Empty, Why
from .steps import Offer

FORMS = {"give_notice": Empty, "enter": Empty, "refuse": Why, "suspend": Why, "resume": Why, "remove": forms_of.Remove, "note_objection": forms_of.Objection}
ACTS = {
    "give_notice": positive.give_notice, "enter": positive.enter, "refuse": positive.refuse, "suspend": positive.suspend, "resume": positive.resume,
    "remove": positive.remove,
}  # fmt: skip


@desk
def positive_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Entries of the viewer's division; the year's avoided visits; the form for a candidate."""
    form = forms_of.Propose(request.POST or None)

    def propose(given: dict) -> PositiveListEntry:
        place = registry.facility(look.viewer, given["facility"].strip())
        return positive.propose(facility=place, ground=given["ground"], reason=given["reason"], by=look.viewer, on=look.today, at=look.at)

    if request.method == "POST" and settle(request, form, propose, "提出拟列入单位"):
        return redirect("desk:positive")
    state, entries = request.GET.get("state", ""), plan_queries.positive_entries(look.viewer)
    context = {
        "entries": entries.filter(state=state) if state in POSITIVE_STATES else entries, "state": state, "states": POSITIVE_STATES.items(), "form": form,
        "avoided": plan_queries.avoided(look.viewer, dt.date(look.today.year, 1, 1), dt.date(look.today.year + 1, 1, 1)), "today": look.today,
        "checks": plan_queries.off_site_checks(look.viewer)[:20], "listed": entries.filter(state="listed", valid_to__gte=look.today).count(),
        "may_propose": look.viewer.has_role("inspector", "analyst", "leader"), "labels": positive.grounds("entry"),
    }
    return render(request, "desk/positive.html", context, status=400 if form.errors else 200)


@desk
def positive_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    return show(request, look, plan_queries.positive_entry(look.viewer, pk))


def show(request: HttpRequest, look: Look, entry: PositiveListEntry, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One entry from proposal to exit."""
    context = {
        "entry": entry, "offers": offers(entry, look, bound or {}), "history": trail(f"positive:{entry.pk}"), "today": look.today,
        "ground": positive.grounds("entry").get(entry.ground, {}), "removal": positive.grounds("removal").get(entry.removal, {}),
        "exclusions": positive.exclusions(entry.facility, look.today), "cautions": positive.cautions(entry.facility, look.today), "by_hand": [e for e in positive.grounds("exclusion").values() if "months" not in e],
        "notice": positive.notice_due(entry.noticed_on) if entry.noticed_on else None, "is_over": entry.valid_to is not None and entry.valid_to < look.today,
        "checks": plan_queries.off_site_checks(look.viewer, of=entry.facility),
    }  # fmt: skip
    return render(request, "desk/positive_entry.html", context, status=code)


def offers(entry: PositiveListEntry, look: Look, bound: dict) -> list[Offer]:
    rows = [
        Offer(s.name, s.label, s.article, positive.why_not(entry, s.name, look.viewer, look.today), bound.get(s.name) or FORMS[s.name](), s.name in bound)
        for s in POSITIVE.open_steps(entry.state)
    ]
    if entry.state == "noticed":
        given = {"objection": entry.objections, "answer": entry.answer}
        rows.append(Offer("note_objection", "登记公示期间的异议", "", (), bound.get("note_objection") or forms_of.Objection(initial=given), "note_objection" in bound))
    return rows


@require_POST
@desk
def positive_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Take one step of the entry."""
    entry = plan_queries.positive_entry(look.viewer, pk)
    if step not in FORMS:
        raise BadInput("没有这一步：请刷新页面后办理")
    form = FORMS[step](request.POST)

    def act(given: dict) -> object:
        if step == "note_objection":
            return positive.note_objection(entry, by=look.viewer, at=look.at, **given)
        return ACTS[step](entry, by=look.viewer, on=look.today, at=look.at, **given)

    label = POSITIVE.steps[step].label if step in POSITIVE.steps else "登记异议"
    return redirect("desk:positive_entry", pk=pk) if settle(request, form, act, label) else show(request, look, entry, {step: form}, 400)
