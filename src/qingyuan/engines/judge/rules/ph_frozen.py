"""A pH that does not move for a day.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def ph_frozen(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return a day and more in which pH keeps within a hundredth while water flows."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.PH,)):
        works = series.normal & condition.running(stretch, series) & (series.value > 0)
        still = works & (series.high - series.low <= law.p["swing"])
        still[1:] &= np.abs(np.diff(series.value)) <= law.p["swing"]
        findings += while_holds(stretch, law, series, still, hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, ph_frozen)
