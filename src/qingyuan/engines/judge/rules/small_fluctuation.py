"""A value that hardly breathes for a whole day.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
Guide: 环办〔2012〕57号 §7 (variation within 2 % of range for long).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    Mask,
    Series,
    counted,
    least,
)
from qingyuan.engines.judge.stretch import Stretch, day_edges
from qingyuan.engines.judge.working import fact, sum_of


def small_fluctuation(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a pollutant's minutes all stay within a small share of its range while the source works."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        span = _range(stretch, law, series)
        if span is None:
            continue
        works = series.normal & condition.running(stretch, series)
        for day in stretch.finished_days()[_calm(stretch, series, works, law.p["hours"], law.p["share"] * span)]:
            rows = series.between(int(day), int(day) + DAY)
            held = works[rows]
            low, high = np.fmin.reduce(series.low[rows][held]), np.fmax.reduce(series.high[rows][held])
            swing = sum_of("全日最大变幅占量程", "(high - low) / span", {"high": high, "low": low, "span": span})
            if 0 < swing["value"] <= law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=swing["value"], limit_value=law.p["share"],
                        steps=[fact("量程", span), swing], share=swing["value"] * 100,
                    )  # fmt: skip
                )
    return findings


def _calm(stretch: Stretch, series: Series, works: Mask, hours: float, widest: float) -> Mask:
    """Return on which finished days enough hours worked and none left a band of about ``widest``."""
    edges = day_edges(stretch, series.began)[: len(stretch.finished_days()) + 1]
    calm = counted(works, edges) >= hours
    if calm.any():
        low, high = least(np.where(works, series.low, np.nan), edges), -least(np.where(works, -series.high, np.nan), edges)
        calm &= high - low <= widest * (1 + 1e-9)
    return calm


def _range(stretch: Stretch, law: LawInForce, series: Series) -> float | None:
    """Return the filed range, else a usual multiple of the strictest limit, else None."""
    for filed in stretch.events_of("filed", series.outlet, f"{series.factor}-i13001"):
        return filed.value
    held = [limit.limit_value for averaging_time in ("hour", "day") for limit in law.limits.all(series.outlet, series.factor, averaging_time)]
    return min(held) * float(law.p["range_of_limit"]) if held else None


RULE = Rule.beside(__file__, small_fluctuation)
