"""Live judging: the same units, judged again when something arrived that they depend on.

Keeps no readings, only which days of which facility are stale and what was found on each.  After the last packet has
arrived, in whatever order, the findings kept are those of a retro run: a day is stale when a reading of it, or of the
look-back of a rule, arrived.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from . import marking
from .finding import Finding, milliseconds, ordered
from .rule import Rule, chosen
from .run import Order, judge_unit
from .series import DAY, day_start
from .sources import Source
from .unit import Unit


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
    stale: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = tuple(rule.name for rule in chosen(self.rules))

    def arrived(self, facility: str, kind: str, moments: Iterable[int], until: dt.datetime) -> None:
        """Note readings of one kind that start at ``moments`` (ms): the days that depend on them are stale up to ``until``."""
        last = int(day_start(np.array([milliseconds(until) - 1]))[0])
        first = int(day_start(np.array([milliseconds(self.began)]))[0])
        affected = [rule for rule in chosen(self.rules) if kind in rule.kinds]
        for moment in np.unique(day_start(np.fromiter(moments, dtype=np.int64))):
            for rule in affected:
                for day in range(max(int(moment), first), min(last, _reach(int(moment), kind, rule)) + 1, DAY):
                    self.stale.setdefault((facility, day), set()).add(rule.name)

    def tick(self, until: dt.datetime) -> Change:
        """Judge every stale day again with what may be read before ``until``; the day of ``until`` is always stale."""
        told, withdrawn = [], []
        for facility, day in sorted(self.stale):
            names = tuple(sorted(self.stale[facility, day]))
            unit = Unit(facility, day, day + DAY, min(milliseconds(until), day + DAY))
            fresh = judge_unit(self.source, Order(names), unit)
            for name in names:
                now = {one.id: one for one in fresh if one.rule == name}
                before = {one.id: one for one in self.found.get((facility, day, name), [])}
                told += [one for key, one in now.items() if before.get(key) != one]
                withdrawn += [one for key, one in before.items() if key not in now]
                self.found[facility, day, name] = list(now.values())
        self.stale = {}
        return Change(tuple(ordered(told)), tuple(ordered(withdrawn)))

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
