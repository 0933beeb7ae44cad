"""Live judging: the same units, judged again when something arrived that they depend on.

Keeps which days of which facility are stale and what was found on each.  After the last packet has arrived, in whatever
order, the findings kept are those of a retro run: a day is stale when a reading of it, or of the look-back of a rule,
arrived.  Rules that speak of whole days wait for the day to end; rules that hear silence are asked when nothing comes.

    live = Live(source, began=…); live.remember(at)      once: the newest readings into memory (see tails.py)
    live.take(table, until); change = live.tick(until)    each round
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from . import applies, marking
from .finding import Finding, milliseconds, ordered
from .rule import Rule, chosen, named
from .run import ROWS_PER_BATCH, Order, judge_stretch, starts, stretch_of
from .series import DAY, HOUR, MINUTE, day_start
from .sources import LakeSource, Source
from .stretch import Point, Stretch
from .tails import Remembered, Tails
from .unit import Unit

SILENT = 15 * MINUTE  # a facility that said nothing for so long is asked about its silence, as often
Place = tuple[str, int]  # facility, first moment of a day


@dataclass(frozen=True)
class Change:
    """What one round of live judging changed: findings new or grown, and findings that no longer hold."""

    told: tuple[Finding, ...]
    withdrawn: tuple[Finding, ...]


@dataclass
class Live:
    """The findings of a source, kept current.  ``began``: the first day to judge; nothing before it is ever told."""

    source: Source
    began: dt.datetime
    rules: tuple[str, ...] = ()
    found: dict[tuple[str, int, str], list[Finding]] = field(default_factory=dict)
    stale: dict[Place, set[str]] = field(default_factory=dict)
    tails: Tails | None = None
    points: dict[str, Point] = field(default_factory=dict)
    spoke: dict[str, int] = field(default_factory=dict)
    hour_of: dict[Place, int] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.rules = tuple(rule.name for rule in chosen(self.rules))
        self.first = int(day_start(np.array([milliseconds(self.began)]))[0])
        self._near: dict[tuple[object, ...], bool] = {}
        self._sites: dict[str, applies.Site] = {}
        self._remembered: Remembered | None = None
        self._concerned: dict[tuple[str, int, int], dict[int, set[str]]] = {}

    def remember(self, at: dt.datetime) -> None:
        """Read the newest readings into memory, as far back as the rules that are asked each minute need them."""
        since = self._needed(milliseconds(at))
        self.tails = Tails(since)
        self._remembered = Remembered(self.source, self.tails)
        self.points = {mn: point for facility in self.source.facilities() for mn, point in self.source.points(facility).items()}
        for group in self._groups(self.source.facilities()):
            if isinstance(self.source, LakeSource):
                self.source.hold(group, since, milliseconds(at))
            for facility in group:
                for kind, start in since.items():
                    self.tails.learn(facility, kind, self.source.series(facility, kind, start, milliseconds(at)))
        self._release()

    def _needed(self, now: int) -> dict[str, int]:
        """Return from where on the rules that read minutes need each kind, at any moment of the day of ``now``."""
        today = int(day_start(np.array([now - 1]))[0])
        minutely = [rule for rule in chosen(self.rules) if "minute" in rule.kinds and not rule.ripens]
        return {kind: start for kind, start in starts(today, minutely).items() if kind in ("minute", "hour")}

    def take(self, readings: pa.Table, until: dt.datetime) -> None:
        """Take new readings, a table with the lake's columns; they are judged at the next ``tick``."""
        if self.tails is None:
            self.remember(until)
        assert self.tails is not None
        for (facility, kind), moments in self.tails.take(readings, self.points).items():
            self.arrived(facility, kind, moments, until)

    def arrived(self, facility: str, kind: str, moments: Iterable[int], until: dt.datetime) -> None:
        """Note readings of one kind that start at ``moments`` (ms): the days that depend on them are stale up to ``until``."""
        now = milliseconds(until)
        self.spoke[facility] = now
        last = (now - 1 + 8 * 60 * MINUTE) // DAY * DAY - 8 * 60 * MINUTE
        for moment in {(moment + 8 * 60 * MINUTE) // DAY * DAY - 8 * 60 * MINUTE for moment in moments}:
            for day, names in self._affected(kind, moment, last).items():
                self.stale.setdefault((facility, day), set()).update(names)

    def _affected(self, kind: str, moment: int, last: int) -> dict[int, set[str]]:
        """Return the days up to ``last`` that a reading of a day may change, and the rules that read it."""
        key = (kind, moment, last)
        if key not in self._concerned:
            days: dict[int, set[str]] = {}
            for rule in (one for one in chosen(self.rules) if kind in one.kinds):
                for day in range(max(moment, self.first), min(last, _reach(moment, kind, rule)) + 1, DAY):
                    days.setdefault(day, set()).add(rule.name)
            self._concerned = {**(self._concerned if len(self._concerned) < 4096 else {}), key: days}
        return self._concerned[key]

    def tick(self, until: dt.datetime) -> Change:
        """Judge every stale day again with what may be read before ``until``."""
        now = milliseconds(until)
        self._ask_the_silent(now)
        told: list[Finding] = []
        withdrawn: list[Finding] = []
        from_source: dict[int, dict[str, list[Rule]]] = {}
        waiting: dict[Place, set[str]] = {}
        for (facility, day), names in sorted(self.stale.items()):
            rules = [named(name) for name in sorted(names)]
            due = [rule for rule in rules if self._is_due(rule, facility, day, now)]
            if len(due) < len(rules):
                waiting[facility, day] = names - {rule.name for rule in due}
            near = [rule for rule in due if self._is_near(rule, day)]
            if near:
                self._keep(facility, day, near, self._from_tails(facility, day, now, self._fitting(facility, near)), told, withdrawn)
            if any(rule.ripens == "hour" for rule in due):
                self.hour_of[facility, day] = now // HOUR
            if len(near) < len(due):
                from_source.setdefault(day, {})[facility] = [rule for rule in due if rule not in near]
        for day, mine in from_source.items():
            self._from_source(day, now, mine, told, withdrawn)
        self.stale = waiting
        return Change(tuple(ordered(told)), tuple(ordered(withdrawn)))

    def _is_due(self, rule: Rule, facility: str, day: int, now: int) -> bool:
        """Return whether a rule is to be asked: one of hours once in each hour, one of days when the day is over."""
        if rule.ripens == "hour" and now < day + DAY:
            return self.hour_of.get((facility, day), 0) < now // HOUR
        return applies.is_ripe(rule, day, now)

    def _fitting(self, facility: str, rules: list[Rule]) -> list[Rule]:
        """Return those of some rules that can find anything at a facility, for what it has ever told."""
        assert self.tails is not None
        known = self.tails.factors(facility)
        if facility not in self._sites or self._sites[facility].factors != known:
            events, equipment = self.source.events(facility), self.source.equipment(facility)
            self._sites[facility] = applies.site(self.source.points(facility).values(), events, equipment, known)
        return [rule for rule in rules if applies.applies(rule, self._sites[facility])]

    def _ask_the_silent(self, now: int) -> None:
        """Make stale, now and then, the day of those who say nothing, for the rules that hear silence."""
        if now - self.asked < SILENT:
            return
        today, before = ((moment + 8 * 60 * MINUTE) // DAY * DAY - 8 * 60 * MINUTE for moment in (now - 1, self.asked - 1))
        names = {rule.name for rule in chosen(self.rules) if rule.silence}
        for facility in self.source.facilities() if names else ():
            if self.spoke.get(facility, 0) <= now - SILENT:
                for day in {max(today, self.first), max(before, self.first, today - DAY)}:
                    self.stale.setdefault((facility, day), set()).update(names)
        if self.tails is not None and today > before:
            self.tails.forget(self._needed(now))
        self.asked = now

    def _is_near(self, rule: Rule, day: int) -> bool:
        """Return whether the readings in memory are all that a rule needs of a day."""
        if self.tails is None:
            return False
        key = (rule.name, day, *self.tails.since.values())
        if key not in self._near:
            since = self.tails.since
            self._near[key] = all(kind in since and start >= since[kind] for kind, start in starts(day, [rule]).items())
        return self._near[key]

    def _from_tails(self, facility: str, day: int, now: int, rules: list[Rule]) -> list[Finding]:
        unit = Unit(facility, day, day + DAY, min(now, day + DAY))
        assert self._remembered is not None
        return self._judged(unit, rules, stretch_of(self._remembered, unit, rules))

    def _from_source(self, day: int, now: int, mine: dict[str, list[Rule]], told: list[Finding], withdrawn: list[Finding]) -> None:
        """Judge a day of many facilities from the store, those that lie in the same files together."""
        for group in self._groups(list(mine)):
            if isinstance(self.source, LakeSource):
                every = list({rule.name: rule for facility in group for rule in mine[facility]}.values())
                self.source.hold(group, starts(day, every), min(now, day + DAY))
            for facility in group:
                unit = Unit(facility, day, day + DAY, min(now, day + DAY))
                fresh = self._judged(unit, mine[facility], stretch_of(self.source, unit, mine[facility]))
                self._keep(facility, day, mine[facility], fresh, told, withdrawn)
        self._release()

    def _groups(self, facilities: list[str]) -> list[list[str]]:
        return list(self.source.groups(facilities, ROWS_PER_BATCH)) if isinstance(self.source, LakeSource) else [[one] for one in facilities]

    def _release(self) -> None:
        if isinstance(self.source, LakeSource):
            self.source.release()

    def _judged(self, unit: Unit, rules: list[Rule], stretch: Stretch) -> list[Finding]:
        return judge_stretch(self.source, Order(tuple(rule.name for rule in rules)), stretch)

    def _keep(self, facility: str, day: int, rules: list[Rule], fresh: list[Finding], told: list[Finding], withdrawn: list[Finding]) -> None:
        """Put what was found in place of what was known, and tell the difference."""
        for rule in rules:
            key = (facility, day, rule.name)
            known = self.found.get(key)
            if not fresh and not known:
                continue
            now = {one.id: one for one in fresh if one.rule == rule.name}
            before = {one.id: one for one in known or ()}
            told += [one for name, one in now.items() if before.get(name) != one]
            withdrawn += [one for name, one in before.items() if name not in now]
            self.found[key] = list(now.values())

    def findings(self) -> list[Finding]:
        """Return all findings now held."""
        return ordered([one for several in self.found.values() for one in several])


def _reach(moment: int, kind: str, rule: Rule) -> int:
    """Return the start of the last day whose findings a reading of a day may change."""
    back = rule.kinds[kind]
    if isinstance(back, str):
        width = {"month": 32, "quarter": 94, "year": 367}[back]
        return marking.period_start(marking.period_start(moment, back) + width * DAY, back) - DAY
    return int(day_start(np.array([moment + DAY - 1 + back]))[0])
