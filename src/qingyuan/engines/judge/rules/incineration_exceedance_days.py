"""More than five days of exceedance in a month at one furnace.

Law: 令10 art. 10 (restrict or stop production; number from memory, unverified); 大气污染防治法 art. 99; from 2026-08-15 生态环境法典 art. 1107.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, Series
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def incineration_exceedance_days(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the day on which a furnace's days with any of the five pollutants above its daily limit pass five in a month."""
    findings = []
    for mn, point in sorted(stretch.points.items()):
        mine = [series for series in stretch.series(kind="hour", factors=factors.INCINERATION) if series.point == mn]
        if point.industry != "incineration" or not mine:
            continue
        days = np.unique(np.concatenate([_over(stretch, law, series) for series in mine]))
        months = np.array([marking.period_start(int(day), "month") for day in days], dtype=np.int64)
        for month in np.unique(months):
            held = days[months == month]
            if len(held) > law.p["days"] and stretch.began <= held[law.p["days"]] < stretch.ended:
                day = int(held[law.p["days"]])
                step = sum_of("超出天数", "count - allowed", {"count": law.p["days"] + 1, "allowed": law.p["days"]}, "天")
                findings.append(
                    law.finding(
                        stretch, mine[0], day, day + DAY, value=law.p["days"] + 1, unit="天", limit_value=law.p["days"], steps=[step],
                        also=mine[1:], read_from=int(month),
                    )  # fmt: skip
                )
    return findings


def _over(stretch: Stretch, law: LawInForce, series: Series) -> np.ndarray:
    days = averaging.day_means(stretch, series, hours=20)
    limit_value, _ = law.limits.in_force(series.outlet, series.factor, "day", days.began)
    return days.began[(days.mean > limit_value) & (days.began + DAY <= stretch.known_until)]


RULE = Rule.beside(__file__, incineration_exceedance_days)
