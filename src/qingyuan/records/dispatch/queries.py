"""How screens read assignments; every query takes the viewer."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.queries import colleagues
from qingyuan.records.registry.scope import one, scoped

from .actions import OPEN
from .models import Assignment, Recusal


def assignments(viewer: Officer) -> QuerySet[Assignment]:
    return unveiled(scoped(Assignment.objects.select_related("facility", "clue", "issued_by"), viewer), viewer).order_by("due_on", "id")


def assignment(viewer: Officer, number: str) -> Assignment:
    return one(unveiled(Assignment.objects.select_related("facility", "facility__operator", "clue"), viewer), viewer, number=number)


def unveiled(rows: QuerySet[Assignment], viewer: Officer) -> QuerySet[Assignment]:
    """Without the tasks of a random draw whose visit has not begun, but for who issued them and who is sent."""
    mine = Assignment.objects.filter(inspectors=viewer).values("pk")
    return rows.filter(~Q(basis="draw") | ~Q(state__in=["issued", "cancelled"]) | Q(issued_by=viewer) | Q(pk__in=mine))


def open_tasks(viewer: Officer) -> QuerySet[Assignment]:
    """The viewer's own unfinished tasks, most urgent first."""
    return assignments(viewer).filter(state__in=OPEN, inspectors=viewer)


def assignments_of(viewer: Officer, *, clue: Clue | None = None, facility: Facility | None = None) -> QuerySet[Assignment]:
    rows = assignments(viewer)
    return rows.filter(clue=clue) if clue is not None else rows.filter(facility=facility)


def candidates(viewer: Officer, facility: Facility, on: dt.date) -> list[tuple[Officer, str]]:
    """People of the viewer's division who could go, each with the reason why not ("" means may go)."""
    recused = dict(Recusal.objects.filter(facility=facility).values_list("officer_id", "reason"))
    rows = []
    for officer in colleagues(viewer):
        if not officer.has_role("inspector"):
            continue
        reason = "" if officer.is_certified(on) else "执法证件无效"
        rows.append((officer, f"应当回避：{recused[officer.pk]}" if officer.pk in recused else reason))
    return rows
