"""Judge: rules x units.  A unit is one facility and a run of whole days; live and retro call the same function on it.

The window is widened to whole days in China; nothing that starts at or after ``ended`` is read.  A finding of a day
depends on that day and the look-back its rule declares, so any cutting of a window gives the same findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from qingyuan.errors import BadInput

from . import across, applies, executors, marking
from .across import Prints
from .finding import CHINA, Finding, milliseconds, ordered
from .inforce import LawInForce
from .limits import midnight
from .rule import Rule, chosen, named
from .series import DAY, Series, day_start
from .sources import LakeSource, Source
from .stretch import Stretch
from .unit import Unit

ROWS_PER_BATCH = 1_500_000  # of one month; what one process holds at a time


@dataclass(frozen=True)
class Order:
    """Which rules to run, and a what-if's numbers laid over theirs: rule → parameter → value."""

    rules: tuple[str, ...]
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What one batch gives: its findings, and what must be compared with other facilities."""

    findings: list[Finding]
    prints: list[Prints]


def judge(
    data_dir: Path | str,
    *,
    began: dt.datetime,
    ended: dt.datetime,
    rules: Iterable[str] | None = None,
    as_of: dt.datetime | None = None,
    executor: str = "serial",
    facilities: Iterable[str] | None = None,
) -> list[Finding]:
    """Return the findings of every rule over [began, ended), in the order of ``finding.ordered``.

    ``rules`` are names or name@revision (None: all); ``as_of`` judges with what was known then.  Raises BadInput for an
    unknown rule, an empty window or naive times.
    """
    source = LakeSource(data_dir, as_of)
    return judge_source(source, began=began, ended=ended, rules=rules, executor=executor, facilities=facilities)


def judge_source(
    source: Source,
    *,
    began: dt.datetime,
    ended: dt.datetime,
    rules: Iterable[str] | None = None,
    executor: str = "serial",
    facilities: Iterable[str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Finding]:
    """Return the findings over any source."""
    order = Order(tuple(rule.name for rule in chosen(rules)), overrides or {})
    wanted = source.facilities() if facilities is None else sorted(facilities)
    plan = list(units(wanted, began, ended))
    found: list[Finding] = []
    prints: list[Prints] = []
    mapped: Iterator[Judged] = executors.named(executor)(partial(judge_batch, source, order), batches(source, plan))
    for part in mapped:
        found += part.findings
        prints += part.prints
    found += across.judge_pairs(source, prints, max(unit.until for unit in plan), order.overrides.get(across.RULE)) if prints else []
    return ordered(found)


def units(facilities: Iterable[str], began: dt.datetime, ended: dt.datetime) -> Iterator[Unit]:
    """Yield the units of a window, facility by facility, month by month: the lake's files are months."""
    if began.tzinfo is None or ended.tzinfo is None:
        raise BadInput("起止时间要带时区，例如 2026-09-01T00:00:00+08:00", field="began")
    first, until = milliseconds(began), milliseconds(ended)
    if until <= first:
        raise BadInput(f"结束时间 {ended} 应晚于开始时间 {began}", field="ended")
    start = int(day_start(np.array([first]))[0])
    stop = int(day_start(np.array([until - 1]))[0]) + DAY
    edges = [start, *months_between(start, stop), stop]
    for facility in facilities:
        for day, end in pairwise(edges):
            yield Unit(facility, day, end, min(until, end))


def months_between(start: int, stop: int) -> Iterator[int]:
    """Yield the first midnights of the months that begin after ``start`` and before ``stop``."""
    while (start := marking.period_start(marking.period_start(start, "month") + 32 * DAY, "month")) < stop:
        yield start


def batches(source: Source, plan: Sequence[Unit]) -> list[tuple[Unit, ...]]:
    """Return the units gathered so that one reading of the lake serves several facilities, and a month's reading the next month."""
    if not isinstance(source, LakeSource):
        return [(unit,) for unit in plan]
    mine: dict[str, list[Unit]] = {}
    for unit in plan:
        mine.setdefault(unit.facility, []).append(unit)
    groups = source.groups(list(mine), ROWS_PER_BATCH)
    return [tuple(sorted((unit for facility in group for unit in mine[facility]), key=lambda unit: unit.began)) for group in groups]


