"""A level that falls in an hour and stays down, with nothing in the plant to explain it.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    Index,
    Mask,
    Series,
    Values,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def step_change(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return sudden lasting falls below half of the level before and below the week's usual level, at the same flow and oxygen."""
    findings = []
    width = int(law.p["width"])
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        value = np.where(series.normal & condition.running(stretch, series), series.value, np.nan)
        ratio = _ratio(value, series, width)
        if not ((ratio < law.p["ratio"]) & stretch.judged(series.began)).any():
            continue
        flow = condition.beside(stretch, series, condition.flow_factor(series))
        oxygen = condition.beside(stretch, series, averaging.OXYGEN)
        flows, oxygens = (_ratio(one, series, width) for one in (flow, oxygen))
        steady = ~(np.abs(flows - 1) > law.p["alike"]) & ~(np.abs(oxygens - 1) > law.p["alike"])
        fell = (ratio < law.p["ratio"]) & steady
        fell &= ratio <= np.fmin(np.append(ratio[1:], np.inf), np.insert(ratio[:-1], 0, np.inf))  # the steepest hour of a fall
        rows = np.flatnonzero(fell & stretch.judged(series.began))
        usual = condition.trailing_median(series.began, value, series.began[rows], 7 * DAY)
        rarely = condition.trailing_median(series.began, value, series.began[rows], 7 * DAY, share=law.p["quantile"])
        recovers = _recovers(stretch, law, series, rows)
        for row, normally, lowest in zip(rows[~recovers], usual[~recovers], rarely[~recovers], strict=True):
            after = float(np.mean(value[row : row + width]))
            if after < law.p["below_usual"] * normally and after < law.p["margin"] * lowest:
                findings.append(_fall(stretch, law, series, int(row), width, after, float(normally), float(ratio[row])))
    return findings


def _recovers(stretch: Stretch, law: LawInForce, series: Series, rows: Index) -> Mask:
    """Return which falls end a week that stood at or above the limit: that is what a repair looks like."""
    if not len(rows):
        return np.zeros(0, dtype=np.bool_)
    works = series.normal & condition.running(stretch, series)
    usual = condition.trailing_median(series.began, np.where(works, averaging.judged(stretch, series), np.nan), series.began[rows], 7 * DAY)
    hour, day = (law.limits.in_force(series.outlet, series.factor, averaged, series.began[rows])[0] for averaged in ("hour", "day"))
    return usual > law.p["recovering"] * np.fmin(hour, day)


def _ratio(value: Values, series: Series, width: int) -> Values:
    """Return mean of the next ``width`` hours over mean of the ``width`` before; NaN where any of them is missing."""
    ratio = np.full(len(value), np.nan)
    if len(value) < 2 * width:
        return ratio
    windows = np.lib.stride_tricks.sliding_window_view(value, width).mean(axis=1)
    centre = np.arange(width, len(value) - width + 1)
    whole = series.began[centre + width - 1] - series.began[centre - width] == (2 * width - 1) * HOUR
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio[centre] = np.where(whole, windows[centre] / windows[centre - width], np.nan)
    return ratio


def _fall(stretch: Stretch, law: LawInForce, series: Series, row: int, width: int, after: float, normally: float, ratio: float) -> Finding:
    began = int(series.began[row])
    before = float(np.mean(series.value[row - width : row]))
    steps = [sum_of("突变后与突变前之比", "after / before", {"after": after, "before": before})]
    steps.append(sum_of("突变后与七日中位数之比", "after / usual", {"after": after, "usual": normally}))
    ended = min(began + width * HOUR, stretch.known_until)
    also = condition.others(stretch, series, condition.flow_factor(series), averaging.OXYGEN)
    return law.finding(
        stretch, series, began, ended, value=ratio, limit_value=law.p["ratio"], steps=steps, also=also, read_from=began - width * HOUR,
        before=before, after=after,
    )  # fmt: skip


RULE = Rule.beside(__file__, step_change)
