"""Sorted series and the small vocabulary every rule is written in.

Arrays only; no loop over rows.  Times are int64 milliseconds since 1970 UTC and mark the START of a period, as HJ 212
does; days and hours are China's (UTC+8).  Half-open everywhere.  This file knows no law, no file and no clock.

    valid   which readings count          runs     where a condition holds on and on
    hourly  clock-hour blocks             gaps     where readings are missing
    daily   clock-day blocks              steps    where the level jumps
    align   same moments in two series    rolling  moving mean and deviation
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
CHINA_OFFSET = 8 * HOUR
STEP = {"real": 30 * SECOND, "minute": MINUTE, "hour": HOUR, "day": DAY, "parameter": 0}
NORMAL = ord("N")


def day_start(times: Times) -> Times:
    """Return the midnight (China) at or before each time."""
    return (times + CHINA_OFFSET) // DAY * DAY - CHINA_OFFSET


def hour_start(times: Times) -> Times:
    """Return the full hour at or before each time."""
    return times // HOUR * HOUR


@dataclass(frozen=True)
class Blocks:
    """Readings gathered by clock hour or day: one element per block that has any reading.

    ``count`` are all readings, ``good`` those that count; mean, low, high and deviation are over the good ones
    (NaN where there is none); ``first``/``last`` are row positions, half-open.
    """

    began: Times
    count: Index
    good: Index
    mean: Values
    low: Values
    high: Values
    deviation: Values
    first: Index
    last: Index


@dataclass(frozen=True, eq=False)
class Series:
    """One factor of one point in one kind, sorted by time, one row per moment.

    value, low, high: measured concentration or state, in the factor's unit; corrected: at reference oxygen;
    mass: kg (m³ for water flow) in the period; flag: the HJ 212 letter as its byte (N where the device sent none).
    """

    point: str
    outlet: str
    factor: str
    kind: str
    began: Times
    value: Values
    low: Values
    high: Values
    mass: Values
    corrected: Values
    flag: npt.NDArray[np.uint8]
    received_at: Times

    def __len__(self) -> int:
        return len(self.began)

    @cached_property
    def step(self) -> int:
        """Return the nominal length of one reading in milliseconds: the usual distance, in whole minutes for minute data.

        Devices send minute data every minute, every ten minutes or once per analysis cycle (HJ 212-2017 MinInterval).
        """
        nominal = STEP.get(self.kind, 0)
        if self.kind != "minute" or len(self.began) < 3:
            return nominal
        apart = self.began[1:20_000] - self.began[: min(len(self.began), 20_000) - 1]
        usual = float(apart[0]) if (apart == apart[0]).all() else float(np.median(apart))
        return max(nominal, round(usual / MINUTE) * MINUTE)

    @cached_property
    def normal(self) -> Mask:
        """Return which readings the device itself calls normal and that carry a number."""
        return (self.flag == NORMAL) & np.isfinite(self.value)

    @cached_property
    def hours(self) -> Blocks:
        """Return clock hours over normal readings."""
        return blocks(self.began, self.value, self.normal, HOUR)

    @cached_property
    def hour_means(self) -> tuple[Times, Index, Values]:
        """Return (start, count, mean) of clock hours over normal readings: what most rules need of them."""
        index = self.began // HOUR
        first = starts_of(index)
        count = np.add.reduceat(self.normal, first, dtype=np.int64) if len(first) else first
        total = np.add.reduceat(np.where(self.normal, self.value, 0.0), first) if len(first) else np.empty(0)
        return index[first] * HOUR, count, total / np.where(count, count, np.nan)

    @cached_property
    def days(self) -> Blocks:
        """Return China's days over normal readings."""
        return blocks(self.began, self.value, self.normal, DAY)

    @cached_property
    def equal(self) -> tuple[Index, Index]:
        """Return the runs of one unchanged value (see ``equal_runs``), computed once for all rules that ask."""
        return equal_runs(self.value, self.began, self.normal, 2 * self.step)

    @cached_property
    def calibrations(self) -> tuple[Index, Index]:
        """Return the runs of rows that the device flags as calibration (HJ 212-2017 table 8: C)."""
        return runs(self.flag == ord("C"), self.began, 2 * self.step)

    def between(self, began: int, ended: int) -> slice:
        """Return the rows that start in [began, ended)."""
        first, last = np.searchsorted(self.began, (began, ended))
        return slice(int(first), int(last))

    def digest(self, rows: slice) -> str:
        """Return the SHA-256 over the canonical rows.

        Canonical: for each array in the order began, value, low, high, mass, corrected, flag, its little-endian bytes
        (int64, float64, uint8) with minus zero as zero and every NaN as the same NaN.  When and how often a packet
        came is not part of it.
        """
        hasher = hashlib.sha256(f"{self.point}\x1f{self.factor}\x1f{self.kind}\x1f".encode())
        hasher.update(self.began[rows].astype("<i8").tobytes())
        for column in (self.value, self.low, self.high, self.mass, self.corrected):
            plain = column[rows] + 0.0
            hasher.update(np.where(np.isnan(plain), np.nan, plain).astype("<f8").tobytes())
        hasher.update(self.flag[rows].tobytes())
        return hasher.hexdigest()


