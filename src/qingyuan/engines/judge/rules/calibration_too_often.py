"""Calibrated more than any instrument needs.

Basis: HJ 75-2017 11 (frequency, unverified); product practice (more than two a day, or longer than an hour); 令19 art. 20; 监测条例 art. 25;
from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, by_day, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def calibration_too_often(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days with more calibrations, or longer ones in all, than allowed."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        first, last = series.calibrations
        if not len(first):
            continue
        starts, lengths = series.began[first], series.began[last - 1] + series.step - series.began[first]
        if len(first) <= law.p["times"] and lengths.sum() <= law.p["minutes"] * 60000:
            continue
        days, place = by_day(starts)
        many = (np.bincount(place) > law.p["times"]) | (np.bincount(place, lengths) / 60000 > law.p["minutes"])
        for day in days[many & stretch.judged(days)]:
            mine = day_start(starts) == day
            minutes = sum_of("当日校准总时长", "length / 60000", {"length": lengths[mine].sum()}, "分钟")
            if mine.sum() > law.p["times"] or minutes["value"] > law.p["minutes"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=float(mine.sum()), unit="次", limit_value=law.p["times"], steps=[minutes],
                        minutes=minutes["value"],
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, calibration_too_often)
