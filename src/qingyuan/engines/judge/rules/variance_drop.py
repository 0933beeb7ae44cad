"""The breathing stops: minutes within an hour vary far less than they used to, at a level that still moves.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.episodes import duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR, Series, Values, counted, runs
from qingyuan.engines.judge.stretch import Stretch, day_edges
from qingyuan.engines.judge.working import sum_of


def variance_drop(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours on end whose spread of minutes is a small part of the two weeks' usual spread, the source working."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.GAS_POLLUTANTS):
        works = series.normal & condition.running(stretch, series)
        spread = np.where(works, series.high - series.low, np.nan)
        days = stretch.days()
        usual = condition.trailing_median(series.began, spread, days, 14 * DAY, least=72)
        edges = day_edges(stretch, series.began)
        wide = np.full(len(series), np.nan)
        wide[edges[0] : edges[-1]] = np.repeat(law.p["share"] * usual, np.diff(edges))
        calm = counted((spread > 0) & (spread < wide), edges) >= law.p["hours"]
        for day, reference in zip(days[calm], usual[calm], strict=True):
            findings += _on(stretch, law, series, spread, int(day), float(reference))
    return findings


def _on(stretch: Stretch, law: LawInForce, series: Series, spread: Values, day: int, usual: float) -> list[Finding]:
    rows = series.between(day, day + DAY)
    calm = (spread[rows] > 0) & (spread[rows] < law.p["share"] * usual)
    first, last = runs(calm, series.began[rows], HOUR)
    found = []
    for start, stop in zip(first, last, strict=True):
        began, ended = int(series.began[rows][start]), int(series.began[rows][stop - 1]) + HOUR
        if ended - began >= law.p["hours"] * HOUR:
            typical = float(np.median(spread[rows][start:stop]))
            step = sum_of("小时内变幅与近两周中位数之比", "spread / usual", {"spread": typical, "usual": usual})
            steps = [step, duration(began, ended)]
            found.append(
                law.finding(
                    stretch, series, began, ended, value=step["value"], limit_value=law.p["share"], steps=steps, hours=steps[1]["value"],
                    share=step["value"] * 100,
                )  # fmt: skip
            )
    return found


RULE = Rule.beside(__file__, variance_drop)
