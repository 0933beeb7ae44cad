"""How screens read inspections; every query takes the viewer."""

from __future__ import annotations

from django.db.models import QuerySet

from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from .models import Inspection


def inspections(viewer: Officer) -> QuerySet[Inspection]:
    return scoped(Inspection.objects.select_related("facility", "assignment", "docket"), viewer).order_by("-began_at")


def inspection(viewer: Officer, pk: int) -> Inspection:
    return one(Inspection.objects.select_related("facility__operator", "assignment__clue", "docket"), viewer, pk=pk)


def inspections_of(viewer: Officer, place: Facility) -> QuerySet[Inspection]:
    return inspections(viewer).filter(facility=place)


def inspection_of(viewer: Officer, task: Assignment) -> Inspection | None:
    return inspections(viewer).filter(assignment=task).first()


def visits_for(viewer: Officer, clue: Clue) -> QuerySet[Inspection]:
    return inspections(viewer).filter(assignment__clue=clue)
