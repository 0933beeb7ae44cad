"""Where a stretch comes from: the lake, or plain tables.  Rules never know which.

A source answers for one facility at a time and can be sent to another process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from qingyuan.engines.store import asof, manifest

from .finding import moment
from .frame import ARRAYS, joined, split
from .limits import FOREVER, Limit, LimitTable, from_row
from .series import Series
from .stretch import Equipment, Event, Mark, Point, cut, in_order


class Source(Protocol):
    """What judging asks of a store.  All times are milliseconds."""

    def facilities(self) -> list[str]:
        """Return the facilities that have points, sorted."""

    def points(self, facility: str) -> dict[str, Point]:
        """Return the points of a facility by mn."""

    def limits(self, facility: str) -> LimitTable:
        """Return the limits of a facility's outlets."""

    def rows(self, facility: str, kind: str, began: int, ended: int) -> pa.Table:
        """Return the readings of one kind that start in [began, ended), as known at the source's ``as_of``."""

    def series(self, facility: str, kind: str, began: int, ended: int) -> list[Series]:
        """Return the same readings as sorted series, by point and factor."""

    def marks(self, facility: str) -> list[Mark]:
        """Return every mark made for a facility, in the order of ``stretch.in_order``."""

    def events(self, facility: str) -> list[Event]:
        """Return every dated fact about a facility, in the order of ``stretch.in_order``."""

    def heard(self, facility: str, mns: Sequence[str], before: int) -> dict[str, int]:
        """Return mn → the first moment the point ever spoke, for those of ``mns`` that spoke before a moment."""

    def equipment(self, facility: str) -> list[Equipment]:
        """Return the metered production and treatment units."""


@dataclass
class TableSource:
    """A source over tables in memory, for tests, cases and benchmarks."""

    readings: pa.Table
    known_points: Sequence[Point]
    known_limits: Sequence[Mapping[str, Any]] = ()
    known_marks: Sequence[Mark] = ()
    known_events: Sequence[Event] = ()
    known_equipment: Sequence[Equipment] = ()

    @cached_property
    def _points(self) -> dict[str, dict[str, Point]]:
        found: dict[str, dict[str, Point]] = {}
        for point in self.known_points:
            found.setdefault(point.facility, {})[point.mn] = point
        return found

    @cached_property
    def _home(self) -> dict[str, str]:
        return {point.outlet: point.facility for point in self.known_points}

    @cached_property
    def _limits(self) -> dict[str, list[Limit]]:
        found: dict[str, list[Limit]] = {}
        for row in self.known_limits:
            found.setdefault(row["outlet"], []).append(from_row(row))
        return found

    @cached_property
    def _tables(self) -> dict[str, LimitTable]:
        return {}

    @cached_property
    def _marks(self) -> dict[str, list[Mark]]:
        found: dict[str, list[Mark]] = {}
        for mark in in_order(self.known_marks):
            found.setdefault(self._home.get(mark.outlet, ""), []).append(mark)
        return found

    @cached_property
    def _events(self) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in in_order(self.known_events):
            found.setdefault(self._home.get(event.outlet, "") if event.outlet else event.facility, []).append(event)
        return found

    @cached_property
    def _equipment(self) -> dict[str, list[Equipment]]:
        home = {point.mn: point.facility for point in self.known_points}
        found: dict[str, list[Equipment]] = {}
        for unit in self.known_equipment:
            found.setdefault(home.get(unit.mn, ""), []).append(unit)
        return found

    def facilities(self) -> list[str]:
        """Return the facilities that have points, sorted."""
        return sorted(self._points)

    def points(self, facility: str) -> dict[str, Point]:
        """Return the points of a facility by mn."""
        return self._points.get(facility, {})

    def outlets(self, facility: str) -> set[str]:
        """Return the outlets of a facility."""
        return {point.outlet for point in self.points(facility).values()}

    def limits(self, facility: str) -> LimitTable:
        """Return the limits of a facility's outlets."""
        if facility not in self._tables:
            self._tables[facility] = LimitTable(limit for outlet in self.outlets(facility) for limit in self._limits.get(outlet, ()))
        return self._tables[facility].fresh()

    def rows(self, facility: str, kind: str, began: int, ended: int) -> pa.Table:
        """Return the readings of one kind that start in [began, ended)."""
        times = self.readings.column("began").cast(pa.int64())
        inside = pc.and_(pc.greater_equal(times, began), pc.less(times, ended))
        mine = pc.and_(pc.equal(self.readings.column("facility"), facility), pc.equal(self.readings.column("kind"), kind))
        return self.readings.filter(pc.and_(inside, mine))

    def series(self, facility: str, kind: str, began: int, ended: int) -> list[Series]:
        """Return the same readings as sorted series, by point and factor."""
        return split(self.rows(facility, kind, began, ended), self.points(facility))

    def marks(self, facility: str) -> list[Mark]:
        """Return every mark made for a facility."""
        return self._marks.get(facility, [])

    def events(self, facility: str) -> list[Event]:
        """Return every dated fact about a facility: of its outlets, of all of it, of everybody."""
        mine, everybody = self._events.get(facility, []), self._events.get("", [])
        return list(in_order([*mine, *everybody])) if everybody else mine

    def heard(self, facility: str, mns: Sequence[str], before: int) -> dict[str, int]:
        """Return mn → the first moment the point ever spoke, for those of ``mns`` that spoke before a moment."""
        return first_moments(self.rows(facility, "minute", -FOREVER, before), mns)

    def equipment(self, facility: str) -> list[Equipment]:
        """Return the metered production and treatment units."""
        return self._equipment.get(facility, [])


