"""A day at the edge of what the instrument can see, while the plant runs.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
Guide: 环办〔2012〕57号 §7 (long near the detection limit).
"""

from __future__ import annotations

from qingyuan.engines.judge import condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def near_detection_limit(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a pollutant stays above zero and below its detection limit for a day while the source works."""
    findings = []
    for series in stretch.series(kind="hour", factors=law.p["limits"]):
        least = float(law.p["limits"][series.factor])
        for filed in stretch.events_of("filed", series.outlet, f"{series.factor}-i13009"):
            least = filed.value
        low = series.normal & (series.value > 0) & (series.value < least) & condition.running(stretch, series)
        findings += while_holds(stretch, law, series, low, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, near_detection_limit)
