"""Pollutants that move as one while oxygen stands still.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    Series,
    Times,
    Values,
    align,
    day_start,
    starts_of,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def pollutants_same_trend(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which two gas pollutants of a point correlate almost perfectly in their minute-to-minute changes."""
    findings = []
    series = list(stretch.series(kind="minute", factors=("a34013", "a21026", "a21002")))
    for position, left in enumerate(series):
        for right in series[position + 1 :]:
            if left.point == right.point:
                findings += _together(stretch, law, left, right)
    return findings


def _together(stretch: Stretch, law: LawInForce, left: Series, right: Series) -> list[Finding]:
    here, there = align(left.began, right.began)
    good = left.normal[here] & right.normal[there] & condition.running(stretch, left)[here]
    days, found = day_start(left.began[here]), []
    rows = np.flatnonzero(good & stretch.judged(left.began[here]))
    for day in _alike(days[rows], left.value[here][rows], right.value[there][rows], law):
        rows = np.flatnonzero(good & (days == day))
        if day + DAY > stretch.known_until:
            continue
        one, two = np.diff(left.value[here][rows]), np.diff(right.value[there][rows])
        spread = float(one.std() * two.std())
        if spread < 1e-12:
            continue
        step = sum_of("变化量相关系数", "covariance / spread", {"covariance": float(((one - one.mean()) * (two - two.mean())).mean()), "spread": spread})
        if step["value"] >= law.p["correlation"]:
            found.append(
                law.finding(
                    stretch, left, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["correlation"], steps=[step], also=[right],
                    other=factors.chinese(right.factor),
                )  # fmt: skip
            )
    return found


def _alike(days: Times, left: Values, right: Values, law: LawInForce) -> Times:
    """Return the days of enough readings whose changes may correlate as asked; never leaves one out."""
    first = starts_of(days)
    count = np.diff(np.append(first, len(days)))
    if not len(days) or count.max() < law.p["readings"]:
        return days[:0]
    one, two = np.diff(left, prepend=0.0), np.diff(right, prepend=0.0)
    one[first] = two[first] = 0.0  # no change from one day to the next
    each = np.maximum(count - 1, 1)

    def mean(product: Values) -> Values:
        return np.asarray(np.add.reduceat(product, first) / each)

    ones, twos = mean(one), mean(two)
    spread = np.sqrt(np.maximum((mean(one * one) - ones**2) * (mean(two * two) - twos**2), 0.0))
    return days[first][(count >= law.p["readings"]) & (mean(one * two) - ones * twos >= (law.p["correlation"] - 1e-6) * spread - 1e-9)]


RULE = Rule.beside(__file__, pollutants_same_trend)
