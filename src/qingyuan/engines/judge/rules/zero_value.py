"""Nothing measured while the plant runs.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
Guide: 环办〔2012〕57号 §7.
"""

from __future__ import annotations

from qingyuan.engines.judge import averaging, condition, factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def zero_value(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a pollutant reads exactly zero under a normal flag while the source works."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        zero = series.normal & (series.value == 0)
        if not zero.any():
            continue
        zero = zero & condition.running(stretch, series)
        also = condition.others(stretch, series, condition.flow_factor(series), averaging.OXYGEN)
        findings += while_holds(stretch, law, series, zero, hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, zero_value)
