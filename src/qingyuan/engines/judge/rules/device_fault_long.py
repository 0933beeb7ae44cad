"""A fault that is not repaired in time.

Law: 令19 art. 8 (report within 12 hours, restore within 5 working days, manual monitoring meanwhile); 大气污染防治法 art. 100; 水污染防治法 art. 82;
from 2026-08-15 生态环境法典 arts. 184, 1086.  Seven calendar days always hold five working days outside long holidays.
"""

from __future__ import annotations

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def device_fault_long(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return pollutants whose hours are flagged as fault (D) or communication loss (B) for longer than repair may take."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        broken = (series.flag == ord("D")) | (series.flag == ord("B"))
        findings += while_holds(stretch, law, series, broken, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, device_fault_long)
