"""The capacity governor: never more open clues than people said they can check; the rest waits in the open, ranked, each with its reason.

What the law wants done at once passes by it (``law/book/clues/governor``: bypass), and takes its place first.  A bureau that
declared nothing has no governor.  Rank = precision of the clue's rule in its division and season × weight of its
grade × waiting; every factor is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.registry import duty
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Agency, Officer

from . import actions
from .models import Clue
from .precision import Precision, precision_table
from .states import CLUE, SEVERITIES

IN_HAND = ("accepted", "verified")
MOST = 5000  # rows of one queue looked at in one turn


@dataclass(frozen=True)
class Ranked:
    """A clue with its expected yield and the sum in words; ``bypass`` says why it does not wait, "" when it may."""

    clue: Clue
    score: float
    because: str
    bypass: str


@dataclass(frozen=True)
class Load:
    """How full a bureau is: ``capacity`` None while nobody declared; ``open`` are clues that people have (in hand or on their desk)."""

    unit: Agency
    capacity: int | None
    in_hand: int
    on_desk: int
    bypassed: int
    waiting: int

    @property
    def open(self) -> int:
        return self.in_hand + self.on_desk

    @property
    def room(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.open)


def numbers(on: dt.date, name: str) -> Mapping[str, Any]:
    return rulebook.load().get(f"clues/governor/{name}", on=on)


def bypass_of(clue: Clue, on: dt.date) -> str:
    """Why a clue does not wait: grave, wanted by people or superiors, or its legal clock nearly over."""
    told = numbers(on, "bypass")
    if clue.severity in told["severities"]:
        return f"{SEVERITIES[clue.severity]}等级直通"
    if clue.source in told["sources"]:
        return f"{clue.get_source_display()}须依法办理，直通"
    if (clue.due_on - on).days <= told["days_left"]:
        return f"法定初步审查期限（令30第18条）{clue.due_on} 将到，直通"
    return ""


def rank(clue: Clue, at: dt.datetime, precision: Precision) -> Ranked:
    """Expected yield of one clue with the sum in words."""
    on = at.astimezone(CHINA).date()
    told = numbers(on, "rank")
    low, because = precision.of(clue.rule, clue.county_code or clue.city_code, clue.found_at)
    weight = told["severity"].get(clue.severity, 1)
    days = max(0.0, (at - clue.found_at) / dt.timedelta(days=1))
    waiting = 1 + min(told["most_waiting"], days * told["per_waiting_day"])
    score = low * weight * waiting
    words = f"{because} {low:.2f} × {SEVERITIES[clue.severity]}权重 {weight} × 等待 {days:.1f} 天系数 {waiting:.2f} ＝ {score:.2f}"
    return Ranked(clue, score, words, bypass_of(clue, on))


def queue(unit: Agency) -> QuerySet[Clue]:
    """The clues of a bureau that nobody has taken, waiting or on people's desks."""
    return Clue.objects.filter(agency=unit.authority, state="found").select_related("facility", "division")


def load_of(unit: Agency, at: dt.datetime) -> Load:
    """How full a bureau is now."""
    body = unit.authority
    rows = Clue.objects.filter(agency=body)
    found = rows.filter(state="found")
    return Load(
        body, duty.capacity_of(body, at.astimezone(CHINA).date()), rows.filter(state__in=IN_HAND).count(), found.filter(released_at__isnull=False).count(),
        found.exclude(bypass="").count(), found.filter(released_at=None).count(),
    )


def waiting_list(unit: Agency, at: dt.datetime) -> list[Ranked]:
    """What waits, the most promising first, each with the reason for its place."""
    return ordered(queue(unit).filter(released_at=None)[:MOST], at)


def ordered(rows: Any, at: dt.datetime) -> list[Ranked]:
    precision = precision_table(at.astimezone(CHINA).date())
    ranked = [rank(clue, at, precision) for clue in rows]
    return sorted(ranked, key=lambda row: (not (row.bypass or row.clue.bypass), -row.score, row.clue.found_at, row.clue.pk))


@transaction.atomic
def govern(unit: Agency, at: dt.datetime) -> tuple[int, int]:
    """Let out what fits, best first, and take back what does not fit any more; returns (let out, taken back).

    Clues in hand are nobody's to take away: when they alone exceed the capacity, nothing else is let out but what passes by.
    """
    body = Agency.objects.select_for_update().get(pk=unit.authority.pk)
    capacity = duty.capacity_of(body, at.astimezone(CHINA).date())
    if capacity is None:
        return let_all_out(body, at), 0
    found = ordered(queue(body)[:MOST], at)
    room = max(0, capacity - Clue.objects.filter(agency=body, state__in=IN_HAND).count())
    out = back = 0
    for place, row in enumerate(found):
        fits = bool(row.bypass) or place < room or bool(row.clue.bypass)
        if fits and row.clue.released_at is None:
            actions.let_out(row.clue, at, row.bypass)
            out += 1
        elif not fits and row.clue.released_at is not None:
            Clue.objects.filter(pk=row.clue.pk).update(released_at=None)
            row.clue.clocks.filter(done_at=None).delete()
            record_event(by=None, subject=f"clue:{row.clue.pk}", step="hold", at=at, why=f"超过申报能力 {capacity} 条，退回等候队列：{row.because}")
            back += 1
    return out, back


def let_all_out(body: Agency, at: dt.datetime) -> int:
    """Nobody declared anything: nothing waits, and nothing has to be ranked."""
    waiting = list(queue(body).filter(released_at=None))
    for clue in waiting:
        actions.let_out(clue, at, bypass_of(clue, at.astimezone(CHINA).date()))
    return len(waiting)


def govern_all(at: dt.datetime) -> int:
    """One turn over every bureau that has clues nobody has taken; returns how many were let out."""
    units = Agency.objects.filter(pk__in=Clue.objects.filter(state="found").values("agency").distinct())
    return sum(govern(unit, at)[0] for unit in units)


@transaction.atomic
def release(clue: Clue, *, why: str, by: Officer, at: dt.datetime) -> Clue:
    """A leader lets one clue out before its turn, with the reason; it stays out."""
    if clue.released_at is not None:
        raise NotAllowed("这条线索不在等候队列里")
    if not why.strip():
        raise BadInput("请写明为什么这一条要先办", field="why")
    row = actions.take(clue, "release", by=by, at=at, why=why)
    actions.let_out(row, at, f"{by.name}提前放出"[:60])
    return row


def is_waiting(clue: Clue) -> bool:
    return clue.released_at is None and clue.state == CLUE.initial


RANK_SAYS = "预期收益 ＝ 命中率（本规则 × 属地 × 季节，核实太少的用本规则全部）× 等级权重 × 等待系数"
