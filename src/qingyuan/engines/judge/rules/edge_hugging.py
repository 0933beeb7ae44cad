"""Always just below the limit, never above.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, counted
from qingyuan.engines.judge.stretch import Stretch, day_edges
from qingyuan.engines.judge.working import sum_of


def edge_hugging(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which most usable hours lie in the last tenth below the hour's limit and none above it."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        held = law.limits.all(series.outlet, series.factor, "hour")
        if not held:
            continue
        limit_value, chosen = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        share = np.where(marking.usable(stretch, series), averaging.judged(stretch, series) / limit_value, np.nan)
        edges = day_edges(stretch, series.began)[: len(stretch.finished_days()) + 1]
        known = counted(np.isfinite(share), edges)
        below = (known >= law.p["hours"]) & (counted(share > 1, edges) == 0)
        for day in stretch.finished_days()[below & (counted(share >= 1 - law.p["band"], edges) > law.p["share"] * known)]:
            rows = series.between(int(day), int(day) + DAY)
            known = share[rows][np.isfinite(share[rows])]
            band = sum_of("贴限小时占比", "near / hours", {"near": (known >= 1 - law.p["band"]).sum(), "hours": len(known)})
            if band["value"] > law.p["share"]:
                limit = held[chosen[rows][np.isfinite(share[rows])][0]]
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=band["value"], limit=limit, steps=[band],
                        also=condition.others(stretch, series, averaging.OXYGEN), share=band["value"] * 100,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, edge_hugging)
