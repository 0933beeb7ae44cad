"""A line that drops readings all day without ever falling silent.

Law: 令19 arts. 8, 19; 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    Times,
)
from qingyuan.engines.judge.stretch import Stretch, day_edges, moments_of
from qingyuan.engines.judge.working import sum_of


def arrival_rate_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which too few of the due moments of a point arrived, gaps long enough to be offline left out."""
    findings = []
    for mn in sorted(stretch.points):
        mine = stretch.of_point(mn, "minute", factors.POLLUTANTS)
        if not mine:
            continue
        series = mine[0]
        for day in _thin(stretch, moments_of(stretch, mn, "minute", factors.POLLUTANTS), series.step, law):
            moments = np.unique(np.concatenate([one.began[one.between(int(day), int(day) + DAY)] for one in mine]))
            if len(moments) < 2:
                continue
            known = any(one.began[0] < day for one in mine) or stretch.heard.get(mn, day) < day
            opened = day - series.step if known else moments[0]  # a point's first day is due from its first moment
            inside = np.concatenate(([opened], moments, [day + DAY]))
            silent = np.diff(inside) - series.step
            lost = int(silent[(silent > 0) & (silent < law.p["offline"] * HOUR)].sum()) // series.step
            due = len(moments) + lost
            step = sum_of("到报率", "received / due", {"received": len(moments), "due": due})
            if step["value"] < law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step],
                        also=[one for one in mine if one is not series], share=step["value"] * 100,
                    )  # fmt: skip
                )
    return findings


def _thin(stretch: Stretch, moments: Times, step: int, law: LawInForce) -> Times:
    """Return the finished days on which too few moments arrived if all of the day was due; never leaves one out."""
    days = stretch.finished_days()
    edges = day_edges(stretch, moments)[: len(days) + 1]
    days, first, last = (one[np.diff(edges) >= 2] for one in (days, edges[:-1], edges[1:]))

    def lost(silent: Times) -> Times:
        return np.where((silent > 0) & (silent < law.p["offline"] * HOUR), silent, 0)

    within = np.cumsum(lost(np.diff(moments, prepend=moments[:1]) - step))
    silent = within[last - 1] - within[first] + lost(moments[first] - days) + lost(days + DAY - moments[last - 1] - step)
    return days[last - first < (law.p["share"] + 1e-9) * (last - first + silent // step)]


RULE = Rule.beside(__file__, arrival_rate_low)
