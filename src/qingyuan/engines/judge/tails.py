"""The newest readings in memory: what live judging looks at again each minute, without opening a file.

One tail for each series, growing at its end; a reading that comes late or twice is put where it belongs, and of two for
one moment the later received stands.  A tail is cut at its front when a day has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from .frame import ARRAYS, columns_of
from .series import Series
from .sources import Source
from .stretch import Point

TYPES: dict[str, Any] = {"began": np.int64, "flag": np.uint8, "received_at": np.int64}
Row = tuple[Any, ...]  # in the order of ARRAYS
NEVER = 2**62
RECEIVED = ARRAYS.index("received_at")


class Tail:
    """The readings of one series from some moment on."""

    __slots__ = ("arrays", "count", "factor", "kind", "outlet", "point")

    def __init__(self, of: Series) -> None:
        self.point, self.outlet, self.factor, self.kind = of.point, of.outlet, of.factor, of.kind  # its own arrays alone are kept
        self.count = len(of)
        self.arrays = [np.array(getattr(of, name), dtype=TYPES.get(name, np.float64)) for name in ARRAYS]

    def put(self, row: Row) -> None:
        """Take one reading."""
        count, moments = self.count, self.arrays[0]
        if count == len(moments):
            self.arrays = [np.concatenate((one, np.zeros(max(count // 4, 32), one.dtype))) for one in self.arrays]
            moments = self.arrays[0]
        place = count
        if count and row[0] <= moments[count - 1]:
            place = int(np.searchsorted(moments[:count], row[0]))
            if moments[place] == row[0]:
                if row[RECEIVED] >= self.arrays[RECEIVED][place]:
                    self._write(place, row)
                return
            for one in self.arrays:
                one[place + 1 : count + 1] = one[place:count].copy()
        self._write(place, row)
        self.count = count + 1

    def _write(self, place: int, row: Row) -> None:
        for one, value in zip(self.arrays, row, strict=True):
            one[place] = value

    def between(self, began: int, ended: int, like: Series | None) -> Series | None:
        """Return the readings that start in [began, ended) as a series, None without any; ``like``: another factor of the point."""
        moments = self.arrays[0][: self.count]
        first = 0 if self.count and moments[0] >= began else int(np.searchsorted(moments, began))
        last = self.count if self.count and moments[-1] < ended else int(np.searchsorted(moments, ended))
        if first >= last:
            return None
        views = [one[first:last] for one in self.arrays]
        alike = like is not None and len(like) == last - first and np.array_equal(like.began, views[0])
        if like is not None and alike:
            views[0] = like.began
        series = Series(self.point, self.outlet, self.factor, self.kind, *views)
        if like is not None and alike and self.kind == like.kind:
            series.__dict__["step"] = like.step  # the same moments have the same usual distance
        return series

    def forget(self, before: int) -> None:
        """Let go of what began before a moment."""
        first = int(np.searchsorted(self.arrays[0][: self.count], before))
        if first:
            self.arrays = [one[first : self.count].copy() for one in self.arrays]
            self.count -= first


class Tails:
    """The tails of every facility by kind.  ``since`` (ms): from where on they are whole, by kind."""

    def __init__(self, since: Mapping[str, int]) -> None:
        self.since = dict(since)
        self._of: dict[tuple[str, str], dict[tuple[str, str], Tail]] = {}
        self._factors: dict[str, frozenset[str]] = {}

    def learn(self, facility: str, kind: str, series: Iterable[Series]) -> None:
        """Take the readings there are so far."""
        mine = self._of[facility, kind] = {(one.point, one.factor): Tail(one) for one in series}
        self._factors[facility] = self.factors(facility) | {factor for _, factor in mine}

    def factors(self, facility: str) -> frozenset[str]:
        """Return the factors that a facility has ever told since its readings are remembered."""
        return self._factors.get(facility, frozenset())

    def take(self, table: pa.Table, points: Mapping[str, Point]) -> dict[tuple[str, str], set[int]]:
        """Take new readings (a table of the lake's columns, any order); return the moments told by (facility, kind)."""
        names, columns = columns_of(table)
        rows = zip(*(columns[name].tolist() for name in ARRAYS), strict=True)
        told: dict[tuple[str, str], set[int]] = {}
        for mn, factor, kind, row in zip(*names, rows, strict=True):
            point = points.get(mn)
            if point is None:
                continue
            place = (point.facility, kind)
            told.setdefault(place, set()).add(row[0])
            if row[0] >= self.since.get(kind, row[0] + 1):
                self._put(place, point, factor, kind, row)
        return told

    def _put(self, place: tuple[str, str], point: Point, factor: str, kind: str, row: Row) -> None:
        mine = self._of.setdefault(place, {})
        tail = mine.get((point.mn, factor))
        if tail is None:
            arrays = [np.empty(0, TYPES.get(name, np.float64)) for name in ARRAYS]
            tail = mine[point.mn, factor] = Tail(Series(point.mn, point.outlet, factor, kind, *arrays))
            self._of[place] = dict(sorted(mine.items()))
            self._factors[point.facility] = self.factors(point.facility) | {factor}
        tail.put(row)

    def series(self, facility: str, kind: str, began: int, ended: int) -> list[Series] | None:
        """Return the series of a facility in [began, ended), by point and factor; None when the tails do not reach so far back."""
        if began < self.since.get(kind, ended + 1):
            return None
        found: list[Series] = []
        for tail in self._of.get((facility, kind), {}).values():
            like = found[-1] if found and found[-1].point == tail.point else None
            one = tail.between(began, ended, like)
            if one is not None:
                found.append(one)
        return found

    def forget(self, since: Mapping[str, int]) -> None:
        """Let go of what began before the moments given by kind."""
        for (_, kind), mine in self._of.items():
            for tail in mine.values():
                tail.forget(since.get(kind, self.since[kind]))
        self.since |= {kind: max(start, self.since.get(kind, start)) for kind, start in since.items()}


class Remembered:
    """A source whose newest readings are in memory; everything else is asked of the source behind it."""

    def __init__(self, source: Source, tails: Tails) -> None:
        self.source, self.tails = source, tails
        self._first: dict[tuple[str, str], int] = {}
        self._unheard: dict[tuple[str, str], int] = {}
        self.facilities, self.points, self.limits, self.rows = source.facilities, source.points, source.limits, source.rows
        self.marks, self.events, self.equipment = source.marks, source.events, source.equipment

    def series(self, facility: str, kind: str, began: int, ended: int) -> list[Series]:
        """Return readings as sorted series, by point and factor."""
        held = self.tails.series(facility, kind, began, ended)
        return self.source.series(facility, kind, began, ended) if held is None else held

    def heard(self, facility: str, mns: Sequence[str], before: int) -> dict[str, int]:
        """Return mn → the first moment the point ever spoke, for those that spoke before a moment; asked once a day."""
        unknown = [mn for mn in mns if (facility, mn) not in self._first and self._unheard.get((facility, mn)) != before]
        for mn, moment in (self.source.heard(facility, unknown, before) if unknown else {}).items():
            self._first[facility, mn] = moment
        self._unheard |= {(facility, mn): before for mn in unknown if (facility, mn) not in self._first}
        return {mn: first for mn in mns if (first := self._first.get((facility, mn), NEVER)) < before}
