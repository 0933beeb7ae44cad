"""Assignments and the visit on each of them: entering, record, photos, conclusion, order to correct, filing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.cases import filing
from qingyuan.records.cases import queries as cases
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch import gate, handover, problems, queries, sending, visit_queries
from qingyuan.records.dispatch import items as catalogue
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.states import ASSIGNMENT
from qingyuan.records.docket import queries as docket
from qingyuan.records.inspections import actions
from qingyuan.records.inspections import queries as inspections
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Event

from . import task_forms
from .frame import Look, desk
from .paging import page_by_due
from .steps import Offer

SIZE = 30


@desk
def task_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Assignments of the viewer's division; ``mine`` keeps their own."""
    state, mine = request.GET.get("state", "open"), request.GET.get("mine", "")
    rows = queries.assignments(look.viewer)
    if state == "open":
        rows = rows.filter(state__in=[s for s in ASSIGNMENT.states if s not in ASSIGNMENT.final])
    elif state:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(inspectors=look.viewer)
    page = page_by_due(rows.prefetch_related("inspectors"), request.GET.get("after", ""), SIZE)
    context = {"page": page, "state": state, "mine": mine, "today": look.today, "states": [("open", "未完成"), *ASSIGNMENT.states.items()]}
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_task_table.html" if part else "desk/tasks.html", context)


@desk
def task_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show(request, look, queries.assignment(look.viewer, number))


def show(request: HttpRequest, look: Look, task: Assignment, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One visit from sending to conclusion, with everything it produced."""
    visit = visit_of(look, task)
    folder = visit.docket if visit else None
    context = {
        "task": task, "visit": visit, "record": getattr(visit, "record", None), "inspectors": task.inspectors.select_related("agency"),
        "orders": list(visit.correction_orders.select_related("document")) if visit else [], "offers": offers(task, visit, look, bound or {}),
        "evidence": docket.evidence_of(look.viewer, folder) if folder else [], "documents": docket.documents_of(look.viewer, folder) if folder else [],
        "case": cases.cases(look.viewer).filter(inspection=visit).first() if visit else None,
        "history": history(task, visit), "today": look.today, "at": look.at, **around(task, look),
    }
    return render(request, "desk/task.html", context, status=code)


def visit_of(look: Look, task: Assignment) -> Inspection | None:
    """The visit on a task the viewer reached; who is sent from elsewhere sees their own visit though it lies outside their division."""
    found = inspections.inspection_of(look.viewer, task)
    if found is None and task.inspectors.filter(pk=look.viewer.pk).exists():
        return Inspection.objects.select_related("facility", "docket").filter(assignment=task).first()
    return found


def around(task: Assignment, look: Look) -> dict[str, object]:
    """What the gate found, what is looked at, what the enterprise confirmed, and visits near in time that could be merged."""
    is_open = task.state in ("issued", "started")
    return {
        "entry": visit_queries.entry_of(look.viewer, task), "items": catalogue.named(task.items, task.issued_on), "is_sent": task.inspectors.filter(pk=look.viewer.pk).exists(),
        "handover": handover.handover_of(task),
        "near": gate.near_visits(task.facility, look.today, look.viewer, but=task) if is_open else [],
    }


def history(task: Assignment, visit: Inspection | None) -> list[Event]:
    """What was done to the assignment and on the visit, in the order in which it was done."""
    rows = trail(f"assignment:{task.pk}") + (trail(f"inspection:{visit.pk}") if visit else [])
    return sorted(rows, key=lambda event: (event.at, event.pk))


def offers(task: Assignment, visit: Inspection | None, look: Look, bound: dict) -> list[Offer]:
    """What may be done now on this visit; the reasons are those the actions would give."""
    rows = []
    for name, spec in task_forms.STEPS.items():
        if not spec.shows(task, visit):
            continue
        reasons = spec.reasons(task, visit, look)
        form = bound.get(name) or spec.make(task, visit, look, None, None)
        rows.append(Offer(name, spec.label, spec.article, tuple(reasons), form, name in bound))
    return rows


@require_POST
@desk
def task_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Take one step of the visit."""
    task = queries.assignment(look.viewer, number)
    visit = visit_of(look, task)
    spec = task_forms.STEPS.get(step)
    if spec is None or not spec.shows(task, visit):
        raise BadInput("现在没有这一步：请刷新页面后按“下一步”办理")
    form = spec.make(task, visit, look, request.POST, request.FILES)
    if not form.is_valid():
        return show(request, look, task, {step: form}, 400)
    try:
        where = TAKE[step](task, visit, form.cleaned_data, look)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, task, {step: form}, 400)
    messages.success(request, f"已办理：{spec.label}")
    return redirect("desk:case", pk=where.pk) if where is not None else redirect("desk:task", number=task.number)


def photos(visit: Inspection, given: dict, look: Look) -> None:
    """Every chosen file as one piece of evidence, its bytes as they came."""
    for file in given["files"]:
        actions.take_photo(visit, name=file.name, content=file.read(), by=look.viewer, at=look.at)


def wrote(result: object) -> None:
    """Most steps lead back to the visit."""


TAKE = {
    "set_items": lambda task, visit, given, look: wrote(sending.set_items(task, by=look.viewer, at=look.at, **given)),
    "note_problem": lambda task, visit, given, look: wrote(problems.note_problem(facility=task.facility, assignment=task, round=task.round, by=look.viewer, at=look.at, **given)),
    "hand_evidence": lambda task, visit, given, look: wrote(handover.hand_evidence(task, evidence=list(docket.evidence_of(look.viewer, visit.docket)), by=look.viewer, at=look.at, **given)),
    "receive_evidence": lambda task, visit, given, look: wrote(handover.receive(handover.handover_of(task), by=look.viewer, at=look.at)),
    "report_handover": lambda task, visit, given, look: wrote(handover.report(handover.handover_of(task), by=look.viewer, at=look.at, **given)),
    "reveal": lambda task, visit, given, look: wrote(sending.reveal(task, by=look.viewer, at=look.at)),
    "open_inspection": lambda task, visit, given, look: wrote(actions.open_inspection(task, by=look.viewer, at=look.at)),
    "cancel": lambda task, visit, given, look: wrote(dispatch.cancel(task, by=look.viewer, at=look.at, **given)),
    "take_photo": lambda task, visit, given, look: photos(visit, given, look),
    "record": lambda task, visit, given, look: wrote(actions.record(visit, by=look.viewer, at=look.at, **given)),
    "conclude": lambda task, visit, given, look: wrote(actions.conclude(visit, by=look.viewer, at=look.at, **given)),
    "order_correction": lambda task, visit, given, look: wrote(actions.order_correction(visit, by=look.viewer, at=look.at, **given)),
    "file_case": lambda task, visit, given, look: filing.file_case(visit, by=look.viewer, at=look.at, **given),
}
