"""Numbers that vary though nothing runs.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import factors, power
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def emission_while_power_off(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours in which all metered production of an outlet was off though a pollutant stayed high under a normal flag."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.GAS_POLLUTANTS):
        share = power.outlet_power(stretch, series.outlet, series.began)
        allowed, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        off = series.normal & (share < power.OFF) & (series.value > law.p["level"] * allowed)
        findings += while_holds(stretch, law, series, off, hours=law.p["hours"], also=power.production_meters(stretch, series.outlet))
    return findings


RULE = Rule.beside(__file__, emission_while_power_off)
