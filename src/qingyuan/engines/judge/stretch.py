"""A stretch: everything one rule may look at, for one facility and one window.

The window is whole days in China; before it lies the context a rule asked for (``look-back``).  A rule's findings of a
day depend on that day and its look-back alone, which is why live and retro agree (see run.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from .once import once
from .series import DAY, Index, Series, Times

COLUMNS = ("value", "low", "high", "mass", "corrected")


@dataclass(frozen=True)
class Point:
    """A monitoring point as the registry's dimension table gives it."""

    mn: str
    outlet: str
    facility: str = ""
    division: str = ""
    medium: str = "gas"
    industry: str = ""
    reference_oxygen: float | None = None
    factors: tuple[str, ...] = ()
    facility_name: str = ""
    outlet_name: str = ""


@dataclass(frozen=True)
class Mark:
    """What the discharger says about a period: author, time, reason, proof, review.  A mark never deletes a reading.

    ``code`` is the mark's name (停运, 启炉, 烘炉, 停炉, 停炉降温, 故障, CEMS维护 …); no factors means all.
    ``review``: "" not yet, "accepted", "rejected".
    """

    outlet: str
    code: str
    began: int
    ended: int
    recorded_at: int
    factors: tuple[str, ...] = ()
    author: str = ""
    reason: str = ""
    proof: str = ""
    review: str = ""


@dataclass(frozen=True)
class Event:
    """A dated fact from the registry or from people: ticket, filed value, order, plan, quota.

    ``kind`` is one of ticket, filed, stop_order, limit_order, stagger, quota, permit, design; ``factor`` and ``value``
    mean what the kind says; without an outlet it speaks of the whole facility; an open end is limits.FOREVER.
    """

    outlet: str
    kind: str
    began: int
    ended: int
    factor: str = ""
    value: float = float("nan")
    text: str = ""
    facility: str = ""


Said = TypeVar("Said", Mark, Event)


@dataclass(frozen=True)
class Equipment:
    """A production or treatment unit with a meter (series ``factor`` at ``mn``); it runs above a fifth of ``rated``.

    ``follows``: the code of the unit it must run with (a treatment unit follows the production it serves).
    """

    code: str
    name: str
    role: str
    mn: str
    factor: str
    rated: float
    follows: str = ""


