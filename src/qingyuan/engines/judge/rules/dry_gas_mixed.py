"""Moisture and pollutants fall together while the stack stays as it was: dry gas was mixed into the sample.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
175号 art. 4; 令19 art. 20(2).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition
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


def dry_gas_mixed(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with moisture far below its three days' median and a pollutant down as well, at usual flow."""
    findings = []
    for series in stretch.series(kind="hour", factors=(condition.HUMIDITY,)):
        days, place = np.unique(day_start(series.began), return_inverse=True)
        moves = condition.moving(stretch, series)
        usable = ~condition.upset(stretch, series)

        def departure(
            value: Values, days: Times = days, place: Index = place, series: Series = series, moves: Mask = moves
        ) -> Values:
            value = np.where(moves, value, np.nan)
            with np.errstate(invalid="ignore", divide="ignore"):
                return value / condition.trailing_median(series.began, value, days, 3 * DAY)[place]

        dry = departure(np.where(series.normal & usable, series.value, np.nan)) < law.p["moisture"]
        alike = np.abs(departure(condition.beside(stretch, series, condition.VELOCITY)) - 1) < law.p["alike"]
        gases = [departure(condition.beside(stretch, series, factor)) < law.p["gas"] for factor in ("a21026", "a21002")]
        also = condition.others(stretch, series, "a21026", "a21002", condition.VELOCITY)
        findings += while_holds(stretch, law, series, dry & alike & np.any(gases, axis=0), hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, dry_gas_mixed)
