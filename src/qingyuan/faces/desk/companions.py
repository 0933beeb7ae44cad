"""Beside the ordinary road of one case: red flags, measures, hearing, recusal, transfers, what is owed; and the bound volume."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotYours
from qingyuan.law import crime
from qingyuan.records.cases import money, queries, red_flags
from qingyuan.records.cases.models import Case
from qingyuan.records.docket import volume

from .companion_acts import ACTS, GROUPS
from .frame import Look, desk
from .papers import as_file
from .steps import Offer

FORCES = {"must": "应当", "may": "可以", "forbidden": "不得", "none": "条件未具备"}


@desk
def companions_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    return show(request, look, queries.case_by_id(look.viewer, pk))


def show(request: HttpRequest, look: Look, case: Case, bound: dict[str, forms.Form] | None = None, code: int = 200) -> HttpResponse:
    """Everything beside the ordinary procedure, group by group, with what can be done now."""
    groups = [(key, label, offers(case, look, key, bound or {})) for key, label in GROUPS.items()]
    context = {**panels(case, look), "groups": groups, "case": case, "today": look.today}
    return render(request, "desk/companions.html", context, status=code)


def panels(case: Case, look: Look) -> dict[str, Any]:
    """What a screen shows of the companions of a case; the case page takes the same."""
    on = look.today
    claim = queries.claims(look.viewer).filter(case=case).first()
    flags = [(flag, crime.LEVELS[flag.extra["level"]]) for flag in red_flags.red_flags_of(case, on)]
    forces = [(row, FORCES[row.force]) for row in red_flags.forces_of(case, on)]
    return {
        "flags": flags, "questions": red_flags.open_questions(case, on)[:6], "damage": () if claim else red_flags.damage_of(case, on), "forces": forces,
        "measures": case.measures.select_related("decision"), "rounds": case.rounds.select_related("order"), "hearings": case.hearings.select_related("presiding_officer", "recorder"),
        "recusals": case.recusals.select_related("person"), "transfers": case.transfers.prefetch_related("turns"), "liaisons": case.liaisons.all(), "remedies": case.remedies.all(),
        "instalments": case.instalments.all(), "supervisions": case.supervisions.all(), "claim": claim,
        "samplings": case.samplings.prefetch_related("samples__turns", "samples__results").select_related("commission", "sheet", "report", "notice"), "commitments": case.commitments.all(), "owed": money.owed(case, on) if case.served_on else None,
    }


def offers(case: Case, look: Look, group: str, bound: dict[str, forms.Form]) -> list[Offer]:
    """The acts of a group that this person's post does, one per thing they can be done to."""
    rows = []
    for name, act in ACTS.items():
        if act.group != group or (act.roles and not look.viewer.has_role(*act.roles)):
            continue
        for row in act.rows(case):
            key = name if row is None else f"{name}-{row.pk}"
            label = act.label if row is None else f"{act.label}：{name_of(row)}"
            form = bound.get(key) or form_of(key, act.fields(case, look, row))
            rows.append(Offer(key, label, act.article, tuple(act.why(row, look)) if row is not None else (), form, key in bound))
    return rows


def name_of(row: Any) -> str:
    """What a row is called on a button."""
    if hasattr(row, "laboratory"):
        return f"{row.number}（{row.laboratory}）"
    if hasattr(row, "due_on") and hasattr(row, "level"):
        return row.body
    if hasattr(row, "get_kind_display"):
        return f"{row.get_kind_display()}（{row.on}）"
    if hasattr(row, "person"):
        return row.person.name
    return getattr(row, "number", "") or f"{row.on}"


def form_of(name: str, fields: dict[str, forms.Field], data: Any = None, files: Any = None) -> forms.Form:
    return type("Asked", (forms.Form,), fields)(data, files, auto_id=f"{name}-%s")


@require_POST
@desk
def companion_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Do one of the acts; a refusal comes back with every reason, a mistake at its field."""
    case = queries.case_by_id(look.viewer, pk)
    name, _, key = step.partition("-")
    act = ACTS.get(name)
    row = next((one for one in act.rows(case) if (one is None and not key) or (one is not None and str(one.pk) == key)), NotYours) if act else NotYours
    if act is None or row is NotYours or (act.roles and not look.viewer.has_role(*act.roles)):
        raise NotYours("这一步现在不能办，或者不由您的岗位办理")
    form = form_of(step, act.fields(case, look, row), request.POST, request.FILES)
    if not form.is_valid():
        return show(request, look, case, {step: form}, 400)
    try:
        act.take(case, row, form.cleaned_data, {"by": look.viewer, "at": look.at})
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, case, {step: form}, 400)
    messages.success(request, f"已办理：{act.label}")
    return redirect("desk:companions", pk=case.pk)


@desk
def volume_file(request: HttpRequest, look: Look, pk: int, part: str) -> HttpResponse:
    """The main or supplementary volume as one PDF."""
    case = queries.case_by_id(look.viewer, pk)
    bound = volume.bind(case.docket, volume=part, case_number=case.number, cause=case.cause, party=case.party.name)
    return as_file(bound, f"{case.number}{volume.VOLUMES[part]}.pdf", "application/pdf", shown=True)
