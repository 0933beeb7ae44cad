"""A concentration below nothing.

Basis: 令19 art. 19; HJ 75-2017 (zero drift); 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def negative_value(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a pollutant stays below zero under a normal flag."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        findings += while_holds(stretch, law, series, series.normal & (series.value < 0), hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, negative_value)
