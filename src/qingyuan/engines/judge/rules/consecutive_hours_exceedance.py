"""Hours above the limit, one after the other.

Law: as hourly_mean_exceedance: 大气污染防治法 arts. 18, 99; 水污染防治法 arts. 10, 83; from 2026-08-15 生态环境法典 arts. 151, 1107.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, marking
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def consecutive_hours_exceedance(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return runs of usable hours above their limit that last at least so many hours."""
    findings = []
    for series in stretch.series(kind="hour"):
        held = law.limits.all(series.outlet, series.factor, "hour")
        if not held:
            continue
        concentration = averaging.judged(stretch, series)
        limit_value, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        over = marking.usable(stretch, series) & (concentration > limit_value)

        def describe(rows: slice, seen=concentration, allowed=limit_value):  # type: ignore[no-untyped-def]
            worst = rows.start + int(np.argmax(seen[rows] / allowed[rows]))
            peak = sum_of("最大超标倍数", "mean / limit_value - 1", {"mean": seen[worst], "limit_value": allowed[worst]})
            return [peak], {"peak": seen[worst], "times": peak["value"]}

        findings += while_holds(stretch, law, series, over, hours=law.p["hours"], describe=describe, tolerance=series.step)
    return findings


RULE = Rule.beside(__file__, consecutive_hours_exceedance)
