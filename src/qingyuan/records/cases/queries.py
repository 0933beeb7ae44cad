"""How screens read cases; every query takes the viewer."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Event, Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from . import search
from .clocks import CaseClock, clocks_of
from .models import Case
from .states import CASE
from .steps import why_not

OPEN = [state for state in CASE.states if state not in ("closed", "archived")]


def cases(viewer: Officer) -> QuerySet[Case]:
    return scoped(Case.objects.select_related("facility", "party", "agency", "decision"), viewer)


def open_cases(viewer: Officer) -> QuerySet[Case]:
    """Cases still to be worked on, the oldest filing first."""
    return cases(viewer).filter(state__in=OPEN).order_by("filed_on", "id")


def filtered(viewer: Officer, *, state: str = "", words: str = "") -> QuerySet[Case]:
    rows = cases(viewer)
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    rows = search.find(rows, words)
    return rows.order_by("-filed_on", "-id")


def case_by_id(viewer: Officer, pk: int) -> Case:
    return one(Case.objects.select_related("facility", "party", "agency", "decision", "docket", "inspection", "clue"), viewer, pk=pk)


def cases_of(viewer: Officer, *, facility: Facility | None = None, clue: Clue | None = None) -> QuerySet[Case]:
    rows = cases(viewer)
    return rows.filter(facility=facility) if facility is not None else rows.filter(clue=clue)


def history(viewer: Officer, case: Case) -> list[Event]:
    """What was done to a case the viewer may see, oldest first."""
    return trail(f"case:{case_by_id(viewer, case.pk).pk}")


def next_steps(viewer: Officer, case: Case, on: dt.date) -> list[tuple[str, str, str, list[str]]]:
    """What can follow: (step, label, article, reasons why not yet); an empty list of reasons means now."""
    return [(s.name, s.label, s.article, why_not(case, s.name, by=viewer, on=on)) for s in CASE.open_steps(case.state)]


def nearest_clock(case: Case, on: dt.date) -> CaseClock | None:
    """The running clock that ends first."""
    running = [clock for clock in clocks_of(case, on) if clock.done_on is None]
    return running[0] if running else None
