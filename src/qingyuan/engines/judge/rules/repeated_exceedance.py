"""Exceedance on more days of a month than chance explains.

Law: as hourly_mean_exceedance; repeated violations weigh in the penalty matrix.  大气污染防治法 art. 99; from 2026-08-15 生态环境法典 art. 1107.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, Series, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def repeated_exceedance(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the day on which the number of days with an hour or day above the limit passes what a month may have."""
    findings = []
    for series in stretch.series(kind="hour"):
        days = np.union1d(_hours(stretch, law, series), _days(stretch, law, series))
        if len(days) <= law.p["days"]:
            continue
        months = np.array([marking.period_start(int(day), "month") for day in days], dtype=np.int64)
        for month in np.unique(months):
            mine = days[months == month]
            if len(mine) <= law.p["days"]:
                continue
            day = int(mine[law.p["days"]])
            if stretch.began <= day < stretch.ended:
                step = sum_of("超出天数", "count - allowed", {"count": law.p["days"] + 1, "allowed": law.p["days"]}, "天")
                findings.append(
                    law.finding(
                        stretch, series, day, day + DAY, value=law.p["days"] + 1, unit="天", limit_value=law.p["days"],
                        steps=[step], read_from=int(month), days=law.p["days"] + 1,
                    )  # fmt: skip
                )
    return findings


def _hours(stretch: Stretch, law: LawInForce, series: Series) -> np.ndarray:
    if not law.limits.all(series.outlet, series.factor, "hour"):
        return np.empty(0, dtype=np.int64)
    limit_value, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
    over = averaging.judged(stretch, series) > limit_value
    return np.unique(day_start(series.began[over & marking.usable(stretch, series)]))


def _days(stretch: Stretch, law: LawInForce, series: Series) -> np.ndarray:
    if not law.limits.all(series.outlet, series.factor, "day"):
        return np.empty(0, dtype=np.int64)
    days = averaging.day_means(stretch, series, hours=20)
    limit_value, _ = law.limits.in_force(series.outlet, series.factor, "day", days.began)
    return days.began[(days.mean > limit_value) & (days.began + DAY <= stretch.known_until)]


RULE = Rule.beside(__file__, repeated_exceedance)
