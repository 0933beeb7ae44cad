"""The instrument at the end of its scale: what is beyond is not known and is not less.

Basis: HJ 212-2017 table 8 (flag T); HJ 75-2017 (range fit for the limit); 大气污染防治法 arts. 24, 100; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def over_range(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a pollutant is flagged T or stands at or above its filed range."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        span = np.inf
        for filed in stretch.events_of("filed", series.outlet, f"{series.factor}-i13001"):
            span = filed.value
        beyond = (series.flag == ord("T")) | (series.normal & (series.value >= span))
        findings += while_holds(stretch, law, series, beyond, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, over_range)
