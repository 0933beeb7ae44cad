"""Production in hours that a staggering plan forbids.

Law: 大气污染防治法 art. 96; from 2026-08-15 生态环境法典 arts. 264, 265 (orders in heavy pollution weather); the fine clause names earthwork and demolition first.
Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import power
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def staggered_production(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a production unit ran within a forbidden period."""
    findings = []
    for unit in stretch.equipment:
        series = power.meter(stretch, unit)
        if unit.role != "production" or series is None:
            continue
        banned = np.zeros(len(series), dtype=np.bool_)
        for plan in stretch.events_of("stagger", series.outlet):
            banned |= (series.began >= plan.began) & (series.began < plan.ended)
        ran = banned & (series.value > power.RUNNING * unit.rated)
        findings += while_holds(stretch, law, series, ran, hours=law.p["hours"], words={"unit_name": unit.name})
    return findings


RULE = Rule.beside(__file__, staggered_production)
