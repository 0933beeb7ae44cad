"""A day above its limit.

Law: 大气污染防治法 arts. 18, 99; 水污染防治法 arts. 10, 83; 令10 art. 6 (waste incineration); from 2026-08-15 生态环境法典 arts. 151, 1107.
GB 18918-2002 and GB 8978-1996 limit daily means; a day needs 20 valid hours (HJ 76-2017 App. B).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def daily_mean_exceedance(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the finished days whose mean of usable hours, weighted by flow for water, is above the limit of that day."""
    findings = []
    for series in stretch.series(kind="hour"):
        held = law.limits.all(series.outlet, series.factor, "day")
        if not held:
            continue
        days = averaging.day_means(stretch, series, hours=law.p["hours"])
        limit_value, chosen = law.limits.in_force(series.outlet, series.factor, "day", days.began)
        over = (days.mean > limit_value) & stretch.judged(days.began) & (days.began + DAY <= stretch.known_until)
        for row in np.flatnonzero(over):
            began, limit = int(days.began[row]), held[chosen[row]]
            step = sum_of("超标倍数", "mean / limit_value - 1", {"mean": days.mean[row], "limit_value": limit.limit_value})
            used = fact("参与计算的有效小时数", int(days.used[row]), "个")
            findings.append(
                law.finding(
                    stretch, series, began, began + DAY, value=days.mean[row], unit=limit.unit, limit=limit, multiple=step["value"],
                    steps=[used, step], also=condition.others(stretch, series, averaging.WATER_FLOW, averaging.OXYGEN),
                    severity="red" if step["value"] >= law.p["red_multiple"] else None,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, daily_mean_exceedance)
