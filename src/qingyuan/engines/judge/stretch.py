"""A stretch: everything one rule may look at, for one facility and one window.

The window is whole days in China; before it lies the context a rule asked for (``look-back``).  A rule's findings of a
day depend on that day and its look-back alone, which is why live and retro agree (see run.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from .series import DAY, Series, Times, Values

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

    @property
    def known_until(self) -> int:
        """Return the moment up to which readings could have come: the window's end, or earlier when judged live."""
        return self.ended if self.until is None else min(self.until, self.ended)

    def series(self, *, kind: str, factors: Iterable[str] | None = None, medium: str | None = None) -> Iterator[Series]:
        """Yield the series of one kind, in the order point, factor."""
        wanted = None if factors is None else frozenset(factors)
        for series in self.all_series:
            if series.kind == kind and (wanted is None or series.factor in wanted):
                point = self.points.get(series.point)
                if medium is None or (point is not None and point.medium == medium):
                    yield series

    def find(self, point: str, factor: str, kind: str) -> Series | None:
        """Return one series, or None."""
        for series in self.all_series:
            if series.point == point and series.factor == factor and series.kind == kind:
                return series
        return None

    def marks_of(self, outlet: str, codes: Iterable[str] | None = None) -> list[Mark]:
        """Return the marks of an outlet, by start."""
        wanted = None if codes is None else frozenset(codes)
        return [mark for mark in self.marks if mark.outlet == outlet and (wanted is None or mark.code in wanted)]

    def events_of(self, kind: str, outlet: str | None = None, factor: str | None = None) -> list[Event]:
        """Return the events of one kind that touch the outlet (an event without outlet touches all) and the factor."""
        return [
            event
            for event in self.events
            if event.kind == kind
            and (outlet is None or event.outlet in ("", outlet))
            and (factor is None or event.factor in ("", factor))
        ]

    def place(self, outlet: str, factor: str = "") -> Series:
        """Return an empty series that stands for an outlet's point, for findings that rest on marks or events alone."""
        mn = next((point.mn for point in self.points.values() if point.outlet == outlet), "")
        none, blank = np.empty(0, dtype=np.int64), np.empty(0)
        return Series(mn, outlet, factor, "", none, blank, blank, blank, blank, blank, np.empty(0, dtype=np.uint8), none)

    def days(self) -> Times:
        """Return the starts of the judged days."""
        return np.arange(self.began, self.ended, DAY, dtype=np.int64)

    def judged(self, times: Times) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which moments lie in the judged window."""
        return (times >= self.began) & (times < self.ended)

    def seen_from(self, moment: int) -> Stretch:
        """Return the same stretch without the readings before ``moment``; rules get no more look-back than they asked for."""
        kept = tuple(cut(series, moment, self.ended) for series in self.all_series)
        return replace(self, all_series=tuple(series for series in kept if len(series)))


def cut(series: Series, began: int, ended: int) -> Series:
    """Return the rows of a series that start in [began, ended); the arrays are views."""
    rows = series.between(began, ended)
    if rows.start == 0 and rows.stop == len(series):
        return series
    arrays = {name: getattr(series, name)[rows] for name in ("began", *COLUMNS, "flag", "received_at")}
    return replace(series, **arrays)


def build(
    table: pa.Table,
    *,
    facility: str,
    began: int,
    ended: int,
    points: dict[str, Point],
    marks: Sequence[Mark] = (),
    events: Sequence[Event] = (),
    until: int | None = None,
    heard: dict[str, int] | None = None,
    equipment: Sequence[Equipment] = (),
) -> Stretch:
    """Build a stretch from a readings table in any order, with any duplicates.

    Of two rows for one (mn, factor, kind, began) the later received wins, then the later in the spool.
    """
    return Stretch(
        facility=facility,
        began=began,
        ended=ended,
        all_series=tuple(split(table, points)),
        points=points,
        marks=in_order(marks),
        events=in_order(events),
        until=until,
        heard=heard or {},
        equipment=tuple(equipment),
    )


def in_order(told: Iterable[Said]) -> tuple[Said, ...]:
    """Return marks or events in one order, whatever order they were read in."""
    return tuple(sorted(told, key=lambda one: (one.began, one.ended, one.outlet, repr(one))))


def split(table: pa.Table, points: dict[str, Point]) -> Iterator[Series]:
    """Yield the sorted, deduplicated series of a readings table; rows of unknown points are left out."""
    if not table.num_rows:
        return
    columns = _arrays(table)
    names = [_names(table.column(name)) for name in ("mn", "factor", "kind")]
    key = _combined(names)
    order = _order(key, columns)
    if order is not None:
        key = key[order]
        columns = {name: column[order] for name, column in columns.items()}
    edges = np.concatenate(([0], np.flatnonzero(np.diff(key)) + 1, [len(key)]))
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        mn, factor, kind = _unpack(int(key[first]), names)
        if mn in points:
            arrays = {name: column[first:last] for name, column in columns.items() if name not in ("segment", "offset")}
            yield Series(point=mn, outlet=points[mn].outlet, factor=factor, kind=kind, **arrays)


Named = tuple[np.ndarray[Any, np.dtype[np.int64]], list[str]]


def _names(column: pa.ChunkedArray) -> Named:
    """Return codes and words, the words sorted so that codes sort like words."""
    coded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    words = np.asarray(coded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(words.astype(str), kind="stable") if len(words) else np.empty(0, dtype=np.int64)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    codes = np.asarray(coded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    return (rank[codes] if len(words) else codes), [str(word) for word in words[order]]


def _combined(names: list[Named]) -> np.ndarray[Any, np.dtype[np.int64]]:
    key = names[0][0]
    for codes, words in names[1:]:
        key = key * max(len(words), 1) + codes
    return key


def _unpack(key: int, names: list[Named]) -> tuple[str, ...]:
    words = []
    for _, choices in reversed(names):
        key, place = divmod(key, max(len(choices), 1))
        words.append(choices[place])
    return tuple(reversed(words))


def _arrays(table: pa.Table) -> dict[str, Any]:
    columns: dict[str, Any] = {"began": _times(table, "began"), "received_at": _times(table, "received_at")}
    for name in COLUMNS:
        columns[name] = _floats(table, name)
    columns["flag"] = _letters(table)
    for name in ("segment", "offset"):
        present = name in table.column_names
        columns[name] = np.asarray(table.column(name).to_numpy(), dtype=np.int64) if present else np.zeros(table.num_rows, dtype=np.int64)
    return columns


def _times(table: pa.Table, name: str) -> Times:
    column = table.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ms", tz="UTC") if column.type.tz else pa.timestamp("ms")).cast(pa.int64())
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _floats(table: pa.Table, name: str) -> Values:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)


def _letters(table: pa.Table) -> np.ndarray[Any, np.dtype[np.uint8]]:
    codes, words = _names(table.column("flag").fill_null("N"))
    letters = np.array([ord(word[0]) if word else ord("N") for word in words] or [ord("N")], dtype=np.uint8)
    return letters[codes] if len(codes) else np.empty(0, dtype=np.uint8)


def _order(key: Any, columns: dict[str, Any]) -> Any:
    """Return the row order that sorts and drops duplicates, or None when the rows already are so."""
    began = columns["began"]
    same = key[1:] == key[:-1]
    if bool(np.all((key[1:] > key[:-1]) | (same & (began[1:] > began[:-1])))):
        return None
    order = np.lexsort((columns["offset"], columns["segment"], columns["received_at"], began, key))
    sorted_key, sorted_began = key[order], began[order]
    is_last = np.append((sorted_key[1:] != sorted_key[:-1]) | (sorted_began[1:] != sorted_began[:-1]), True)
    return order[is_last]
