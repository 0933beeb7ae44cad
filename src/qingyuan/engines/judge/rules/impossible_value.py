"""Values that nature does not allow, called normal by the device.

Basis: 令19 art. 19 (distorted data); HJ 75-2017; 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, MINUTE, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def impossible_value(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days with many minutes of a state factor outside its physical bounds under a normal flag."""
    findings = []
    for series in stretch.series(kind="minute", factors=law.p["bounds"]):
        low, high = law.p["bounds"][series.factor]
        wrong = series.normal & ((series.value < low) | (series.value > high)) & stretch.judged(series.began)
        if not wrong.any():
            continue
        days, counts = np.unique(day_start(series.began[wrong]), return_counts=True)
        for day, count in zip(days, counts, strict=True):
            minutes = sum_of("越界时长", "count * step", {"count": count, "step": series.step / MINUTE}, "分钟")
            if minutes["value"] >= law.p["minutes"]:
                rows = series.between(int(day), int(day) + DAY)
                worst = series.value[rows][wrong[rows]]
                level = float(worst[np.argmax(np.maximum(low - worst, worst - high))])
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=minutes["value"], unit="分钟", limit_value=law.p["minutes"],
                        steps=[fact("最远的数值", level), minutes], level=level, low=low, high=high,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, impossible_value)