class LakeSource:
    """A source over a data directory, as known at ``as_of`` (None: everything there is)."""

    def __init__(self, data_dir: Path | str, as_of: dt.datetime | None = None) -> None:
        self.data_dir = Path(data_dir)
        self.as_of = as_of
        self._tables: TableSource | None = None
        self._held: dict[tuple[str, str], list[Series]] = {}
        self._span: dict[str, tuple[tuple[str, ...], int, int]] = {}
        self._said: pa.Table | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"data_dir": self.data_dir, "as_of": self.as_of, "_tables": None, "_held": {}, "_span": {}, "_said": None}

    def hold(self, facilities: Sequence[str], starts: Mapping[str, int], until: int) -> None:
        """Read the readings of several facilities at once and keep them for ``series``.

        Facilities of one bucket lie in the same files: reading them one by one would decode each file as often.  What was
        held before and is asked for again (the look-back of the next month) is not read again.
        """
        for kind, began in starts.items():
            if kind == "parameter":
                continue
            who, first, last = self._span.get(kind, ((), 0, 0))
            follows = who == tuple(facilities) and first <= began <= last <= until
            fresh = self._read(facilities, kind, last if follows else began, until)
            for facility in facilities:
                late = fresh.get(facility, [])
                early = [cut(one, began, last) for one in self._held.get((facility, kind), ())] if follows else []
                self._held[facility, kind] = joined([one for one in early if len(one)], late) if early else late
            self._span[kind] = (tuple(facilities), began, until)

    def _read(self, facilities: Sequence[str], kind: str, began: int, until: int) -> dict[str, list[Series]]:
        """Return the series of one kind by facility."""
        if began >= until:
            return {}
        table = asof.read(self.data_dir, facility=list(facilities), kinds=[kind], began=moment(began), ended=moment(until),
                          as_of=self.as_of, columns=("mn", "factor", "kind", *ARRAYS))  # fmt: skip
        known = {mn: point for facility in facilities for mn, point in self.points(facility).items()}
        found: dict[str, list[Series]] = {}
        for series in split(table, known):
            found.setdefault(known[series.point].facility, []).append(series)
        return found

    def release(self) -> None:
        """Let go of what was held."""
        self._held, self._span = {}, {}

    def groups(self, facilities: Sequence[str], rows: int) -> Iterator[list[str]]:
        """Yield facilities that lie side by side in the same files, so many that a month of them has about ``rows`` rows."""
        current = manifest.load(self.data_dir)
        mine: dict[int, list[str]] = {}
        for facility in sorted(facilities):
            mine.setdefault(current.bucket_of(facility), []).append(facility)
        everyone = [current.bucket_of(one) for one in self.facilities()]
        for bucket, gathered in mine.items():
            largest = max((one.rows for one in current.files if one.bucket == bucket), default=0)
            width = max(1, round(rows * everyone.count(bucket) / max(largest, 1)))
            yield from (gathered[start : start + width] for start in range(0, len(gathered), width))

    def facilities(self) -> list[str]:
        """Return the facilities that have points, sorted."""
        return self._dimensions.facilities()

    def points(self, facility: str) -> dict[str, Point]:
        """Return the points of a facility by mn."""
        return self._dimensions.points(facility)

    def limits(self, facility: str) -> LimitTable:
        """Return the limits of a facility's outlets."""
        return self._dimensions.limits(facility)

    def rows(self, facility: str, kind: str, began: int, ended: int) -> pa.Table:
        """Return the readings of one kind that start in [began, ended), as known at ``as_of``."""
        if kind == "parameter":
            return parameter_rows(self._parameters(facility), facility, began, ended)
        return asof.read(
            self.data_dir, facility=facility, kinds=[kind], began=moment(began), ended=moment(ended), as_of=self.as_of
        )

    def _parameters(self, facility: str) -> pa.Table:
        """Return what the instruments of a facility said of themselves; the lake's few rows are read once."""
        if self._said is None:
            self._said = asof.parameters(self.data_dir, as_of=self.as_of)
        mns = self._said.column("mn").cast(pa.string())
        return self._said.filter(pc.is_in(mns, pa.array(list(self.points(facility)), pa.string())))

    def series(self, facility: str, kind: str, began: int, ended: int) -> list[Series]:
        """Return the same readings as sorted series, by point and factor."""
        if (facility, kind) not in self._held or began < self._span[kind][1]:
            return split(self.rows(facility, kind, began, ended), self.points(facility))
        return [one for held in self._held[facility, kind] if len(one := cut(held, began, ended))]

    def marks(self, facility: str) -> list[Mark]:
        """Return every mark made for a facility by ``as_of``."""
        return self._dimensions.marks(facility)

    def events(self, facility: str) -> list[Event]:
        """Return every dated fact about a facility."""
        return self._dimensions.events(facility)

    def heard(self, facility: str, mns: Sequence[str], before: int) -> dict[str, int]:
        """Return mn → the first moment the point ever spoke, for those of ``mns`` that spoke before a moment."""
        table = asof.read(self.data_dir, facility=facility, mn=mns, kinds=["hour"], began=moment(0), ended=moment(before), as_of=self.as_of)
        return first_moments(table, mns)

    def equipment(self, facility: str) -> list[Equipment]:
        """Return the metered production and treatment units."""
        return self._dimensions.equipment(facility)

    @property
    def _dimensions(self) -> TableSource:
        if self._tables is None:
            from .dimensions import tables

            self._tables = tables(self.data_dir, self.as_of)
        return self._tables


