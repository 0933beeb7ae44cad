"""Reminders of legal clocks: each exactly once, whatever dies in between.

``due_reminders`` writes what has become due into an outbox; the row's uniqueness makes a second writing harmless.  ``deliver``
claims a row by an update that must touch it, and hands it over in one transaction with the mark that it was: a worker killed
after the claim has handed nothing over, and the claim ends with its lease.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, Q, QuerySet

from qingyuan.clock import CHINA
from qingyuan.records.registry.models import Officer

from . import outbox
from .clocks import CaseClock, clocks_of, is_of_party
from .models import Case, Notice, Reminder
from .states import CASE

STAGES = (7, 3, 0)
LATE = -1
LEASE = dt.timedelta(minutes=5)
OPEN = [state for state in CASE.states if state not in ("closed", "archived")]


def turn(at: dt.datetime) -> int:
    """What a loop of the worker does: write what is due, hand it over; returns how many were handed over."""
    due_reminders(at)
    handed = deliver(at)
    outbox.turn(at)
    return handed


def due_reminders(at: dt.datetime) -> int:
    """Write every reminder that is due and not yet written; returns how many are new."""
    on = at.astimezone(CHINA).date()
    rows = [row for case in watched() for row in reminders_of(case, on, at)]
    before = Reminder.objects.count()
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Reminder.objects.count() - before


def watched() -> Iterator[Case]:
    """Open cases, and closed ones whose publication has still to be withdrawn."""
    withdrawing = Q(annulled_on__isnull=False, published_on__isnull=False, publication_withdrawn_on=None)
    rows = Case.objects.filter(Q(state__in=OPEN) | withdrawing).select_related("agency", "facility")
    beside = ("payments", "measures", "transfers__turns", "suspensions", "hearings", "investigators", "liaisons", "supervisions", "commitments", "samplings")
    return rows.prefetch_related(*beside).iterator(chunk_size=200)


def reminders_of(case: Case, on: dt.date, at: dt.datetime) -> list[Reminder]:
    """One per clock of ours and per person it concerns, at the stage reached today."""
    rows = []
    for clock in clocks_of(case, on, at):
        stage = stage_of(clock, on)
        if stage is None:
            continue
        text = f"{case.number} {case.party.name}：{clock.label}{words(stage, clock.due.due_on, on)}（{clock.due.citation}）"
        rows += [
            Reminder(case=case, officer=person, clock=clock.due.clock, due_on=clock.due.due_on, stage=stage, text=text[:300], made_at=at)
            for person in people(case, stage)
        ]
    return rows


def stage_of(clock: CaseClock, on: dt.date) -> int | None:
    """7, 3 or 0 days before, -1 once it is over; None when nobody has to be reminded."""
    if clock.done_on is not None or clock.is_still or is_of_party(clock):
        return None
    left = (clock.due.due_on - on).days
    if left < 0:
        return LATE
    return min((stage for stage in STAGES if left <= stage), default=None)


def words(stage: int, due_on: dt.date, on: dt.date) -> str:
    if stage == LATE:
        return f"已于{due_on}到期，超期{(on - due_on).days}天"
    left = (due_on - on).days
    return f"{due_on}到期，{'就在今天' if left == 0 else f'还有{left}天'}"


def people(case: Case, stage: int) -> list[Officer]:
    """The investigators; once it is late, the leaders of the agency as well."""
    who = list(case.investigators.all())
    if stage == LATE:
        known = {person.pk for person in who}
        leaders = Officer.objects.filter(Q(agency=case.agency) | Q(agency__parent=case.agency))
        who += [person for person in leaders if person.has_role("leader") and person.pk not in known]
    return who


def deliver(at: dt.datetime, *, most: int = 500) -> int:
    """Hand over what waits; returns how many this call handed over."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    keys = list(Reminder.objects.filter(free, delivered_at=None).order_by("pk").values_list("pk", flat=True)[:most])
    return sum(claim(key, at) and hand_over(key, at) for key in keys)


def claim(key: int, at: dt.datetime) -> bool:
    """True when this worker, and no other, may hand the reminder over until the lease ends."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    rows = Reminder.objects.filter(free, pk=key, delivered_at=None)
    return rows.update(claimed_until=at + LEASE, attempts=F("attempts") + 1) == 1


@transaction.atomic
def hand_over(key: int, at: dt.datetime) -> bool:
    """Put it into the officer's box and mark it, together; False when somebody had."""
    if Reminder.objects.filter(pk=key, delivered_at=None).update(delivered_at=at, claimed_until=None) != 1:
        return False
    row = Reminder.objects.get(pk=key)
    Notice.objects.create(reminder=row, officer=row.officer, at=at)
    return True


def box(viewer: Officer, *, unread: bool = False) -> QuerySet[Notice]:
    """What an officer was reminded of, newest first."""
    rows = Notice.objects.filter(officer=viewer).select_related("reminder__case__facility")
    return (rows.filter(read_at=None) if unread else rows).order_by("-at", "-pk")


def mark_read(viewer: Officer, at: dt.datetime) -> int:
    """The officer has seen everything in the box."""
    return Notice.objects.filter(officer=viewer, read_at=None).update(read_at=at)
