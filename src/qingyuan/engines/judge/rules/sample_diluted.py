"""Oxygen rises and every gas falls together, though the stack's flow does not change: the sample was diluted.

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
    Series,
    Values,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch


def sample_diluted(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with oxygen well above and measured SO2 and NOx well below their three days' usual level, at usual flow."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.OXYGEN,)):
        velocity = condition.beside(stretch, series, condition.VELOCITY)
        held = [_departure(stretch, series, factor) for factor in ("a21026", "a21002")]
        held = [one for one in held if np.isfinite(one).any()]
        if not held:
            continue
        moves = condition.moving(stretch, series)
        value = np.where(moves & series.normal & ~condition.upset(stretch, series), series.value, np.nan)
        risen = _less(value, series) > law.p["rise"]
        alike = np.abs(_over(np.where(moves, velocity, np.nan), series) - 1) < law.p["alike"]
        fallen = np.all([one < law.p["fall"] for one in held], axis=0)
        also = condition.others(stretch, series, "a21026", "a21002", condition.VELOCITY)
        findings += while_holds(stretch, law, series, risen & alike & fallen, hours=law.p["hours"], also=also)
    return findings


def _departure(stretch: Stretch, series: Series, factor: str) -> Values:
    return _over(np.where(condition.moving(stretch, series), condition.beside(stretch, series, factor), np.nan), series)


def _usual(value: Values, series: Series) -> Values:
    days, place = np.unique(day_start(series.began), return_inverse=True)
    return condition.trailing_median(series.began, value, days, 3 * DAY)[place]


def _over(value: Values, series: Series) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return value / _usual(value, series)


def _less(value: Values, series: Series) -> Values:
    return value - _usual(value, series)


RULE = Rule.beside(__file__, sample_diluted)
