"""A converted concentration that is not the measured one at reference oxygen.

Basis: GB 13271-2014 5.2, GB 4915-2013 4.1.4 (the formula); 监测条例 art. 25 (parameters changed); 令19 art. 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors, mismatch
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def corrected_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several converted hours differ from the value computed from measured concentration and oxygen."""
    findings: list[Finding] = []
    for series in stretch.series(kind="hour", factors=factors.GAS_POLLUTANTS):
        point = stretch.points.get(series.point)
        if point is None or point.reference_oxygen is None:
            continue
        oxygen = condition.beside(stretch, series, averaging.OXYGEN)
        computed = averaging.corrected(series.value, oxygen, point.reference_oxygen)
        steady = np.isfinite(oxygen) & (oxygen < law.p["oxygen"])
        also = condition.others(stretch, series, averaging.OXYGEN)
        findings += mismatch.days_apart(stretch, law, series, series.corrected, computed, series.normal & steady, also)
    return findings


RULE = Rule.beside(__file__, corrected_mismatch)
