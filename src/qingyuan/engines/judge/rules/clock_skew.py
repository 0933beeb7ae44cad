"""A device whose clock runs ahead: it reports periods that have not ended.

Law: 令19 arts. 8, 19; 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
HJ 212-2017 7.3 (time is calibrated by the host).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    MINUTE,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def clock_skew(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which many readings arrived before the period they speak of had ended."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        ahead = series.began + series.step - series.received_at > law.p["minutes"] * MINUTE
        if not ahead.any():
            continue
        ahead &= stretch.judged(series.began)
        for day, count in zip(*np.unique(day_start(series.began[ahead]), return_counts=True), strict=True):
            if count >= law.p["readings"]:
                rows = ahead & (day_start(series.began) == day)
                row = int(np.flatnonzero(rows)[0])
                skew = {"ends": series.began[row] + series.step, "received": series.received_at[row]}
                step = sum_of("首个读数提前到达", "(ends - received) / 60000", skew, "分钟")
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], unit="分钟", limit_value=law.p["minutes"],
                        steps=[fact("提前到达的读数", count, "个"), step], count=count,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, clock_skew)
