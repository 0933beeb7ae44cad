"""Flue gas too hot to have passed a wet scrubber.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
生态环境法典 art. 164 (treatment not run normally); 公治〔2014〕853号 art. 7.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def scrubber_temperature_high(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours in which a wet-scrubbed stack's gas is hotter than a running scrubber lets it be."""
    findings = []
    for series in stretch.series(kind="hour", factors=("a01012",)):
        point = stretch.points[series.point]
        if point.industry not in law.p["industries"] and not any(word in point.outlet_name for word in law.p["outlets"]):
            continue
        hot = series.normal & (series.value > law.p["most"]) & condition.running(stretch, series) & ~condition.upset(stretch, series)
        findings += while_holds(stretch, law, series, hot, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, scrubber_temperature_high)
