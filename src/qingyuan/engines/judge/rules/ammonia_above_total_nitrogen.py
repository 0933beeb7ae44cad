"""A part greater than the whole.

Basis: 令19 art. 19 (correlation of data abnormal); HJ 356-2019; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def ammonia_above_total_nitrogen(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the hours in which ammonia nitrogen stays above total nitrogen by more than the two analysers' error."""
    findings = []
    for series in stretch.series(kind="hour", factors=("w21003",)):
        total = condition.beside(stretch, series, "w21001")
        above = series.normal & (series.value > total * law.p["ratio"]) & condition.running(stretch, series)
        findings += while_holds(stretch, law, series, above, hours=law.p["hours"], also=condition.others(stretch, series, "w21001"))
    return findings


RULE = Rule.beside(__file__, ammonia_above_total_nitrogen)
