"""An hour that is not the mean of its minutes.

Basis: 环办〔2012〕57号 §7 (analyser, logger and platform differ); 令19 arts. 19, 20; 监测条例 arts. 25, 44; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors, mismatch
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import MINUTE, align
from qingyuan.engines.judge.stretch import Stretch


def hour_minute_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several hours differ from the mean of their valid minutes."""
    findings: list[Finding] = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        minutes = stretch.find(series.point, series.factor, "minute")
        if minutes is None:
            continue
        computed = np.full(len(series), np.nan)
        hours, good, mean = minutes.hour_means
        here, there = align(series.began, hours)
        computed[here] = np.where(good[there] * minutes.step >= 45 * MINUTE, mean[there], np.nan)
        findings += mismatch.days_apart(stretch, law, series, series.value, computed, series.normal, [minutes])
    return findings


RULE = Rule.beside(__file__, hour_minute_mismatch)