@dataclass(frozen=True)
class Stretch:
    """The series, points, marks and events of one facility; ``began``/``ended`` (ms) are the judged window.

    ``until``: the moment of judging when it lies inside the window; ``heard``: mn → the first moment it ever spoke.
    """

    facility: str
    began: int
    ended: int
    all_series: tuple[Series, ...]
    points: dict[str, Point] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    events: tuple[Event, ...] = ()
    until: int | None = None
    heard: dict[str, int] = field(default_factory=dict)
    equipment: tuple[Equipment, ...] = ()
    answers: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def known_until(self) -> int:
        """Return the moment up to which readings could have come: the window's end, or earlier when judged live."""
        return self.ended if self.until is None else min(self.until, self.ended)

    def series(self, *, kind: str, factors: Iterable[str] | None = None, medium: str | None = None) -> Iterator[Series]:
        """Yield the series of one kind, in the order point, factor."""
        key = (Series, kind, tuple(factors) if factors is not None else None, medium)
        if key not in self.answers:
            self.answers[key] = list(self._chosen(kind, key[2], medium))
        yield from self.answers[key]

    def _chosen(self, kind: str, factors: tuple[str, ...] | None, medium: str | None) -> Iterator[Series]:
        wanted = None if factors is None else frozenset(factors)
        for series in self._of_kind.get(kind, ()):
            if wanted is None or series.factor in wanted:
                point = self.points.get(series.point)
                if medium is None or (point is not None and point.medium == medium):
                    yield series

    def of_point(self, mn: str, kind: str, factors: Iterable[str] | None = None) -> list[Series]:
        """Return the series of one point and kind, in the order of factors."""
        wanted = None if factors is None else frozenset(factors)
        return [series for series in self._of_point.get((mn, kind), ()) if wanted is None or series.factor in wanted]

    def find(self, point: str, factor: str, kind: str) -> Series | None:
        """Return one series, or None."""
        return self._named.get((point, factor, kind))

    def marks_of(self, outlet: str, codes: Iterable[str] | None = None) -> list[Mark]:
        """Return the marks of an outlet, by start."""
        wanted = None if codes is None else frozenset(codes)
        return [mark for mark in self.marks if mark.outlet == outlet and (wanted is None or mark.code in wanted)]

    def events_of(self, kind: str, outlet: str | None = None, factor: str | None = None) -> list[Event]:
        """Return the events of one kind that touch the outlet (an event without outlet touches all) and the factor."""
        return [
            event
            for event in self._events.get(kind, ())
            if (outlet is None or event.outlet in ("", outlet))
            and (factor is None or event.factor in ("", factor))
        ]

    def place(self, outlet: str, factor: str = "") -> Series:
        """Return an empty series that stands for an outlet's point, for findings that rest on marks or events alone."""
        mn = next((point.mn for point in self.points.values() if point.outlet == outlet), "")
        none, blank = np.empty(0, dtype=np.int64), np.empty(0)
        return Series(mn, outlet, factor, "", none, blank, blank, blank, blank, blank, np.empty(0, dtype=np.uint8), none)

    @cached_property
    def _events(self) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.kind, []).append(event)
        return found

    @cached_property
    def _of_kind(self) -> dict[str, list[Series]]:
        found: dict[str, list[Series]] = {}
        for series in self.all_series:
            found.setdefault(series.kind, []).append(series)
        return found

    @cached_property
    def _of_point(self) -> dict[tuple[str, str], list[Series]]:
        found: dict[tuple[str, str], list[Series]] = {}
        for series in self.all_series:
            found.setdefault((series.point, series.kind), []).append(series)
        return found

    @cached_property
    def _named(self) -> dict[tuple[str, str, str], Series]:
        return {(series.point, series.factor, series.kind): series for series in reversed(self.all_series)}

    def days(self) -> Times:
        """Return the starts of the judged days."""
        return np.arange(self.began, self.ended, DAY, dtype=np.int64)

    def finished_days(self) -> Times:
        """Return the starts of the judged days that are over."""
        return self.days()[: max(0, (self.known_until - self.began) // DAY)]

    def judged(self, times: Times) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which moments lie in the judged window."""
        key = (DAY, id(times))
        if key not in self.answers:
            self.answers[key] = ((times >= self.began) & (times < self.ended), times)
        judged: np.ndarray[Any, np.dtype[np.bool_]] = self.answers[key][0]
        return judged

    def seen_from(self, moment: int) -> Stretch:
        """Return the same stretch without the readings before ``moment``; rules get no more look-back than they asked for."""
        kept = tuple(cut(series, moment, self.ended) for series in self.all_series)
        return replace(self, all_series=tuple(series for series in kept if len(series)))


@once
def moments_of(stretch: Stretch, mn: str, kind: str, factors: tuple[str, ...] | None = None) -> Times:
    """Return every moment at which a point told any of some factors (None: anything)."""
    told = {id(one.began): one.began for one in stretch.of_point(mn, kind, factors)}
    if len(told) == 1:
        return next(iter(told.values()))
    return np.unique(np.concatenate(list(told.values()))) if told else np.empty(0, dtype=np.int64)


@once
def day_edges(stretch: Stretch, began: Times) -> Index:
    """Return the row at which each judged day begins in sorted moments, and the row at which the last one ends."""
    return np.searchsorted(began, np.arange(stretch.began, stretch.ended + 1, DAY, dtype=np.int64)).astype(np.int64)


def cut(series: Series, began: int, ended: int) -> Series:
    """Return the rows of a series that start in [began, ended); the arrays are views."""
    rows = series.between(began, ended)
    if rows.start == 0 and rows.stop == len(series):
        return series
    arrays = {name: getattr(series, name)[rows] for name in ("began", *COLUMNS, "flag", "received_at")}
    return replace(series, **arrays)


def in_order(told: Iterable[Said]) -> tuple[Said, ...]:
    """Return marks or events in one order, whatever order they were read in."""
    return tuple(sorted(told, key=lambda one: (one.began, one.ended, one.outlet, repr(one))))
