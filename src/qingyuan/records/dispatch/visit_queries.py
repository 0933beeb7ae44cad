"""How screens read what surrounds visits; every query takes the viewer, but those of somebody who holds a code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet, Sum

from qingyuan.records.registry.models import Agency, Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from . import gate, queries
from .codes import MARKS, QUESTIONS
from .models import Assignment
from .visit_models import OutsideVisit, RatingTally, VisitCode

SHOWN = 10


def outside_visits(viewer: Officer, on: dt.date) -> QuerySet[OutsideVisit]:
    """Other departments' visits to come that are not merged yet."""
    rows = scoped(OutsideVisit.objects.select_related("facility", "merged_into"), viewer)
    return rows.filter(merged_into=None, planned_on__gte=on).order_by("planned_on", "pk")


def outside_visit(viewer: Officer, pk: int) -> OutsideVisit:
    return one(OutsideVisit.objects.select_related("facility"), viewer, pk=pk)


def recent_visits(viewer: Officer, place: Facility, on: dt.date) -> QuerySet[Assignment]:
    """The year's tasks at a place that the viewer may know, newest first."""
    return queries.assignments_of(viewer, facility=place).filter(issued_on__year=on.year).exclude(state="cancelled").order_by("-issued_on", "-pk")[:SHOWN]


def codes_of(viewer: Officer, task: Assignment) -> QuerySet[VisitCode]:
    """Codes of a task the viewer reached."""
    return VisitCode.objects.filter(assignment=task, assignment__in=queries.assignments(viewer)).select_related("issued_by").order_by("-pk")


def live_code(viewer: Officer, task: Assignment, at: dt.datetime) -> VisitCode | None:
    """The code that holds now; only the people sent may show it."""
    if not task.inspectors.filter(pk=viewer.pk).exists():
        return None
    return codes_of(viewer, task).filter(withdrawn_at=None, valid_to__gt=at).first()


def entry_of(viewer: Officer, task: Assignment) -> VisitCode | None:
    """What the enterprise confirmed at the gate."""
    return codes_of(viewer, task).exclude(entered_at=None).first()


def visits_told_to(row: VisitCode, on: dt.date) -> list[dict[str, Any]]:
    """For the enterprise that holds a code: who came this year, on what basis, how it ended.  Reasons and complainants are not told."""
    tasks = Assignment.objects.filter(facility__operator=row.assignment.facility.operator, issued_on__year=on.year, state__in=["started", "finished"])
    return told_to_operator(tasks)


def told_to_operator(tasks: QuerySet[Assignment]) -> list[dict[str, Any]]:
    """Visits as the enterprise reads them: who, on what basis, items, planned or not."""
    rows = tasks.select_related("facility", "issued_by__agency__parent").prefetch_related("inspectors").order_by("-issued_on", "-pk")
    return [
        {
            "on": task.issued_on, "place": task.facility.name, "body": task.issued_by.agency.authority.name, "basis": task.get_basis_display(),
            "certificates": [person.certificate_number for person in task.inspectors.all()], "state": task.get_state_display(), "task": task,
            "departments": [told["department"] for told in task.departments],
        }
        for task in rows[:50]
    ]  # fmt: skip


def ratings(agency: Agency, quarter: str, on: dt.date) -> list[dict[str, Any]] | None:
    """Shares of each mark by question; None while fewer were handed in than are shown together, so that one answer is never seen alone."""
    rows = RatingTally.objects.filter(agency=agency, quarter=quarter)
    least, given = gate.window("rating", on)["least"], rows.filter(question="conduct").aggregate(n=Sum("count"))["n"] or 0
    if given < least:
        return None
    counts = {(row.question, row.mark): row.count for row in rows}
    return [
        {
            "question": label, "given": given, "good": sum(counts.get((name, mark), 0) for mark in (4, 5)),
            "marks": [{"label": MARKS[mark], "count": counts.get((name, mark), 0)} for mark in MARKS],
        }
        for name, label in QUESTIONS.items()
    ]  # fmt: skip
