"""Copied numbers between facilities: units emit digests, a join finds pairs, and the rule of one facility judges each pair.

A digest is one hour of one factor: mean, low and high together.  Two points of different facilities with several equal,
different hours on a day are put into one stretch for that day and judged by ``copied_between_points`` like neighbours.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from . import factors
from .finding import CHINA, Finding
from .inforce import LawInForce
from .limits import LimitTable
from .rule import named
from .series import DAY, NORMAL, Series, Times, Values, day_start
from .sources import Source
from .stretch import Point, Stretch

RULE = "copied_between_points"
EQUAL_HOURS, DIFFERENT = 6, 4
JOIN = """
SELECT a.facility, a.mn, b.facility, b.mn, a.day FROM prints a JOIN prints b ON a.print = b.print
WHERE a.mn < b.mn AND a.facility <> b.facility
GROUP BY ALL HAVING count(*) >= {equal} AND count(DISTINCT a.value) >= {different} ORDER BY ALL
"""
Hashes = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True)
class Prints:
    """The hours of one factor of one point: a hash of (factor, hour, mean, low, high), the mean, and the midnight before."""

    facility: str
    mn: str
    print: Hashes
    value: Values
    day: Times


def prints(stretch: Stretch) -> list[Prints]:
    """Return the prints of a stretch's judged hours, one for each pollutant of each point."""
    found = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        hours = series.between(stretch.began, stretch.known_until)
        began, value, low, high = (one[hours] for one in (series.began, series.value, series.low, series.high))
        told = (series.flag[hours] == NORMAL) & (value > 0) & np.isfinite(low) & np.isfinite(high)
        if told.any():
            words = (began[told].view(np.uint64), *(one[told].view(np.uint64) for one in (value, low, high)))
            found.append(Prints(stretch.facility, series.point, _hashed(series.factor, words), value[told], day_start(began[told])))
    return found


def _hashed(factor: str, words: Iterable[Hashes]) -> Hashes:
    """Return one hash of each row of words (a splitmix step for each); equal rows of one factor have equal hashes."""
    mixed: Any = np.uint64(zlib.crc32(factor.encode()))
    for word in words:
        mixed = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed)


def judge_pairs(source: Source, told: Sequence[Prints], until: int, overrides: Mapping[str, Any] | None) -> list[Finding]:
    """Return what the rule finds between points of different facilities that have hours in common."""
    pairs = _pairs(told)
    return [finding for left, mn, right, other, day in pairs for finding in _judge(source, (left, mn), (right, other), int(day), until, overrides)]


def _pairs(told: Sequence[Prints]) -> list[tuple[str, str, str, str, int]]:
    """Return (facility, mn, facility, mn, day) where enough hours of a day are the same.

    Hardly any print is there twice: sorting the bare hashes first leaves next to nothing for the join.
    """
    every = np.sort(np.concatenate([one.print for one in told]))
    twice = np.unique(every[1:][every[1:] == every[:-1]])
    if not len(twice):
        return []
    tables = []
    for one in told:
        place = np.minimum(np.searchsorted(twice, one.print), len(twice) - 1)
        kept = np.flatnonzero(twice[place] == one.print)
        if len(kept):
            names = {"facility": [one.facility] * len(kept), "mn": [one.mn] * len(kept)}
            tables.append(pa.table({**names, "print": one.print[kept], "value": one.value[kept], "day": one.day[kept]}))
    with duckdb.connect() as join:
        join.register("prints", pa.concat_tables(tables))
        return join.execute(JOIN.format(equal=EQUAL_HOURS, different=DIFFERENT)).fetchall()


def _judge(
    source: Source, left: tuple[str, str], right: tuple[str, str], day: int, until: int, overrides: Mapping[str, Any] | None
) -> list[Finding]:
    rule, series = named(RULE), list[Series]()
    points: dict[str, Point] = {}
    for facility, mn in (left, right):
        known = {mn: source.points(facility)[mn]}
        points |= known
        series += [one for one in source.series(facility, "minute", day, min(day + DAY, until)) if one.point == mn]
    ordered = tuple(sorted(series, key=lambda one: (one.point, one.factor)))
    stretch = Stretch(left[0], day, day + DAY, ordered, points, until=min(until, day + DAY))
    numbers = rule.on(dt.datetime.fromtimestamp(day / 1000, tz=CHINA).date(), overrides)
    return rule.function(stretch, LawInForce(rule, numbers, LimitTable([])))
