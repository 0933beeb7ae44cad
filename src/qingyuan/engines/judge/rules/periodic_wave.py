"""A value that repeats itself like a formula.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
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
    Values,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def periodic_wave(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a gas pollutant's minutes repeat at a fixed lag, with a real swing between."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.GAS_POLLUTANTS):
        for day in stretch.days():
            rows = series.between(int(day), int(day) + DAY)
            good = series.normal[rows]
            value = series.value[rows][good]
            if day + DAY > stretch.known_until or len(value) < law.p["readings"]:
                continue
            period, mismatch, swing = _best(value, law)
            if period:
                step = sum_of("相隔一个周期的平均差与标准差之比", "difference / deviation", {"difference": mismatch, "deviation": float(value.std())})
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["mismatch"],
                        steps=[fact("周期", period * series.step / MINUTE, "分钟"), fact("半周期平均差与标准差之比", swing), step],
                        period=period * series.step / MINUTE,
                    )  # fmt: skip
                )
    return findings


def _best(value: Values, law: LawInForce) -> tuple[int, float, float]:
    """Return (period in readings, mean difference at it, relative difference at half of it), period 0 when none repeats."""
    deviation = float(value.std())
    if deviation == 0 or len(np.unique(value)) < 4:
        return 0, 0.0, 0.0
    for lag in range(4, len(value) // 4):
        mismatch = float(np.abs(value[lag:] - value[:-lag]).mean())
        if mismatch < law.p["mismatch"] * deviation:
            half = float(np.abs(value[lag // 2 :] - value[: -(lag // 2)]).mean()) / deviation
            if half > law.p["swing"]:
                return lag, mismatch, half
    return 0, 0.0, 0.0


RULE = Rule.beside(__file__, periodic_wave)
