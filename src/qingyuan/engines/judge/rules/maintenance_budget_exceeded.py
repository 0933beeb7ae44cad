"""An incinerator's monitor under maintenance for more than 30 hours of a quarter.

Basis: 令10 art. 12 (30 h for each furnace and quarter; confirmed by a penalty case); 大气污染防治法 art. 100; from 2026-08-15 生态环境法典 art. 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR, Series
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def maintenance_budget_exceeded(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the hour in which the maintenance hours (flag M, or marked) of an incineration outlet pass the quarter's budget."""
    findings = []
    for mn, point in sorted(stretch.points.items()):
        mine = [series for series in stretch.series(kind="hour", factors=factors.INCINERATION) if series.point == mn]
        if point.industry != "incineration" or point.medium != "gas" or not mine:
            continue
        moments = np.unique(np.concatenate([_maintained(stretch, series) for series in mine]))
        quarters = np.array([marking.period_start(int(moment), "quarter") for moment in moments], dtype=np.int64)
        for quarter in np.unique(quarters):
            hours = moments[quarters == quarter]
            if len(hours) <= law.p["hours"] or not stretch.began <= hours[law.p["hours"]] < stretch.ended:
                continue
            began = int(hours[law.p["hours"]])
            step = sum_of("超出小时", "used - allowed", {"used": law.p["hours"] + 1, "allowed": law.p["hours"]}, "小时")
            findings.append(
                law.finding(
                    stretch, mine[0], began, began + HOUR, value=law.p["hours"] + 1, unit="小时", limit_value=law.p["hours"], steps=[step],
                    also=mine[1:], read_from=int(quarter),
                )  # fmt: skip
            )
    return findings


def _maintained(stretch: Stretch, series: Series) -> np.ndarray:
    under = series.flag == ord("M")
    for mark in stretch.marks_of(series.outlet, ("cems_maintenance",)):
        if marking.covers(mark, series):
            under |= (series.began >= mark.began) & (series.began < mark.ended)
    return series.began[under]


RULE = Rule.beside(__file__, maintenance_budget_exceeded)
