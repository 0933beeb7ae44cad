"""A stack that works while a plant is ordered to stop or a staggering plan forbids production; needs no electricity meter.

Law: 大气污染防治法 art. 96; from 2026-08-15 生态环境法典 arts. 264, 265 (orders in heavy pollution weather); the fine clause names earthwork and demolition first.
Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def emission_during_ban(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times within a stop order or a staggering ban in which a stack's source burnt and its gas flowed."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.GAS_FLOW,)):
        banned = np.zeros(len(series), dtype=np.bool_)
        for order in (*stretch.events_of("stop_order", series.outlet), *stretch.events_of("stagger", series.outlet)):
            banned |= (series.began >= order.began + law.p["grace"] * 3_600_000) & (series.began < order.ended)
        oxygen = condition.beside(stretch, series, averaging.OXYGEN)
        works = series.normal & (series.value > 0) & (oxygen < law.p["oxygen"]) & condition.running(stretch, series)
        also = condition.others(stretch, series, averaging.OXYGEN)
        findings += while_holds(stretch, law, series, banned & works, hours=law.p["hours"], also=also, tolerance=2 * series.step)
    return findings


RULE = Rule.beside(__file__, emission_during_ban)