def valid(series: Series) -> Mask:
    """Return which readings count for concentration: flag N and a number (HJ 212-2017 table 8; HJ 76-2017 App. B)."""
    return series.normal


def hourly(series: Series) -> Blocks:
    """Return clock hours over the valid readings."""
    return series.hours


def daily(series: Series) -> Blocks:
    """Return China's days over the valid readings."""
    return series.days


def blocks(began: Times, value: Values, good: Mask, length: int) -> Blocks:
    """Gather sorted readings by clock blocks of ``length`` (HOUR or DAY, in China's time)."""
    index = (began + CHINA_OFFSET) // length
    first = starts_of(index)
    last = np.append(first[1:], len(began)).astype(np.int64) if len(first) else first
    if not len(first):
        none = np.empty(0)
        return Blocks(first, first, first, none, none, none, none, first, last)
    kept = np.where(good, value, 0.0)
    count = np.add.reduceat(good, first, dtype=np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(kept, first) / np.where(count, count, np.nan)
        spread = np.where(good, value - np.repeat(mean, last - first), 0.0)
        deviation = np.sqrt(np.add.reduceat(spread * spread, first) / np.where(count, count, np.nan))
    low = np.minimum.reduceat(np.where(good, value, np.inf), first)
    high = np.maximum.reduceat(np.where(good, value, -np.inf), first)
    empty = count == 0
    low[empty] = high[empty] = np.nan
    return Blocks(index[first] * length - CHINA_OFFSET, last - first, count, mean, low, high, deviation, first, last)


def by_day(began: Times) -> tuple[Times, Index]:
    """Return China's days in which sorted moments lie, and for each moment which of them it lies in."""
    index = (began + CHINA_OFFSET) // DAY
    first = starts_of(index)
    return index[first] * DAY - CHINA_OFFSET, np.repeat(np.arange(len(first)), np.diff(np.append(first, len(began))))


def starts_of(keys: npt.NDArray[np.int64]) -> Index:
    """Return the positions where a sorted key changes, the first position included."""
    if not len(keys):
        return np.empty(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1)).astype(np.int64)


def runs(holds: Mask, began: Times, tolerance: int) -> tuple[Index, Index]:
    """Return (first, last) row positions, half-open, of the maximal runs where ``holds``.

    A run breaks where the condition fails or where two readings are more than ``tolerance`` milliseconds apart.
    """
    if not holds.any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    breaks = np.empty(len(holds), dtype=np.bool_)
    breaks[0] = True
    np.greater(began[1:] - began[:-1], tolerance, out=breaks[1:])
    before = np.empty_like(holds)
    before[0], before[1:] = False, holds[:-1]
    first = np.flatnonzero(holds & (breaks | ~before))
    follows = np.empty_like(holds)
    follows[-1], follows[:-1] = False, holds[1:] & ~breaks[1:]
    return first, np.flatnonzero(holds & ~follows) + 1


