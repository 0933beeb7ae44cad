"""Moisture behind a wet scrubber that no wet scrubber gives.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def moisture_too_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return half-days in which moisture of a wet-scrubbed stack stays below what saturation allows while the source works."""
    findings = []
    for series in stretch.series(kind="hour", factors=(condition.HUMIDITY,)):
        point = stretch.points[series.point]
        if point.industry not in law.p["industries"] and not any(word in point.outlet_name for word in law.p["outlets"]):
            continue
        dry = series.normal & (series.value < law.p["least"]) & condition.running(stretch, series) & ~condition.upset(stretch, series)
        findings += while_holds(stretch, law, series, dry, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, moisture_too_low)
