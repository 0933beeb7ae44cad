"""Gases and oxygen fall together while the stack flows on: nitrogen or zero gas was let into the sample line.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
175号 art. 4; 令19 art. 20(2).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    Index,
    Mask,
    Series,
    Times,
    Values,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch


def zero_gas_in_sample_line(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with oxygen and a gas both far below their three days' medians, at usual flow and outside any mark."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.OXYGEN,)):
        days, place = np.unique(day_start(series.began), return_inverse=True)
        moves = condition.moving(stretch, series)

        def departure(
            value: Values, days: Times = days, place: Index = place, series: Series = series, moves: Mask = moves
        ) -> Values:
            value = np.where(moves, value, np.nan)
            with np.errstate(invalid="ignore", divide="ignore"):
                return value / condition.trailing_median(series.began, value, days, 3 * DAY)[place]

        usable = series.normal & ~condition.upset(stretch, series)
        low = departure(np.where(usable, series.value, np.nan)) < law.p["oxygen"]
        alike = np.abs(departure(condition.beside(stretch, series, condition.VELOCITY)) - 1) < law.p["alike"]
        gases = [departure(condition.beside(stretch, series, factor)) < law.p["gas"] for factor in ("a21026", "a21002")]
        also = condition.others(stretch, series, "a21026", "a21002", condition.VELOCITY)
        findings += while_holds(stretch, law, series, low & alike & np.any(gases, axis=0), hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, zero_gas_in_sample_line)
