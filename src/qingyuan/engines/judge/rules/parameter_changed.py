"""An instrument parameter that is not what was filed, and no ticket for it.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
监测条例 art. 25(2)(5): changing parameters without leave.  A change is a clue at once, even when the values are low.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def parameter_changed(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the days on which a reported parameter differs from its filed value outside any ticket."""
    findings = []
    for series in stretch.series(kind="parameter"):
        for filed in stretch.events_of("filed", series.outlet, series.factor):
            wide = np.abs(series.value - filed.value) > law.p["share"] * max(abs(filed.value), 1e-9)
            changed = wide & (series.began >= filed.began) & (series.began < filed.ended) & stretch.judged(series.began)
            for ticket in stretch.events_of("ticket", series.outlet):
                changed &= ~((series.began >= ticket.began) & (series.began < ticket.ended))
            for day in np.unique(day_start(series.began[changed])):
                row = int(np.flatnonzero(changed & (day_start(series.began) == day))[0])
                began = int(series.began[row])
                step = sum_of("与备案值之比", "reported / max(abs(filed), 0.000000001)", {"reported": series.value[row], "filed": filed.value})
                findings.append(
                    law.finding(
                        stretch, series, began, int(day) + DAY, value=series.value[row], limit_value=filed.value,
                        steps=[fact("备案值", filed.value), step], anchor=int(day),
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, parameter_changed)
