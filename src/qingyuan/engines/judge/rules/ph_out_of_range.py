"""Water too sour or too alkaline.

Law: 水污染防治法 arts. 10, 83; from 2026-08-15 生态环境法典 arts. 151, 1107.  GB 8978-1996 and GB 18918-2002: pH 6 to 9.  The bounds come from the limits table.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def ph_out_of_range(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the usable hours whose pH is below the lower or above the upper limit in force."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.PH,)):
        usable = marking.usable(stretch, series) & condition.running(stretch, series) & stretch.judged(series.began)
        for averaging_time, sign in (("hour_low", -1.0), ("hour", 1.0)):
            held = law.limits.all(series.outlet, series.factor, averaging_time)
            limit_value, chosen = law.limits.in_force(series.outlet, series.factor, averaging_time, series.began)
            for row in np.flatnonzero(usable & (sign * (series.value - limit_value) > 0)):
                began, limit = int(series.began[row]), held[chosen[row]]
                step = sum_of("偏离限值", "abs(value - limit_value)", {"value": series.value[row], "limit_value": limit.limit_value})
                side = "低于下限" if sign < 0 else "高于上限"
                findings.append(law.finding(stretch, series, began, began + HOUR, value=series.value[row], limit=limit, steps=[step], side=side))
    return findings


RULE = Rule.beside(__file__, ph_out_of_range)
