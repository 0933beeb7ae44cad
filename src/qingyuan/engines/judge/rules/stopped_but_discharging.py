"""Marked as stopped, while gas burns and flows.

Law: 监测条例 art. 25(2)(5) (false marking of production); 令19 art. 19; 环办〔2012〕57号 §7; 大气污染防治法 art. 99; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def stopped_but_discharging(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours flagged F or marked stopped in which gas moved with little oxygen, or water flowed, or production drew power."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.OXYGEN, averaging.WATER_FLOW)):
        said = condition.stopped(stretch, series)
        if series.factor == averaging.OXYGEN:
            moves = condition.raw_beside(stretch, series, condition.VELOCITY) > law.p["velocity"]
            works = (series.value < law.p["oxygen"]) & moves
        else:
            works = series.value > law.p["flow"]
        also = condition.others(stretch, series, condition.VELOCITY)
        findings += while_holds(stretch, law, series, said & works, hours=law.p["hours"], also=also, tolerance=series.step)
    return findings


RULE = Rule.beside(__file__, stopped_but_discharging)
