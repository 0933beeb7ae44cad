"""A value that repeats itself like a formula.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    MINUTE,
    Index,
    Mask,
    Series,
    Values,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of

SOME = 24  # places compared at each lag before the whole day is


def periodic_wave(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a gas pollutant's minutes repeat at a fixed lag, with a real swing between."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.GAS_POLLUTANTS):
        for day in stretch.finished_days()[_may_repeat(stretch, series, law)]:
            rows = series.between(int(day), int(day) + DAY)
            good = series.normal[rows]
            value, place = series.value[rows][good], (series.began[rows][good] - day) // series.step
            if len(value) < law.p["readings"]:
                continue
            period, mismatch, swing = _best(place, value, law)
            if period:
                numbers = {"square": mismatch, "deviation": float(value.std())}
                step = sum_of("相隔一个周期的均方根差与标准差之比", "square ** 0.5 / deviation", numbers)
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["mismatch"],
                        steps=[fact("周期", period * series.step / MINUTE, "分钟"), fact("半周期均方根差与标准差之比", swing), step],
                        period=period * series.step / MINUTE,
                    )  # fmt: skip
                )
    return findings


def _may_repeat(stretch: Stretch, series: Series, law: LawInForce) -> Mask:
    """Return on which finished days some lag may have a small enough mean square difference; never leaves one out.

    The squares of a few places are a part of the whole sum: where the part is too much, so is the whole.
    """
    days, width = stretch.finished_days(), max(DAY // series.step, 1)
    rows = np.flatnonzero(series.normal & (series.began >= stretch.began) & (series.began < stretch.began + len(days) * DAY))
    place = (series.began[rows] - stretch.began) // series.step
    count = np.bincount(place // width, minlength=len(days))[: len(days)]
    if not len(rows) or len(np.unique(place)) < len(rows) or DAY % series.step:
        return count >= law.p["readings"]
    grid = np.full(len(days) * width, np.nan)
    grid[place] = series.value[rows]
    grid = grid.reshape(len(days), width)[(enough := count >= law.p["readings"])]
    if not len(grid):
        return np.asarray(enough)
    lags = np.arange(4, max(int(count.max()) // 4, 5))
    some = np.linspace(0, width - lags[-1] - 1, SOME).astype(np.int64)
    squares = np.nan_to_num(grid[:, some[None, :] + lags[:, None]] - grid[:, None, some]) ** 2
    most = (law.p["mismatch"] ** 2 * (1 + 1e-6)) * np.nanvar(grid, axis=1)
    enough[enough] = (squares.sum(axis=2) <= most[:, None] * (width - lags)).any(axis=1)
    return np.asarray(enough)


def _best(place: Index, value: Values, law: LawInForce) -> tuple[int, float, float]:
    """Return (period in readings, mean square difference at it, relative difference at half of it); period 0: none repeats."""
    deviation = float(value.std())
    if deviation == 0 or len(np.unique(value)) < 4:
        return 0, 0.0, 0.0
    apart = _apart(place, value - value.mean())
    for lag in np.flatnonzero(apart[4 : len(value) // 4] < (law.p["mismatch"] * deviation) ** 2) + 4:
        half = float(np.sqrt(apart[lag // 2])) / deviation
        if half > law.p["swing"]:
            return int(lag), float(apart[lag]), half
    return 0, 0.0, 0.0


def _apart(place: Index, value: Values) -> Values:
    """Return the mean square difference between readings ``lag`` places apart, for every lag; places without a reading are left out."""
    count = int(place[-1]) + 1
    known, held = np.zeros(count), np.zeros(count)
    known[place], held[place] = 1.0, value

    def lagged(left: Values, right: Values) -> Values:
        return np.correlate(left, right, "full")[count - 1 :]

    squares = held * held
    total = lagged(known, squares) + lagged(squares, known) - 2 * lagged(held, held)
    return np.maximum(total, 0.0) / np.maximum(lagged(known, known), 1.0)


RULE = Rule.beside(__file__, periodic_wave)
