"""An hour above its limit.

Law: 大气污染防治法 arts. 18, 99; 水污染防治法 arts. 10, 83; from 2026-08-15 生态环境法典 arts. 151, 1103, 1107.
No tolerance is applied: a CO daily mean 1.5 % over its limit was fined.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def hourly_mean_exceedance(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the usable hours whose mean, at reference oxygen where there is one, is above the limit in force at that hour."""
    findings = []
    for series in stretch.series(kind="hour"):
        held = law.limits.all(series.outlet, series.factor, "hour")
        if not held:
            continue
        concentration = averaging.judged(stretch, series)
        limit_value, chosen = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        over = marking.usable(stretch, series) & (concentration > limit_value) & stretch.judged(series.began)
        for row in np.flatnonzero(over):
            began, limit = int(series.began[row]), held[chosen[row]]
            step = sum_of("超标倍数", "mean / limit_value - 1", {"mean": concentration[row], "limit_value": limit.limit_value})
            findings.append(
                law.finding(
                    stretch, series, began, began + HOUR, value=concentration[row], unit=limit.unit, limit=limit,
                    multiple=step["value"], steps=[step], severity="orange" if step["value"] >= law.p["orange_multiple"] else None,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, hourly_mean_exceedance)
