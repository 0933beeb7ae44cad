"""Which rules can find anything at all: decided once for a facility and a window, so that the others cost nothing.

What a rule needs is told in its YAML: ``equipment`` (metered units), ``industry <name>`` (a point of that trade),
``event <kind>`` (a dated fact of that kind), ``factor <prefix>`` (a series of such a factor).  Any one of them is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from . import marking
from .rule import Rule
from .series import DAY, HOUR
from .stretch import Equipment, Event, Point, Stretch


@dataclass(frozen=True)
class Site:
    """What a facility has: words as rules need them; ``factors`` None: not known yet, any may come."""

    words: frozenset[str]
    is_river: bool = False
    factors: frozenset[str] | None = None

    def has(self, need: str) -> bool:
        """Return whether one need of a rule is met."""
        what, _, name = need.partition(" ")
        if what != "factor":
            return need in self.words
        return self.factors is None or any(factor.startswith(name) for factor in self.factors)


def site(points: Iterable[Point], events: Iterable[Event], equipment: Iterable[Equipment], factors: Collection[str] | None = None) -> Site:
    """Return what a facility has."""
    points = list(points)
    is_river = bool(points) and all(point.medium == "section" for point in points)
    words = {f"industry {point.industry}" for point in points} | {f"event {event.kind}" for event in events}
    words |= {"equipment"} if any(True for _ in equipment) else set()
    return Site(frozenset(words), is_river, None if factors is None else frozenset(factors))


def site_of(stretch: Stretch) -> Site:
    """Return what the facility of a stretch has."""
    return site(stretch.points.values(), stretch.events, stretch.equipment, {series.factor for series in stretch.all_series})


def applies(rule: Rule, here: Site) -> bool:
    """Return whether a rule can find anything at a facility: rivers have the rules of sections, dischargers all others."""
    return (rule.family == "section") == here.is_river and (not rule.needs or any(here.has(need) for need in rule.needs))


def is_ripe(rule: Rule, began: int, until: int) -> bool:
    """Return whether an hour, day, month or quarter of those judged (from ``began``, ms) has ended by ``until``."""
    if rule.ripens in ("month", "quarter"):
        last = marking.period_start(until, rule.ripens)  # the end of the last period over by then
        return began < last
    return until >= began + {"day": DAY, "hour": HOUR}.get(rule.ripens, 0)


def wanted(rules: Iterable[Rule], here: Site, began: int, until: int) -> list[Rule]:
    """Return the rules that can find anything at a facility in [began, until)."""
    return [rule for rule in rules if applies(rule, here) and is_ripe(rule, began, until)]
