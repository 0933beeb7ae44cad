"""How screens read assignments; every query takes the viewer."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from qingyuan.errors import NotYours
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.queries import colleagues

from . import people
from .actions import OPEN
from .models import Assignment, Recusal
from .secrecy import reachable


def assignments(viewer: Officer) -> QuerySet[Assignment]:
    return reachable(Assignment.objects.select_related("facility", "clue", "issued_by"), viewer).order_by("due_on", "id")


def assignment(viewer: Officer, number: str) -> Assignment:
    row = reachable(Assignment.objects.select_related("facility", "facility__operator", "clue"), viewer).filter(number=number).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row


def open_tasks(viewer: Officer) -> QuerySet[Assignment]:
    """The viewer's own unfinished tasks, most urgent first."""
    return assignments(viewer).filter(state__in=OPEN, inspectors=viewer)


def assignments_of(viewer: Officer, *, clue: Clue | None = None, facility: Facility | None = None) -> QuerySet[Assignment]:
    rows = assignments(viewer)
    return rows.filter(clue=clue) if clue is not None else rows.filter(facility=facility)


def candidates(viewer: Officer, facility: Facility, on: dt.date, mode: str = "ordinary") -> list[tuple[Officer, str]]:
    """People of the viewer's division who could go, each with the reason why not ("" means may go)."""
    recused = dict(Recusal.objects.filter(facility=facility).values_list("officer_id", "reason"))
    rows = []
    for officer in colleagues(viewer):
        if not officer.has_role("inspector"):
            continue
        reason = people.not_certified(officer, on) or people.on_leave(officer, on) or people.at_home(officer, facility, mode)
        rows.append((officer, f"应当回避：{recused[officer.pk]}" if officer.pk in recused else reason))
    return rows
