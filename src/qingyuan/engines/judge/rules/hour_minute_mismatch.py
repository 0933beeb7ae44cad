"""An hour that is not the mean of its minutes.

Basis: 环办〔2012〕57号 §7 (analyser, logger and platform differ); 令19 arts. 19, 20; 监测条例 arts. 25, 44; from 2026-08-15 生态环境法典 art. 1088.
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


def hour_minute_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several hours differ from the mean of their valid minutes."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        minutes = stretch.find(series.point, series.factor, "minute")
        if minutes is None:
            continue
        also, sent, computed = [minutes], series.value, np.full(len(series), np.nan)
        here, there = align(series.began, minutes.hours.began)
        complete = minutes.hours.good[there] * minutes.step >= 45 * MINUTE
        computed[here] = np.where(complete, minutes.hours.mean[there], np.nan)
        apart = np.abs(sent - computed) > np.maximum(law.p["share"] * np.abs(computed), law.p["least"])
        wrong = series.normal & apart & stretch.judged(series.began)
        days, counts = np.unique(day_start(series.began[wrong]), return_counts=True)
        for day, count in zip(days, counts, strict=True):
            if count < law.p["hours"]:
                continue
            row = int(np.flatnonzero(wrong & (day_start(series.began) == day))[0])
            step = sum_of("首个不一致小时的相对差", "abs(sent - computed) / max(abs(computed), 0.000001)", {"sent": sent[row], "computed": computed[row]})
            findings.append(
                law.finding(
                    stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["hours"],
                    steps=[step], also=also, count=count, share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, hour_minute_mismatch)
