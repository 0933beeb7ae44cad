"""An oxidiser below the temperature it was permitted for.

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


def oxidiser_too_cold(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when an oxidiser's hearth was colder than its filed design temperature while its line ran."""
    findings = []
    for series in stretch.series(kind="minute", factors=(factors.RTO,)):
        for design in stretch.events_of("design", series.outlet, factors.RTO):
            share = power.outlet_power(stretch, series.outlet, series.began)
            cold = series.normal & (series.value < design.value) & ~(share < power.RUNNING) & condition.running(stretch, series)
            findings += while_holds(stretch, law, series, cold, hours=law.p["hours"], words={"least": design.value})
    return findings


RULE = Rule.beside(__file__, oxidiser_too_cold)
