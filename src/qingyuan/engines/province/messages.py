"""The readings as HJ 212-2017 bodies, in the order in which devices send them.

2011 real-time (each minute), 2051 minutes, 2061 hours, 2031 days.  DataTime is China time; a period is stamped with its start
and sent some seconds after its end, as loggers do, each with a delay of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .industries import decimals
from .noise import key
from .plan import CHINA, Facility, Plan
from .process import CHINA_MINUTES, MARKS
from .series import Series
from .telemetry import KINDS, series, step_of

CN = {"real": "2011", "minute": "2051", "hour": "2061", "day": "2031", "parameter": "3020"}


class Outgoing(NamedTuple):
    """One packet to be: when it leaves (aware), whose it is, command code, and the groups of its CP."""

    when: dt.datetime
    mn: str
    cn: str
    cp: list[dict[str, str]]


def messages(plan: Plan, began: dt.datetime, ended: dt.datetime, kinds: tuple[str, ...] = KINDS) -> Iterator[Outgoing]:
    """Yield everything sent in [began, ended), in order of time.  Windows may be cut anywhere: nothing is lost or doubled."""
    start, chunk = began, _chunk(plan)
    while start < ended:
        stop = min(start + chunk, ended)
        batch: list[Outgoing] = []
        for facility in plan.facilities:
            batch.extend(_sent(plan, facility, start, stop, kinds))
        yield from sorted(batch, key=lambda one: (one.when, one.mn, one.cn))
        start = stop


def _chunk(plan: Plan) -> dt.timedelta:
    """Return how much time is made at once: less of it where there are more points."""
    return dt.timedelta(minutes=max(10, min(360, 36_000 // max(len(plan.points), 1))))


def backfill(plan: Plan, until: dt.datetime, hours: int = 26) -> Iterator[Outgoing]:
    """Yield the minute, hour and day readings of the last ``hours`` before ``until``, as a logger sends them after an outage."""
    yield from messages(plan, until - dt.timedelta(hours=hours), until, ("minute", "hour", "day"))


def delay_of(plan: Plan, mn: str) -> int:
    """Return how many seconds after the end of a period this logger sends (1…20)."""
    return 1 + key(plan.seed, "delay", mn) % 20


def _sent(plan: Plan, facility: Facility, start: dt.datetime, stop: dt.datetime, kinds: tuple[str, ...]) -> Iterator[Outgoing]:
    for kind in kinds:
        step = dt.timedelta(minutes=step_of(plan, kind))  # the longest of its kind
        if kind == "day" and not _crosses_midnight(start, stop):
            continue
        by_packet: dict[tuple[str, str, int], list[Series]] = {}  # a parameter packet speaks of one instrument
        # a period that leaves in [start, stop) ended less than a minute before it
        for one in series(plan, facility, start - step - dt.timedelta(minutes=1), stop + dt.timedelta(minutes=1) - (step if kind != 'minute' else dt.timedelta()), (kind,)):
            about = one.factor.partition("-")[0] if kind == "parameter" else ""
            by_packet.setdefault((one.mn, about, step_of(plan, kind, one.factor)), []).append(one)
        for (mn, about, minutes), several in by_packet.items():
            wait = dt.timedelta(seconds=delay_of(plan, mn))
            for minute in np.unique(np.concatenate([one.began for one in several])):
                when = dt.datetime.fromtimestamp(int(minute) * 60, CHINA) + dt.timedelta(minutes=minutes) + wait
                if start <= when < stop:
                    yield Outgoing(when, mn, CN[kind], [{"DataTime": _stamp(int(minute))}, *_about(about), *_groups(several, int(minute))])


def _crosses_midnight(start: dt.datetime, stop: dt.datetime) -> bool:
    """Say whether a day that ends at midnight in China may leave, at most 20 s later, in [start, stop)."""
    first, last = start.timestamp() - 21, stop.timestamp() - 1
    return (first + CHINA_MINUTES * 60) // 86400 != (last + CHINA_MINUTES * 60) // 86400


def _about(factor: str) -> list[dict[str, str]]:
    return [{"PolId": factor}] if factor else []


def _stamp(minute: int) -> str:
    return dt.datetime.fromtimestamp(minute * 60, CHINA).strftime("%Y%m%d%H%M%S")


def _groups(several: list[Series], minute: int) -> Iterator[dict[str, str]]:
    for one in several:
        place = int(np.searchsorted(one.began, minute))
        if place < one.began.size and one.began[place] == minute:
            yield group(one, place)


def group(one: Series, place: int) -> dict[str, str]:
    """Write one factor of one period as the fields of a CP group."""
    digits, name = decimals(one.factor), one.factor
    if one.kind == "parameter":
        return {f"{name.partition('-')[2]}-Info": f"{one.value[place]:.4f}"}
    fields = (("Rtd", one.value, digits), ("ZsRtd", one.corrected, digits))
    if one.kind != "real":
        fields = (("Cou", one.mass, 4), ("Min", one.low, digits), ("Avg", one.value, digits), ("Max", one.high, digits), ("ZsAvg", one.corrected, digits))  # type: ignore[assignment]
    found = {f"{name}-{suffix}": f"{array[place]:.{places}f}" for suffix, array, places in fields if not np.isnan(array[place])}
    found[f"{name}-Flag"] = MARKS[one.flag[place]]
    return found