def first_moments(readings: pa.Table, mns: Sequence[str]) -> dict[str, int]:
    """Return mn → the start of the first of its readings, for those of ``mns`` that have any."""
    plain = pa.table({"mn": readings.column("mn").cast(pa.string()), "began": readings.column("began").cast(pa.int64())})
    first = plain.group_by("mn").aggregate([("began", "min")]).to_pylist()
    return {row["mn"]: row["began_min"] for row in first if row["mn"] in mns}


def parameter_rows(said: pa.Table, facility: str, began: int, ended: int) -> pa.Table:
    """Return instrument parameters as readings of kind ``parameter``; the factor is <factor>-<parameter>."""
    times = said.column("began").cast(pa.int64())
    said = said.filter(pc.and_(pc.greater_equal(times, began), pc.less(times, ended)))
    count = said.num_rows
    words = {name: said.column(name).cast(pa.string()) for name in ("mn", "outlet", "factor", "name")}
    named = pc.binary_join_element_wise(words["factor"], words["name"], "-")
    columns = {"mn": words["mn"], "facility": pa.array([facility] * count, pa.string()), "outlet": words["outlet"], "factor": named}
    columns |= {"kind": pa.array(["parameter"] * count, pa.string()), "began": said.column("began"), "value": said.column("value")}
    columns |= {name: pa.nulls(count, pa.float64()) for name in ("low", "high", "mass", "corrected")}
    columns |= {"flag": pa.array(["N"] * count, pa.string())}
    return pa.table(columns | {name: said.column(name) for name in ("received_at", "segment", "offset")})
