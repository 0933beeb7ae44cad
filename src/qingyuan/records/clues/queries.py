"""How screens read clues; every query takes the viewer."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet

from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Event, Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from .models import Clue, ClueFinding
from .stage_models import AnswerRequest
from .states import CLUE, UNTOLD

CAP = 10_001
OPEN = [state for state in CLUE.states if state not in CLUE.final]


def clues(viewer: Officer) -> QuerySet[Clue]:
    """Every clue in the viewer's division."""
    return scoped(Clue.objects.select_related("facility", "division", "handler", "agency"), viewer)


def open_clues(viewer: Officer) -> QuerySet[Clue]:
    """Clues still to be worked on, the most urgent first; those that wait for room are on the waiting list."""
    return clues(viewer).filter(state__in=OPEN).exclude(state="found", released_at=None).order_by("due_on", "id")


def filtered(viewer: Officer, *, state: str = "", severity: str = "", division: str = "", words: str = "", rule: str = "", source: str = "", queue: str = "") -> QuerySet[Clue]:
    """The work-list with its filters; unknown values of a filter simply match nothing."""
    rows = clues(viewer)
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    if severity:
        rows = rows.filter(severity=severity)
    if source:
        rows = rows.filter(source=source)
    if queue == "waiting":
        rows = rows.filter(state="found", released_at=None)
    elif queue == "open":
        rows = rows.exclude(state="found", released_at=None)
    if rule:
        rows = rows.filter(rule=rule)
    if division:
        rows = rows.filter(Q(city_code=division) | Q(county_code=division))
    if words.strip():
        rows = rows.filter(Q(title__icontains=words.strip()) | Q(number__icontains=words.strip()) | Q(facility__name__icontains=words.strip()))
    return rows.order_by("due_on", "id")


def clue(viewer: Officer, number: str) -> Clue:
    return one(Clue.objects.select_related("facility", "facility__operator", "division", "handler", "agency", "docket", "merged_into", "split_from"), viewer, number=number)


def clues_of(viewer: Officer, place: Facility) -> QuerySet[Clue]:
    return clues(viewer).filter(facility=place).order_by("-found_at")


def request_for(viewer: Officer, pk: int) -> AnswerRequest:
    """A request to a firm about a clue the viewer may see."""
    return one(AnswerRequest.objects.select_related("clue"), viewer, through="clue", pk=pk)


def papers_of(viewer: Officer, row: Clue) -> QuerySet[EvidenceItem]:
    """The papers of a clue the viewer may see."""
    return EvidenceItem.objects.filter(docket=clue(viewer, row.number).docket).select_related("taken_by").order_by("ordinal") if row.docket_id else EvidenceItem.objects.none()


def history(viewer: Officer, row: Clue) -> list[Event]:
    """What was done to a clue the viewer may see."""
    return trail(f"clue:{clue(viewer, row.number).pk}")


def capped_count(rows: QuerySet[Clue]) -> int:
    """Exact up to 10,000; 10,001 means more."""
    return rows.order_by()[:CAP].count()


def yield_by_rule(viewer: Officer, *, since: dt.date) -> list[dict[str, object]]:
    """Per rule: pushed, checked, true, false. Precision is true ÷ (true + false); None until one has ended."""
    seen = clues(viewer).filter(found_at__date__gte=since)
    rows = (
        ClueFinding.objects.filter(clue__in=seen).values("rule")
        .annotate(
            pushed=Count("clue", distinct=True),
            checked=Count("clue", distinct=True, filter=Q(clue__state__in=["confirmed", "refuted", "dismissed"]) & ~Q(clue__cause__in=UNTOLD)),
            confirmed=Count("clue", distinct=True, filter=Q(clue__state="confirmed")),
        ).order_by("rule")
    )
    return [{**row, "precision": row["confirmed"] / row["checked"] if row["checked"] else None} for row in rows]
