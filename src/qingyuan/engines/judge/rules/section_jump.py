"""A river section that jumps against the days before.

Basis: the only national warning rule found is monthly (长江流域水环境质量监测预警办法); this jump is ours and starts a trace, not a case.
Law: 水污染防治法 art. 10 and, from 2026-08-15, 生态环境法典 art. 151 bind whoever is found upstream.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def section_jump(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return two section readings in a row far above the median of the seven days before."""
    findings = []
    for series in stretch.series(kind="hour", medium="section", factors=factors.WATER_POLLUTANTS):
        value = np.where(series.normal, series.value, np.nan)
        usual = condition.trailing_median(series.began, value, series.began, 7 * DAY, least=12)
        high = value > law.p["ratio"] * usual
        again = high & np.insert(high[:-1], 0, False)
        for row in np.flatnonzero(again & ~np.insert(again[:-1], 0, False) & stretch.judged(series.began)):
            step = sum_of("与近七日中位数之比", "value / usual", {"value": value[row], "usual": usual[row]})
            began = int(series.began[row - 1])
            findings.append(
                law.finding(
                    stretch, series, began, int(series.began[row]) + HOUR, value=value[row], limit_value=law.p["ratio"] * usual[row], steps=[step],
                    anchor=int(series.began[row]), read_from=began - 7 * DAY, ratio=step["value"],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, section_jump)
