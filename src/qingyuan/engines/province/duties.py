"""What permits ask of their holders beside clean air and water, as dated facts: reports, measurements by hand, ledgers, disclosure, places.

``facts_of`` gives what an entry of catalogue.yaml needs: the duty, and of what was done of it all (``done``) or too little.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from . import telemetry
from .plan import CHINA, Fact, Plan, Point

DAY = dt.timedelta(days=1)
LONG_AGO = dt.datetime(2021, 6, 1, tzinfo=CHINA)
Drawn = Callable[["Told"], list[Fact]]


class Told:
    """What a duty is about: the point, the factor, the days on which it is broken (or nearly), and whether it was done after all."""

    def __init__(self, point: Point, factor: str, began: dt.datetime, ended: dt.datetime, done: bool, pick: random.Random) -> None:
        self.point, self.factor, self.began, self.ended, self.done, self.pick = point, factor, began, ended, done, pick

    def fact(self, kind: str, began: dt.datetime, ended: dt.datetime | None, *, value: float | None = None, text: str = "", factor: str = "") -> Fact:
        """Return one fact at the point."""
        return Fact(self.point.mn, kind, factor, "", value, began, ended, text)


def _due(due: str, done: str, name: str, times: int = 1, *, by_factor: bool = False) -> Drawn:
    def drawn(told: Told) -> list[Fact]:
        factor = told.factor if by_factor else ""
        first = told.began - 30 * DAY
        made = times if told.done else times - 1
        days = sorted(told.pick.sample(range(1, 29), made))
        return [told.fact(due, first, told.began, value=float(times), text=name, factor=factor)] + [
            told.fact(done, first + day * DAY, first + (day + 1) * DAY, text=name, factor=factor) for day in days
        ]

    return drawn


def _ledger(*, same: bool) -> Drawn:
    """A record for every day from two weeks before; none in the days of the gap, or the same words on all of them."""

    def drawn(told: Told) -> list[Fact]:
        found, day = [], told.began - 14 * DAY
        while day < told.ended + 40 * DAY:
            inside = told.began <= day < told.ended
            copied = inside and same and not told.done
            ammonia, pressure = (118, 820) if copied else (told.pick.randrange(90, 150), 700 + day.day * 9)
            if same or told.done or not inside:
                at = day + dt.timedelta(hours=9)
                found.append(told.fact("ledger", at, at + dt.timedelta(hours=1), text=f"喷氨量{ammonia}千克，布袋压差{pressure}帕"))
            day += DAY
        return found

    return drawn


def _renewal(told: Told) -> list[Fact]:
    ended = told.began + 60 * DAY
    permits = [told.fact("permit", LONG_AGO, ended, text="排污许可证")]
    return permits + ([told.fact("permit", ended, ended + 1826 * DAY, text="延续的排污许可证")] if told.done else [])


def _moved(told: Told) -> list[Fact]:
    lon, lat = 104 + told.pick.random(), 36 + told.pick.random()
    away = 0.0001 if told.done else 0.003
    return [told.fact("permit_place", LONG_AGO, None, text=f"{lon:.5f},{lat:.5f}"),
            told.fact("located", told.began + dt.timedelta(hours=10), told.began + dt.timedelta(hours=11), text=f"{lon + away:.5f},{lat:.5f}")]  # fmt: skip


def _reported(told: Told) -> list[Fact]:
    """A report over the three days before; its value is a share of what the monitor adds up (see ``settle``)."""
    share = told.pick.uniform(0.97, 1.03) if told.done else told.pick.uniform(0.4, 0.7)
    return [told.fact("reported_mass", told.began - 3 * DAY, told.began, value=share, text="执行报告申报量", factor=told.factor)]


def _quota(told: Told) -> list[Fact]:
    """A quantity permitted for six days, used up on the fifth (or not); its value is a share of what is discharged until then (see ``settle``)."""
    return [told.fact("quota", told.began - 4 * DAY, told.began + 2 * DAY, value=1.9 if told.done else 1.0, text="特殊时段许可排放量", factor=told.factor)]


DUTIES: dict[str, Drawn] = {
    "self_monitoring": _due("self_monitoring_due", "self_monitoring", "自行监测", 2, by_factor=True),
    "report": _due("report_due", "report_submitted", "月度执行报告"),
    "disclosure": _due("disclosure_due", "disclosed", "月度排放信息公开"),
    "ledger": _ledger(same=False),
    "same_ledger": _ledger(same=True),
    "renewal": _renewal,
    "place": _moved,
    "reported_mass": _reported,
    "quota": _quota,
}
SETTLED = {"reported_mass": 3.0, "quota": 4.7}  # days from the fact's beginning over which its quantity is measured


def settle(plan: Plan) -> Plan:
    """Return the plan with every reported or permitted quantity turned from a share into kg of what the point's hours add up to."""
    return replace(plan, facts=tuple(_settled(plan, one) if one.kind in SETTLED else one for one in plan.facts))


def _settled(plan: Plan, one: Fact) -> Fact:
    facility = plan.facility[plan.point[one.mn].facility]
    hours = telemetry.series(plan, facility, one.began, one.began + SETTLED[one.kind] * DAY, ("hour",))
    total = sum(float(np.nansum(each.mass)) for each in hours if (each.mn, each.factor) == (one.mn, one.factor))
    return replace(one, value=round((one.value or 0.0) * total, 2))
