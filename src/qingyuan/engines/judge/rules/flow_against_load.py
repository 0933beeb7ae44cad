"""A stack whose flow no longer goes with its load: a velocity-field coefficient, a section area or a probe was moved.

Law: 监测条例 arts. 25, 44; 令19 art. 19 (production and data no longer go together); 大气污染防治法 arts. 20, 99; from 2026-08-15 生态环境法典 art. 1088.
Thresholds are ours (a public list asks for thirty per cent against theory; here the plant's own week is the theory).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch

LOAD = "i33400"  # production load, % of permitted capacity


def flow_against_load(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when flow per load was far from its median of the seven days before, while load was high and no mark explains it."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.GAS_FLOW,)):
        load = condition.beside(stretch, series, LOAD)
        works = series.normal & (load > law.p["load"]) & ~condition.upset(stretch, series)
        ratio = np.where(works, series.value / np.where(works, load, 1.0), np.nan)
        judged = np.flatnonzero(works & (series.began >= stretch.began - DAY))
        usual = np.full(len(series), np.nan)
        usual[judged] = condition.trailing_median(series.began, ratio, series.began[judged] // DAY * DAY, 7 * DAY)
        away = np.abs(ratio / usual - 1) > law.p["share"]
        also = condition.others(stretch, series, LOAD)
        findings += while_holds(stretch, law, series, away, hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, flow_against_load)
