"""How screens read cases; every query takes the viewer."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Event, Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from . import search
from .clocks import CaseClock, clocks_of
from .facts import deliberation_required, facts_of
from .models import Case, DamageClaim, Hearing, Liaison, Sample, Sampling, Supervision, Transfer
from .red_flags import damage_of
from .states import CASE
from .steps import why_not

OPEN = [state for state in CASE.states if state not in ("closed", "archived")]


def cases(viewer: Officer) -> QuerySet[Case]:
    return scoped(Case.objects.select_related("facility", "party", "agency", "decision"), viewer)


def open_cases(viewer: Officer) -> QuerySet[Case]:
    """Cases still to be worked on, the oldest filing first."""
    return cases(viewer).filter(state__in=OPEN).order_by("filed_on", "id")


def filtered(
    viewer: Officer, *, state: str = "", words: str = "", violation: str = "", began: dt.date | None = None, ended: dt.date | None = None,
) -> QuerySet[Case]:
    """Cases by state ("open" for all that are not ended), words, violation and the days of filing; newest first."""
    rows = cases(viewer)
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state:
        rows = rows.filter(state=state)
    if violation:
        rows = rows.filter(violation=violation)
    if began:
        rows = rows.filter(filed_on__gte=began)
    if ended:
        rows = rows.filter(filed_on__lte=ended)
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
    facts = facts_of(case, by=viewer, on=on)
    return [(s.name, s.label, s.article, why_not(case, s.name, by=viewer, on=on, facts=facts)) for s in CASE.open_steps(case.state)]


def nearest_clock(case: Case, on: dt.date) -> CaseClock | None:
    """The running clock that ends first."""
    running = [clock for clock in clocks_of(case, on) if clock.done_on is None]
    return running[0] if running else None


def violations_seen(viewer: Officer) -> list[tuple[str, str]]:
    """The violations that cases of the viewer's division are about: (id, name)."""
    return sorted(set(cases(viewer).order_by().values_list("violation", "cause")), key=lambda row: row[1])


def hearings_open(viewer: Officer) -> QuerySet[Hearing]:
    """Hearings that are set and not yet reported, the next first."""
    rows = Hearing.objects.filter(cancelled_on=None, report=None).select_related("case__party", "presiding_officer", "recorder")
    return scoped(rows, viewer, through="case").order_by("held_at")


def hearings_wanted(viewer: Officer) -> QuerySet[Case]:
    """Cases whose party asked to be heard and for which no hearing is set."""
    rows = cases(viewer).filter(state="notified", hearing_closed_on=None).exclude(hearing_requested_on=None)
    return rows.exclude(hearings__in=Hearing.objects.filter(closed_on=None, cancelled_on=None)).order_by("hearing_requested_on")


def to_deliberate(viewer: Officer) -> list[tuple[Case, str]]:
    """Cases ready for those in charge, with why they must deliberate; those already deliberated are left out."""
    rows = cases(viewer).filter(state="answered").prefetch_related("deliberations", "legality_reviews").order_by("filed_on")
    return [(case, reason) for case in rows if (reason := deliberation_required(case)) and not case.deliberations.exists()]


def transfers(viewer: Officer) -> QuerySet[Transfer]:
    """Everything handed over in the viewer's division, what waits for an answer first."""
    rows = scoped(Transfer.objects.select_related("case__party", "by").prefetch_related("turns"), viewer, through="case")
    return rows.order_by(F("replied_on").asc(nulls_first=True), "on", "pk")


def liaisons_open(viewer: Officer) -> QuerySet[Liaison]:
    rows = Liaison.objects.filter(ended_on=None).select_related("case__party")
    return scoped(rows, viewer, through="case").order_by("due_on", "on")


def supervisions(viewer: Officer) -> QuerySet[Supervision]:
    """Listed supervisions, those that run first, the nearest end first."""
    rows = scoped(Supervision.objects.select_related("case__party"), viewer, through="case")
    return rows.order_by(F("released_on").asc(nulls_first=True), "due_on", "pk")


def claims(viewer: Officer) -> QuerySet[DamageClaim]:
    """Damage claims, those that are not ended first."""
    rows = scoped(DamageClaim.objects.select_related("case__party"), viewer, through="case")
    return rows.order_by(F("ended_on").asc(nulls_first=True), "known_on", "pk")


def unscreened(viewer: Officer, on: dt.date) -> list[Case]:
    """Open cases on which facts were noted that ask for a damage screening, and that have no sheet yet."""
    rows = open_cases(viewer).exclude(signals={}).filter(pk__in=Case.objects.exclude(pk__in=DamageClaim.objects.values("case")).values("pk"))
    return [case for case in rows.select_related("inspection")[:500] if damage_of(case, on)]


def samplings(viewer: Officer) -> QuerySet[Sampling]:
    """Orders to laboratories, what is under way first, the nearest report first."""
    rows = scoped(Sampling.objects.select_related("case__party", "commission", "by").prefetch_related("samples__turns", "samples__results"), viewer, through="case")
    return rows.order_by(F("told_on").asc(nulls_first=True), "due_on", "pk")


def sample_by_code(viewer: Officer, code: str) -> Sample:
    """What a scanned label leads to."""
    return one(Sample.objects.select_related("sampling__case__party").prefetch_related("turns__by", "results"), viewer, through="sampling__case", code=code)
