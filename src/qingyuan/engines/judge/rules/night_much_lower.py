"""Clean by day and cleaner by night, though the plant ran the same: or watched by day and not by night.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    Mask,
    Series,
    Values,
    counted,
    summed,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def night_much_lower(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days whose night hours average far below the day's while flow and oxygen were the same."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.GAS_POLLUTANTS):
        value = np.where(series.normal & condition.running(stretch, series), series.value, np.nan)
        flow = condition.beside(stretch, series, averaging.GAS_FLOW)
        for day in stretch.finished_days()[_much_lower(stretch, series, value, law.p["share"])]:
            night, light = series.between(int(day), int(day) + 6 * HOUR), series.between(int(day) + 8 * HOUR, int(day) + 20 * HOUR)
            low, high = value[night][np.isfinite(value[night])], value[light][np.isfinite(value[light])]
            if len(low) < 5 or len(high) < 10:
                continue
            flows = [one[np.isfinite(one)] for one in (flow[night], flow[light])]
            if not all(len(one) for one in flows) or abs(flows[0].mean() / max(flows[1].mean(), 1e-9) - 1) > law.p["alike"]:
                continue
            step = sum_of("夜间均值与白天均值之比", "night / day", {"night": low.mean(), "day": high.mean()}) if high.mean() > 0 else None
            if step and step["value"] < law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step],
                        also=condition.others(stretch, series, averaging.GAS_FLOW), share=step["value"] * 100,
                    )  # fmt: skip
                )
    return findings


def _much_lower(stretch: Stretch, series: Series, value: Values, share: float) -> Mask:
    """Return on which finished days the nights' mean may be below a share of the day's; never leaves one out."""
    days, told, known = stretch.finished_days(), np.nan_to_num(value), np.isfinite(value)
    means = []
    for first, last in ((0, 6), (8, 20)):
        edges = np.searchsorted(series.began, np.stack((days + first * HOUR, days + last * HOUR), axis=1).ravel())
        means.append(summed(told, edges)[::2] / np.maximum(counted(known, edges)[::2], 1))
    return np.asarray(means[0] < (share + 1e-6) * means[1] + 1e-6)


RULE = Rule.beside(__file__, night_much_lower)
