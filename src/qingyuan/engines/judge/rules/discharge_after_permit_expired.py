"""Discharge on days without a permit in force.

Law: 排污许可管理条例 art. 33; 大气污染防治法 art. 99(1); 水污染防治法 art. 83(1); from 2026-08-15 生态环境法典 art. 1102.
"""

from __future__ import annotations

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def discharge_after_permit_expired(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a permitted facility's outlet discharged for hours while no permit was in force."""
    findings = []
    permits = stretch.events_of("permit")
    for series in stretch.series(kind="hour", factors=(averaging.GAS_FLOW, averaging.WATER_FLOW)):
        works = series.normal & (series.value > 0) & condition.running(stretch, series)
        for day in stretch.days():
            held = any(one.began < day + DAY and one.ended > day for one in permits)
            hours = int(works[series.between(int(day), int(day) + DAY)].sum())
            if not permits or held or hours < law.p["hours"] or day + DAY > stretch.known_until:
                continue
            last = max((one.ended for one in permits if one.ended <= day), default=int(day))
            step = sum_of("许可证届满天数", "(day - ended) / 86400000", {"day": day, "ended": last}, "天")
            steps = [fact("当日排放小时数", hours, "小时"), step]
            findings.append(law.finding(stretch, series, int(day), int(day) + DAY, value=hours, unit="小时", limit_value=0.0, steps=steps))
    return findings


RULE = Rule.beside(__file__, discharge_after_permit_expired)
