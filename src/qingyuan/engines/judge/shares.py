"""The share of valid hours in a finished month or quarter, against the share asked for."""

from __future__ import annotations

from . import condition, factors, marking
from .finding import Finding
from .inforce import LawInForce
from .series import DAY, HOUR
from .stretch import Stretch
from .working import sum_of

LONGEST = {"month": 32 * DAY, "quarter": 93 * DAY}  # reaches into the next period from any start


def low_shares(stretch: Stretch, law: LawInForce, *, period: str, label: str) -> list[Finding]:
    """Return the finished periods (month|quarter) whose valid hours were less than ``law.p["share"]`` of the hours due.

    Due are the hours since the first one heard, standstill left out; below ``law.p["least_hours"]`` nothing is said.
    """
    findings = []
    periods = sorted({marking.period_start(int(day), period) for day in stretch.days()})
    ends = [(began, marking.period_start(began + LONGEST[period], period)) for began in periods]
    ends = [(began, ended) for began, ended in ends if stretch.began < ended <= stretch.known_until]
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS) if ends else ():
        still = condition.stopped(stretch, series)
        for began, ended in ends:
            rows = series.between(began, ended)
            if rows.stop == rows.start:
                continue
            first = int(series.began[rows][0])
            stopped = int(still[rows].sum())
            due, good = (ended - first) // HOUR - stopped, int((series.normal & ~still)[rows].sum())
            if due < law.p["least_hours"] or good / due >= law.p["share"]:
                continue
            step = sum_of(label, "valid / due", {"valid": good, "due": due})
            findings.append(
                law.finding(
                    stretch, series, first, ended, value=step["value"], unit="", limit_value=law.p["share"], steps=[step],
                    anchor=ended - DAY, share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings
