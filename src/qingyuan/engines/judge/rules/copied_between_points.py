"""Two outlets that tell the same numbers.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    Series,
    align,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def copied_between_points(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which two points of a facility send the same changing values of one factor at nearly every moment."""
    findings = []
    series = list(stretch.series(kind="minute", factors=factors.POLLUTANTS))
    for position, left in enumerate(series):
        for right in series[position + 1 :]:
            if left.factor == right.factor and left.point != right.point:
                findings += _same(stretch, law, left, right)
    return findings


def _same(stretch: Stretch, law: LawInForce, left: Series, right: Series) -> list[Finding]:
    here, there = align(left.began, right.began)
    good = left.normal[here] & right.normal[there]
    equal = good & (left.value[here] == right.value[there])
    days, found = day_start(left.began[here]), []
    for day in stretch.days():
        rows = good & (days == day)
        if rows.sum() < law.p["readings"] or day + DAY > stretch.known_until:
            continue
        step = sum_of("相同读数占比", "equal / count", {"equal": (equal & rows).sum(), "count": rows.sum()})
        if step["value"] >= law.p["share"] and len(np.unique(left.value[here][rows])) >= law.p["different"]:
            found.append(
                law.finding(
                    stretch, left, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step], also=[right],
                    other=stretch.points[right.point].outlet_name or right.outlet, share=step["value"] * 100,
                )  # fmt: skip
            )
    return found


RULE = Rule.beside(__file__, copied_between_points)