def judge_batch(source: Source, order: Order, batch: tuple[Unit, ...]) -> Judged:
    """Return the findings of the units of one batch, window by window."""
    found: list[Finding] = []
    prints: list[Prints] = []
    for _, same_window in groupby(batch, key=lambda unit: unit.began):
        window = list(same_window)
        if isinstance(source, LakeSource):
            source.hold([unit.facility for unit in window], shallowest(source, order, window), window[0].until)
        for unit in window:
            stretch = stretch_of(source, unit, rules_for(source, order, unit))
            found += judge_stretch(source, order, stretch)
            prints += across.prints(stretch) if across.RULE in order.rules else []
    if isinstance(source, LakeSource):
        source.release()
    return Judged(found, prints)


def judge_unit(source: Source, order: Order, unit: Unit) -> list[Finding]:
    """Return the findings of one unit: read once, run every rule."""
    return judge_stretch(source, order, stretch_of(source, unit, rules_for(source, order, unit)))


def rules_for(source: Source, order: Order, unit: Unit) -> list[Rule]:
    """Return the rules of an order that can find anything in a unit, as far as points, events and equipment tell."""
    facility = unit.facility
    here = applies.site(source.points(facility).values(), source.events(facility), source.equipment(facility))
    return applies.wanted((named(name) for name in order.rules), here, unit.began, unit.until)


def shallowest(source: Source, order: Order, window: Sequence[Unit]) -> dict[str, int]:
    """Return for each kind the latest start any unit needs: what one reads for all; who needs more reads more for himself."""
    needed: dict[str, int] = {}
    for unit in window:
        for kind, start in starts(unit.began, rules_for(source, order, unit)).items():
            needed[kind] = max(start, needed.get(kind, start))
    return needed


def judge_stretch(source: Source, order: Order, stretch: Stretch) -> list[Finding]:
    """Return what the rules of an order find in a stretch: a river is judged by the rules of sections, a discharger by all others."""
    limits = source.limits(stretch.facility)
    found: list[Finding] = []
    for rule in applies.wanted((named(name) for name in order.rules), applies.site_of(stretch), stretch.began, stretch.known_until):
        for part in _same_law(rule, stretch):
            day = dt.datetime.fromtimestamp(part.began / 1000, tz=CHINA).date()
            asked = order.overrides.get(rule.name)
            found += rule.function(part, LawInForce(rule, rule.on(day, asked) if asked else _numbers(rule, day), limits))
    return found


def stretch_of(source: Source, unit: Unit, rules: Iterable[Rule]) -> Stretch:
    """Return a unit's stretch with the longest look-back any of the rules asks for, per kind of reading."""
    points = source.points(unit.facility)
    series: list[Series] = []
    for kind, start in starts(unit.began, rules).items():
        series += source.series(unit.facility, kind, start, unit.until)
    spoken = {one.point for one in series if one.kind == "minute" and one.began[0] < unit.began}
    quiet = [mn for mn in points if mn not in spoken]
    return Stretch(
        facility=unit.facility,
        began=unit.began,
        ended=unit.ended,
        all_series=tuple(sorted(series, key=lambda one: (one.point, one.factor, one.kind))),
        points=points,
        marks=tuple(source.marks(unit.facility)),
        events=tuple(source.events(unit.facility)),
        until=unit.until,
        heard=source.heard(unit.facility, quiet, unit.began) if quiet else {},
        equipment=tuple(source.equipment(unit.facility)),
    )


def starts(began: int, rules: Iterable[Rule]) -> dict[str, int]:
    """Return for each kind of reading the moment from which the rules need it."""
    needed: dict[str, int] = {}
    for rule in rules:
        for kind, back in rule.kinds.items():
            start = marking.period_start(began, back) if isinstance(back, str) else began - back
            needed[kind] = min(start, needed.get(kind, start))
        if rule.name == across.RULE:  # hours are what facilities are compared by
            needed["hour"] = min(began, needed.get("hour", began))
    return needed


def _same_law(rule: Rule, stretch: Stretch) -> Iterator[Stretch]:
    """Yield the stretch cut at the days on which the rule's numbers change."""
    edges = [edge for edge in _changes(rule) if stretch.began < edge < stretch.ended]
    for began, ended in pairwise([stretch.began, *edges, stretch.ended]):
        yield stretch if not edges else replace(stretch, began=began, ended=ended, until=min(stretch.known_until, ended))


@cache
def _changes(rule: Rule) -> tuple[int, ...]:
    return tuple(sorted(midnight(day, 0) for day in rule.changes()))


@cache
def _numbers(rule: Rule, day: dt.date) -> dict[str, Any]:
    return rule.on(day)
