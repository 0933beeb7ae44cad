"""Production runs and the outlet says nothing comes out.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import averaging, condition, power
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def running_without_flow(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours in which production of an outlet ran while its flow was reported as nearly nothing, unmarked."""
    findings = []
    for series in stretch.series(kind="minute", factors=(averaging.GAS_FLOW, averaging.WATER_FLOW)):
        share = power.outlet_power(stretch, series.outlet, series.began, least=True)
        empty = series.normal & (share > law.p["load"]) & (series.value <= law.p["flow"]) & ~condition.stopped(stretch, series)
        findings += while_holds(stretch, law, series, empty, hours=law.p["hours"], also=power.production_meters(stretch, series.outlet))
    return findings


RULE = Rule.beside(__file__, running_without_flow)
