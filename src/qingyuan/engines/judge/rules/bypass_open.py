"""A bypass open while the line runs.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition, factors, power
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def bypass_open(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a treatment bypass was open while production ran, without a mark or ticket."""
    findings = []
    for series in stretch.series(kind="minute", factors=(factors.BYPASS,)):
        share = power.outlet_power(stretch, series.outlet, series.began)
        ajar = (series.value > law.p["opening"]) & ~(share < power.RUNNING) & ~condition.upset(stretch, series)
        for ticket in stretch.events_of("ticket", series.outlet):
            ajar &= ~((series.began >= ticket.began) & (series.began < ticket.ended))
        findings += while_holds(stretch, law, series, ajar, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, bypass_open)
