"""Oxygen rises and every gas falls together, though the stack's flow does not change: the sample was diluted.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
175号 art. 4; 令19 art. 20(2).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.dilution import GASES
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, by_day
from qingyuan.engines.judge.stretch import Stretch


def sample_diluted(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with oxygen well above and measured SO2 and NOx well below their three days' usual level, at usual flow."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.OXYGEN,)):
        unmarked = condition.moving(stretch, series) & series.normal & ~condition.upset(stretch, series)
        value = np.where(unmarked, series.value, np.nan)
        days, place = by_day(series.began)
        risen = value - condition.trailing_median(series.began, value, days, 3 * DAY)[place] > law.p["rise"]
        if not risen.any():
            continue
        held = [condition.departure(stretch, series, factor) for factor in GASES]
        held = [one for one in held if np.isfinite(one).any()]
        if not held:
            continue
        alike = np.abs(condition.departure(stretch, series, condition.VELOCITY) - 1) < law.p["alike"]
        fallen = np.all([one < law.p["fall"] for one in held], axis=0)
        also = condition.others(stretch, series, *GASES, condition.VELOCITY)
        findings += while_holds(stretch, law, series, risen & alike & fallen, hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, sample_diluted)
