"""Where a stretch comes from: the lake, or plain tables.  Rules never know which.

A source answers for one facility at a time and can be sent to another process.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from qingyuan.engines.store import asof, manifest
from qingyuan.engines.store.schema import empty

from .finding import moment
from .limits import FOREVER, LimitTable, from_row
from .stretch import Equipment, Event, Mark, Point


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

    def marks(self, facility: str) -> list[Mark]:
        """Return every mark made for a facility."""

    def events(self, facility: str) -> list[Event]:
        """Return every dated fact about a facility."""

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

    def facilities(self) -> list[str]:
        """Return the facilities that have points, sorted."""
        return sorted({point.facility for point in self.known_points})

    def points(self, facility: str) -> dict[str, Point]:
        """Return the points of a facility by mn."""
        return {point.mn: point for point in self.known_points if point.facility == facility}

    def outlets(self, facility: str) -> set[str]:
        """Return the outlets of a facility."""
        return {point.outlet for point in self.points(facility).values()}

    def limits(self, facility: str) -> LimitTable:
        """Return the limits of a facility's outlets."""
        outlets = self.outlets(facility)
        return LimitTable(from_row(row) for row in self.known_limits if row["outlet"] in outlets)

    def rows(self, facility: str, kind: str, began: int, ended: int) -> pa.Table:
        """Return the readings of one kind that start in [began, ended)."""
        times = self.readings.column("began").cast(pa.int64())
        inside = pc.and_(pc.greater_equal(times, began), pc.less(times, ended))
        mine = pc.and_(pc.equal(self.readings.column("facility"), facility), pc.equal(self.readings.column("kind"), kind))
        return self.readings.filter(pc.and_(inside, mine))

    def marks(self, facility: str) -> list[Mark]:
        """Return every mark made for a facility."""
        outlets = self.outlets(facility)
        return [mark for mark in self.known_marks if mark.outlet in outlets]

    def events(self, facility: str) -> list[Event]:
        """Return every dated fact about a facility."""
        outlets = self.outlets(facility)
        return [event for event in self.known_events if event.outlet in outlets or (not event.outlet and event.facility in ("", facility))]

    def heard(self, facility: str, mns: Sequence[str], before: int) -> dict[str, int]:
        """Return mn → the first moment the point ever spoke, for those of ``mns`` that spoke before a moment."""
        return first_moments(self.rows(facility, "minute", -FOREVER, before), mns)

    def equipment(self, facility: str) -> list[Equipment]:
        """Return the metered production and treatment units."""
        mns = self.points(facility)
        return [unit for unit in self.known_equipment if unit.mn in mns]


class LakeSource:
    """A source over a data directory, as known at ``as_of`` (None: everything there is)."""

    def __init__(self, data_dir: Path | str, as_of: dt.datetime | None = None) -> None:
        self.data_dir = Path(data_dir)
        self.as_of = as_of
        self._tables: TableSource | None = None
        self._held: dict[tuple[str, str], pa.Table] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"data_dir": self.data_dir, "as_of": self.as_of, "_tables": None, "_held": {}}

    def hold(self, facilities: Sequence[str], starts: Mapping[str, int], until: int) -> None:
        """Read the readings of several facilities at once and keep them for ``rows``, in place of those held before.

        Facilities of one bucket lie in the same files: reading them one by one would decode each file as often.
        """
        self._held = {}
        for kinds in (("minute", "real"), ("hour", "day")):
            wanted = [kind for kind in kinds if kind in starts]
            if not wanted:
                continue
            began = moment(min(starts[kind] for kind in wanted))
            table = asof.read(self.data_dir, facility=list(facilities), kinds=wanted, began=began, ended=moment(until), as_of=self.as_of)
            for kind in wanted:
                mine = table.filter(pc.equal(table.column("kind"), kind)) if len(wanted) > 1 else table
                for facility in facilities:
                    self._held[facility, kind] = mine.filter(pc.equal(mine.column("facility"), facility))

    def release(self) -> None:
        """Let go of what was held."""
        self._held = {}

    def buckets(self, facilities: Sequence[str]) -> dict[str, int]:
        """Return which facilities lie in the same files."""
        current = manifest.load(self.data_dir)
        return {facility: current.bucket_of(facility) for facility in facilities}

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
        if (facility, kind) in self._held:
            held = self._held[facility, kind]
            times = held.column("began").cast(pa.int64())
            return held.filter(pc.and_(pc.greater_equal(times, began), pc.less(times, ended)))
        if kind == "parameter":
            if not manifest.load(self.data_dir).parameters:
                return empty()
            return parameter_rows(asof.parameters(self.data_dir, mn=list(self.points(facility)), as_of=self.as_of), facility, began, ended)
        return asof.read(
            self.data_dir, facility=facility, kinds=[kind], began=moment(began), ended=moment(ended), as_of=self.as_of
        )

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