def equal_runs(value: Values, began: Times, good: Mask, tolerance: int) -> tuple[Index, Index]:
    """Return (first, last), half-open, of the maximal runs of two or more equal good values without a gap."""
    if len(value) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    same = (value[1:] == value[:-1]) & good[1:] & good[:-1]
    same &= began[1:] - began[:-1] <= tolerance
    if not same.any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    around = np.zeros(len(same) + 2, dtype=np.bool_)
    around[1:-1] = same
    edges = np.flatnonzero(around[1:] != around[:-1])
    return edges[0::2], edges[1::2] + 1


def gaps(began: Times, window: tuple[int, int], step: int, longer_than: int) -> tuple[Times, Times]:
    """Return (began, ended) of the stretches of the window, longer than ``longer_than``, without any reading."""
    inside = began[(began >= window[0] - step) & (began < window[1])]
    ends = np.concatenate(([window[0]], np.maximum(inside + step, window[0])))
    nexts = np.concatenate((inside, [window[1]]))
    wide = nexts - ends > longer_than
    return ends[wide].astype(np.int64), nexts[wide].astype(np.int64)


def steps(value: Values, width: int) -> Values:
    """Return, for each row, mean of the ``width`` rows from it on minus mean of the ``width`` rows before it (NaN at ends)."""
    jump = np.full(len(value), np.nan)
    if len(value) < 2 * width:
        return jump
    total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(value))))
    centre = np.arange(width, len(value) - width + 1)
    jump[centre] = (total[centre + width] - 2 * total[centre] + total[centre - width]) / width
    return jump


def counted(holds: Mask, edges: Index) -> Index:
    """Return how often a condition holds between each two edges (row positions, ascending)."""
    total = np.zeros(len(holds) + 1, dtype=np.int64)
    np.cumsum(holds, out=total[1:])
    return total[edges[1:]] - total[edges[:-1]]


def summed(value: Values, edges: Index) -> Values:
    """Return the sum of the numbers between each two edges, as a running total tells it: exact to about 1e-12 of the whole."""
    total = np.zeros(len(value) + 1)
    np.cumsum(value, out=total[1:])
    return total[edges[1:]] - total[edges[:-1]]


def least(value: Values, edges: Index) -> Values:
    """Return the least number between each two edges; infinity where there is none (NaN is not told)."""
    told = np.append(np.where(np.isnan(value[: edges[-1]]), np.inf, value[: edges[-1]]), np.inf)
    found = np.minimum.reduceat(told, edges[:-1])
    found[edges[1:] == edges[:-1]] = np.inf
    return np.asarray(found)


def align(left: Times, right: Times) -> tuple[Index, Index]:
    """Return the positions of the moments that both sorted series have."""
    if left is right or (len(left) == len(right) and np.array_equal(left, right)):
        every = np.arange(len(left), dtype=np.int64)
        return every, every
    place = np.searchsorted(right, left)
    place[place == len(right)] = 0
    here = np.flatnonzero(right[place] == left) if len(right) else np.empty(0, dtype=np.int64)
    return here, place[here]


def rolling(value: Values, width: int) -> tuple[Values, Values]:
    """Return moving mean and standard deviation over the last ``width`` rows, NaN until there are so many."""
    mean, deviation = np.full(len(value), np.nan), np.full(len(value), np.nan)
    if len(value) < width:
        return mean, deviation
    windows = np.lib.stride_tricks.sliding_window_view(value, width)
    mean[width - 1 :] = windows.mean(axis=1)
    deviation[width - 1 :] = windows.std(axis=1)
    return mean, deviation


def before(times: Times, at: Times) -> Index:
    """Return for each moment the position of the last row at or before it, -1 where there is none."""
    return np.searchsorted(times, at, side="right") - 1
