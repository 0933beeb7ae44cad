"""When property may or must be sealed, production restricted or suspended, closure asked for, fines run daily, persons
handed over for detention (Orders 28, 29, 30 of 2014; Environmental Protection Law arts. 25, 59, 60, 63, from 2026-08-15
Code arts. 52, 1060, 1095, 1102, 1107, 1108)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from . import rulebook
from .conditions import Facts, Met, weigh

MEASURES = {
    "seize": "查封、扣押",
    "restrict_production": "限制生产",
    "suspend_production": "停产整治",
    "close_down": "报请责令停业、关闭",
    "daily_penalty": "按日连续处罚",
    "detention": "移送公安机关行政拘留",
}


@dataclass(frozen=True)
class Measure:
    """What the law says of one measure in this case.

    ``force``: must, may, forbidden or none; ``grounds`` those met; ``exceptions`` those met that waive or forbid it;
    ``undecided`` grounds that further facts would decide."""

    measure: str
    label: str
    force: str
    grounds: tuple[Met, ...]
    exceptions: tuple[Met, ...]
    undecided: tuple[Met, ...]


def measures(facts: Facts, *, on: dt.date) -> tuple[Measure, ...]:
    """Every measure with its force on that day.

    An exception that waives turns must into may, for the grounds it covers (a ministry's rule cannot soften the Code); one
    that forbids, forbids."""
    entries = {key: entry for key, entry in rulebook.load().folder("conditions").items() if "measure" in entry}
    told = weigh(entries, facts, on)
    return tuple(_measure(name, [met for met in told if met.extra["measure"] == name]) for name in MEASURES)


def _measure(name: str, told: list[Met]) -> Measure:
    grounds = tuple(met for met in told if met.answer and met.extra["force"] in ("may", "must"))
    exceptions = tuple(met for met in told if met.answer and met.extra["force"] in ("waive", "forbid"))
    undecided = tuple(met for met in told if met.answer is None and met.extra["force"] in ("may", "must"))
    return Measure(name, MEASURES[name], _force(grounds, exceptions), grounds, exceptions, undecided)


def _force(grounds: tuple[Met, ...], exceptions: tuple[Met, ...]) -> str:
    if not grounds:
        return "none"
    if any(met.extra["force"] == "forbid" for met in exceptions):
        return "forbidden"
    binding = [met for met in grounds if met.extra["force"] == "must" and not any(_waives(one, met) for one in exceptions)]
    return "must" if binding else "may"


def _waives(exception: Met, ground: Met) -> bool:
    return ground.id in exception.extra.get("covers", (ground.id,))
