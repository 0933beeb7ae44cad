"""Clocks of clues start, stop and run out; who is told then, each step exactly once, whatever dies in between.

A step of escalation is one update that must touch one row, with its messages and its event in the same transaction.  Messages are
an outbox: a row is unique by (key, officer), so writing it again writes nothing, and handing it over is again one update.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.clock import CHINA
from qingyuan.records.registry import duty
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Agency, Officer

from . import schemes
from .models import Clue
from .stage_models import ClueClock, ClueMessage
from .states import CLUE

WORDS = {"duty": "承办、值班人员", "leader": "本单位负责人", "superior": "上级单位"}


def start(clue: Clue, begins: str, at: dt.datetime) -> list[ClueClock]:
    """Start every clock of the clue's scheme that runs from there (found | asked | accepted)."""
    made = []
    for kind in schemes.kinds_from(clue.scheme, begins, at.astimezone(CHINA).date()):
        told = schemes.clock(clue.scheme, kind, clue.severity, at, facility=clue.facility)
        if told is not None:
            row, _ = ClueClock.objects.get_or_create(
                clue=clue, kind=kind, started_at=told.started_at,
                defaults={"label": told.label, "scheme": clue.scheme, "citation": told.citation, "grade": told.grade, "due_at": told.due_at, "lines": list(told.lines)},
            )
            made.append(row)
    return made


def stop(clue: Clue, at: dt.datetime, *kinds: str) -> None:
    """The clocks of these kinds (all, when none is named) have done their work."""
    rows = ClueClock.objects.filter(clue=clue, done_at=None)
    (rows.filter(kind__in=kinds) if kinds else rows).update(done_at=at)


def recount(clue: Clue) -> None:
    """A clue of another grade has other times: the running clocks are counted again from where they began."""
    for row in ClueClock.objects.filter(clue=clue, done_at=None):
        told = schemes.clock(clue.scheme, row.kind, clue.severity, row.started_at, facility=clue.facility)
        if told is not None and told.due_at != row.due_at:
            row.due_at, row.lines, row.raised = told.due_at, [*told.lines, f"原为 {row.due_at.astimezone(CHINA):%Y-%m-%d %H:%M}，等级调整后重新计算"], 0
            row.save(update_fields=["due_at", "lines", "raised"])


def turn(at: dt.datetime) -> int:
    """What a loop of the worker does: escalate what has run out, hand messages over; returns how many were handed over."""
    escalate_overdue(at)
    return deliver(at)


def escalate_overdue(at: dt.datetime, *, most: int = 2000) -> int:
    """Take every step of escalation that is due and not yet taken; returns how many were taken."""
    rows = ClueClock.objects.filter(done_at=None, due_at__lte=at).exclude(clue__state__in=CLUE.final).exclude(clue__released_at=None)
    rows = rows.select_related("clue__agency__division", "clue__agency__parent", "clue__handler__agency__division", "clue__handler__agency__parent").order_by("due_at", "id")
    return sum(raise_once(row, at) for row in rows[:most])


def raise_once(row: ClueClock, at: dt.datetime) -> int:
    """The steps of one clock that are due now; each is claimed by an update that must touch the row."""
    taken = 0
    steps = schemes.escalations(row.scheme, row.started_at.astimezone(CHINA).date())
    for level, step in enumerate(steps[row.raised :], row.raised + 1):
        if at < row.due_at + dt.timedelta(hours=step["after"]):
            break
        with transaction.atomic():
            if ClueClock.objects.filter(pk=row.pk, raised=level - 1, done_at=None).update(raised=level) != 1:
                break
            people, because = told_at(row.clue, step["to"], at)
            late = (at - row.due_at) / dt.timedelta(hours=1)
            text = f"{row.clue.number} {row.clue.title}：{row.label}已于 {row.due_at.astimezone(CHINA):%m-%d %H:%M} 到期，超时 {late:.1f} 小时"
            post(row.clue, f"clock:{row.pk}:{level}", people, text, because, at)
            after = {"clock": row.kind, "level": level, "to": [person.name for person in people]}
            record_event(by=None, subject=f"clue:{row.clue_id}", step="escalate", at=at, after=after, why=f"{row.label}超时，报{WORDS[step['to']]}（{because}）")
            taken += 1
    return taken


def told_at(clue: Clue, whom: str, at: dt.datetime) -> tuple[list[Officer], str]:
    """The people of a step of escalation and why they; the superior is that of the supervision line."""
    unit = unit_of(clue)
    if unit is None:
        return [], "没有承办单位"
    if whom == "leader":
        return duty.leaders_of(unit), "本单位负责人"
    if whom == "superior":
        above = duty.superior_of(unit, at.astimezone(CHINA).date())
        if above is None:
            return duty.leaders_of(unit), "没有上级单位，报本单位负责人"
        people, because = duty.receivers(above, at)
        return people, f"{above.name}：{because}"
    return duty.receivers(unit, at, handler=clue.handler)


def unit_of(clue: Clue) -> Agency | None:
    """The bureau that has the clue."""
    return clue.agency if clue.agency_id else duty.unit_for(clue.division)


def post(clue: Clue, key: str, people: Iterable[Officer], text: str, because: str, at: dt.datetime) -> None:
    """Write one message to each person; a second writing of the same key writes nothing."""
    rows = [ClueMessage(key=key, clue=clue, officer=person, text=text[:300], because=because[:40], made_at=at) for person in people]
    ClueMessage.objects.bulk_create(rows, ignore_conflicts=True)


def deliver(at: dt.datetime, *, most: int = 500) -> int:
    """Hand over what waits: one update each, so that two workers never hand over the same message."""
    keys = list(ClueMessage.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True)[:most])
    return sum(ClueMessage.objects.filter(pk=key, delivered_at=None).update(delivered_at=at) for key in keys)


def running(rows: Iterable[Clue]) -> dict[int, list[str]]:
    """The running clocks of clues in words, by clue: what is due when."""
    told: dict[int, list[str]] = {}
    for row in ClueClock.objects.filter(clue__in=list(rows), done_at=None).order_by("due_at"):
        told.setdefault(row.clue_id, []).append(f"{row.label} {row.due_at.astimezone(CHINA):%m-%d %H:%M} 前{'，已上报' if row.raised else ''}")
    return told


def box(viewer: Officer) -> QuerySet[ClueMessage]:
    """What an officer was told about clues and has not read, newest first."""
    return ClueMessage.objects.filter(officer=viewer, delivered_at__isnull=False, read_at=None).select_related("clue").order_by("-made_at", "-pk")


def mark_read(viewer: Officer, at: dt.datetime) -> int:
    return ClueMessage.objects.filter(officer=viewer, delivered_at__isnull=False, read_at=None).update(read_at=at)
