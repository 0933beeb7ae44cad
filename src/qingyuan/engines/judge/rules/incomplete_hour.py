"""Hours reported from too few minutes.

Basis: HJ 76-2017 App. B (45 valid minutes); 令19 art. 19; 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, MINUTE, align, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def incomplete_hour(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several hours were reported as normal though fewer than 45 of their minutes were valid."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        minutes = stretch.find(series.point, series.factor, "minute")
        if minutes is None:
            continue
        hours, good, _ = minutes.hour_means
        here, there = align(series.began, hours)
        short = good[there] * minutes.step < law.p["minutes"] * MINUTE
        short &= series.normal[here] & stretch.judged(series.began[here])
        if not short.any():
            continue
        days = day_start(series.began[here][short])
        for day, count in zip(*np.unique(days, return_counts=True), strict=True):
            if count >= law.p["hours"]:
                step = sum_of("不足45分钟仍按正常上报的小时数", "count", {"count": count}, "个")
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["hours"],
                        steps=[step], also=[minutes], count=count,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, incomplete_hour)
