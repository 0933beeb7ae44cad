"""Cases: the list, and one case whose timeline is the procedure, with what is next and why not yet."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.cases import queries, saved
from qingyuan.records.cases.models import Case
from qingyuan.records.cases.states import CASE
from qingyuan.records.docket import queries as docket
from qingyuan.records.publish import queries as publish

from . import case_forms, case_steps, clocks, companions, discretion
from .frame import Look, desk
from .paging import page_by_id
from .steps import Offer
from .worklist import FORWARD

SIZE = 25
PATH = [
    ("filed", "立案调查"), ("investigated", "调查终结"), ("reviewed", "审查"), ("notified", "事先告知"), ("answered", "陈述听证"),
    ("decided", "决定"), ("served", "送达"), ("performed", "履行"), ("closed", "结案"), ("archived", "归档"),
]


# where a case that left the ordinary road stands on it
OFF_ROAD = {"suspended": "filed", "withdrawn": "closed", "terminated": "closed", "annulled": "performed", "in_court": "performed"}


@desk
def case_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Cases of the viewer's division, newest first, each with its nearest legal clock."""
    state, words, violation = request.GET.get("state", "open"), request.GET.get("words", ""), request.GET.get("violation", "")
    days = {name: day_or_none(request.GET.get(name, "")) for name in ("began", "ended")}
    page = page_by_id(queries.filtered(look.viewer, state=state, words=words, violation=violation, **days), request.GET.get("after", ""), SIZE)
    lines = [(case, clocks.nearest_of_ours(case, look.today)) for case in page.rows]
    context = {"lines": lines, "page": page, "state": state, "words": words, "today": look.today, "states": [("open", "在办"), *CASE.states.items()]}
    context |= {**days, "violation": violation, "violations": queries.violations_seen(look.viewer), "saved": saved.saved(look.viewer), "query": request.GET.urlencode()}
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_case_table.html" if part else "desk/cases.html", context)


def day_or_none(text: str) -> dt.date | None:
    """A day of a filter; what cannot be read filters nothing."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@desk
def case_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    return show(request, look, queries.case_by_id(look.viewer, pk))


def show(request: HttpRequest, look: Look, case: Case, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One case whole: path, next step, clocks, timeline, evidence, documents, discretion, publication."""
    context = {
        "case": case, "path": path_of(case), "clocks": clocks.shown(case, look.today, look.at), "history": queries.history(look.viewer, case),
        "offers": step_offers(case, look, bound or {}), "notes": note_offers(case, look, bound or {}), "investigators": case.investigators.select_related("agency"),
        "evidence": docket.evidence_of(look.viewer, case.docket), "documents": docket.documents_of(look.viewer, case.docket),
        "missing": docket.evidence_missing(case.docket, violation=case.violation), "release": publish.release_of(look.viewer, case),
        "release_steps": case_steps.release_steps(look.viewer, case), "discretion": discretion.panel(case, look, (bound or {}).get("propose_penalty"), request.GET),
        "statements": case.statements.all(), "payments": case.payments.all(), "today": look.today, "at": look.at,
        "orders": case.inspection.correction_orders.all(), **companions.panels(case, look),
    }
    return render(request, "desk/case.html", context, status=code)


def path_of(case: Case) -> list[tuple[str, str]]:
    """The ordinary road, each milestone done, now or ahead; a case that left the road shows where it stands."""
    names = [state for state, _ in PATH]
    if case.state in names:
        here = names.index(case.state)
    else:
        here = names.index(OFF_ROAD.get(case.state, "filed"))
    return [(label, "done" if i < here else "now" if i == here else "") for i, (_, label) in enumerate(PATH)]


def step_offers(case: Case, look: Look, bound: dict) -> list[Offer]:
    """The steps that leave this state, the ordinary next one first and open when it can be taken."""
    rows = []
    forward = FORWARD.get(case.state, "archive")
    for name, label, article, reasons in queries.next_steps(look.viewer, case, look.today):
        if name not in case_forms.STEPS:
            continue
        form = bound.get(name) or case_forms.STEPS[name](case, look, None, None)
        rows.append(Offer(name, label, article, tuple(reasons), form, name in bound or name == forward))
    return sorted(rows, key=lambda offer: offer.name != forward)


def note_offers(case: Case, look: Look, bound: dict) -> list[Offer]:
    """What can be noted in this state by this person; what others note is not shown."""
    return [
        Offer(name, noted.label, noted.article, (), bound.get(name) or noted.make(case, look, None, None), name in bound)
        for name, noted in case_forms.NOTES.items()
        if case.state in noted.states and look.viewer.has_role(*noted.roles) and noted.shows(case)
    ]


@require_POST
@desk
def case_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Take one step or note one thing; refusals come back with every reason."""
    case = queries.case_by_id(look.viewer, pk)
    form = make(case, look, step, request)
    if not form.is_valid():
        return show(request, look, case, {step: form}, 400)
    try:
        told = case_steps.take(case, step, form.cleaned_data, look, version=version_of(request))
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, case, {step: form}, 400)
    messages.success(request, told)
    return redirect("desk:case", pk=case.pk)


def make(case: Case, look: Look, step: str, request: HttpRequest):
    """The bound form of a step, a note or the calculation."""
    if step == "propose_penalty":
        return discretion.form_of(case, look, request.POST)
    if step in case_forms.STEPS:
        return case_forms.STEPS[step](case, look, request.POST, request.FILES)
    if step in case_forms.NOTES:
        return case_forms.NOTES[step].make(case, look, request.POST, request.FILES)
    if step in case_steps.RELEASE_FORMS:
        return case_steps.RELEASE_FORMS[step](request.POST, auto_id=f"{step}-%s")
    raise BadInput("案件没有这一步")


def version_of(request: HttpRequest) -> int | None:
    """The version of the case that the person saw when they opened the form."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() else None
