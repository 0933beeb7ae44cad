"""Copied numbers between facilities: units emit digests, a join finds pairs, and the rule of one facility judges each pair.

A digest is one hour of one factor: mean, low and high together.  Two points of different facilities with several equal,
different hours on a day are put into one stretch for that day and judged by ``copied_between_points`` like neighbours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from . import factors
from .finding import CHINA, Finding
from .inforce import LawInForce
from .limits import LimitTable
from .rule import named
from .series import DAY, Series
from .sources import Source
from .stretch import Point, Stretch, split
from .unit import Unit

RULE = "copied_between_points"
EQUAL_HOURS, DIFFERENT = 6, 4
JOIN = """
SELECT a.facility, a.mn, b.facility, b.mn, a.day FROM prints a JOIN prints b
ON a.factor = b.factor AND a.began = b.began AND a.value = b.value AND a.low = b.low AND a.high = b.high
WHERE a.mn < b.mn AND a.facility <> b.facility
GROUP BY ALL HAVING count(*) >= {equal} AND count(DISTINCT a.value) >= {different} ORDER BY ALL
"""


def judge_pairs(source: Source, facilities: Iterable[str], plan: Iterable[Unit], overrides: Mapping[str, Any] | None) -> list[Finding]:
    """Return what the rule finds between points of different facilities on the days of the plan."""
    units = list(plan)
    began, until = min(unit.began for unit in units), max(unit.until for unit in units)
    tables = [_prints(source, facility, began, until) for facility in facilities]
    join = duckdb.connect()
    join.register("prints", pa.concat_tables(tables))
    pairs = join.execute(JOIN.format(equal=EQUAL_HOURS, different=DIFFERENT)).fetchall()
    return [finding for left, mn, right, other, day in pairs for finding in _judge(source, (left, mn), (right, other), int(day), until, overrides)]


def _prints(source: Source, facility: str, began: int, until: int) -> pa.Table:
    rows = source.rows(facility, "hour", began, until)
    names = {name: rows.column(name).cast(pa.string()) for name in ("mn", "factor", "flag")}
    times = rows.column("began").cast(pa.int64())
    day = pc.subtract(pc.multiply(pc.divide(pc.add(times, DAY // 3), DAY), DAY), DAY // 3)
    figures = {name: rows.column(name).cast(pa.float64()) for name in ("value", "low", "high")}
    count = pa.array([facility] * rows.num_rows, pa.string())
    table = pa.table({"facility": count, "mn": names["mn"], "factor": names["factor"], "began": times, "day": day, **figures})
    wanted = pc.and_(pc.is_in(names["factor"], pa.array(factors.POLLUTANTS)), pc.equal(names["flag"], "N"))
    return table.filter(pc.and_kleene(wanted, pc.greater(figures["value"], 0)))


def _judge(
    source: Source, left: tuple[str, str], right: tuple[str, str], day: int, until: int, overrides: Mapping[str, Any] | None
) -> list[Finding]:
    rule, series = named(RULE), list[Series]()
    points: dict[str, Point] = {}
    for facility, mn in (left, right):
        known = {mn: source.points(facility)[mn]}
        points |= known
        series += list(split(source.rows(facility, "minute", day, min(day + DAY, until)), known))
    ordered = tuple(sorted(series, key=lambda one: (one.point, one.factor)))
    stretch = Stretch(left[0], day, day + DAY, ordered, points, until=min(until, day + DAY))
    numbers = rule.on(dt.datetime.fromtimestamp(day / 1000, tz=CHINA).date(), overrides)
    return rule.function(stretch, LawInForce(rule, numbers, LimitTable([])))
