"""A mass that is not concentration times flow.

Basis: HJ 212-2017 App. D and HJ 75-2017 (formulas); 监测条例 art. 25; 令19 arts. 19, 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors, mismatch
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import align
from qingyuan.engines.judge.stretch import Stretch


def mass_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several hourly masses differ from measured concentration times flow."""
    findings: list[Finding] = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        flow = stretch.find(series.point, condition.flow_factor(series), "hour")
        if flow is None:
            continue
        volume = np.full(len(series), np.nan)
        here, there = align(series.began, flow.began)
        volume[here] = np.where(flow.normal[there], flow.mass[there], np.nan)
        computed = series.value * volume * (1e-6 if series.factor.startswith("a") else 1e-3)
        findings += mismatch.days_apart(stretch, law, series, series.mass, computed, series.normal, [flow])
    return findings


RULE = Rule.beside(__file__, mass_mismatch)
