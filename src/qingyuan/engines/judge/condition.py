"""Whether the source behind a reading was working: from flow, oxygen and marks, never from the pollutant itself."""

from __future__ import annotations

import numpy as np

from .averaging import GAS_FLOW, OXYGEN, WATER_FLOW
from .once import once
from .series import DAY, Mask, Series, Times, Values, align, by_day
from .stretch import Stretch

VELOCITY, HUMIDITY = "a01011", "a01014"
MOVING = 3.0  # m/s; below it gas hardly flows
BURNING = 19.0  # % O2; above it hardly anything burns (kilns with much false air stay below)


@once
def beside(stretch: Stretch, series: Series, factor: str) -> Values:
    """Return another factor of the same point at the moments of ``series``; NaN where it was not sent or not normal."""
    found = np.full(len(series), np.nan)
    other = stretch.find(series.point, factor, series.kind)
    if other is not None:
        here, there = align(series.began, other.began)
        found[here] = np.where(other.normal[there], other.value[there], np.nan)
    return found


@once
def raw_beside(stretch: Stretch, series: Series, factor: str) -> Values:
    """The same, whatever the device's flag says."""
    found = np.full(len(series), np.nan)
    other = stretch.find(series.point, factor, series.kind)
    if other is not None:
        here, there = align(series.began, other.began)
        found[here] = other.value[there]
    return found


def others(stretch: Stretch, series: Series, *codes: str) -> list[Series]:
    """Return the series of the given factors at the same point and kind, for a finding's ``also``."""
    found = (stretch.find(series.point, code, series.kind) for code in codes)
    return [one for one in found if one is not None]


@once
def running(stretch: Stretch, series: Series) -> Mask:
    """Return at which moments the source worked: water flowed, or gas moved and burnt; unknown counts as working."""
    if series.factor.startswith("w"):
        works = ~(raw_beside(stretch, series, WATER_FLOW) <= 0)
    else:
        works = moving(stretch, series)
        point = stretch.points.get(series.point)
        if point is not None and point.reference_oxygen is not None:  # where nothing burns, oxygen says nothing
            works = works & ~(beside(stretch, series, OXYGEN) > BURNING)
    return works & ~stopped(stretch, series)


@once
def moving(stretch: Stretch, series: Series) -> Mask:
    """Return at which moments gas moved in the stack; unknown counts as moving."""
    return ~(raw_beside(stretch, series, VELOCITY) < MOVING)


@once
def stopped(stretch: Stretch, series: Series) -> Mask:
    """Return at which moments the discharger says the source stood still."""
    still = series.flag == ord("F")
    for mark in stretch.marks_of(series.outlet, ("stopped",)):
        still = still | ((series.began >= mark.began) & (series.began < mark.ended))
    return still


@once
def upset(stretch: Stretch, series: Series) -> Mask:
    """Return at which moments any condition mark lies (start-up, shut-down, upset), effective or not."""
    under = np.zeros(len(series), dtype=np.bool_)
    for mark in stretch.marks_of(series.outlet):
        under |= (series.began >= mark.began) & (series.began < mark.ended)
    return under


def trailing_median(began: Times, value: Values, at: Times, back: int, *, least: int = 24, share: float = 0.5) -> Values:
    """Return for each moment the median (or another quantile) of the finite values in [moment - back, moment).

    NaN with fewer than ``least`` values.
    """
    first, last = np.searchsorted(began, at - back), np.searchsorted(began, at)
    width = int((last - first).max(initial=0))
    if not width:
        return np.full(len(at), np.nan)
    places = first[:, None] + np.arange(width)
    windows = value[np.minimum(places, len(value) - 1)]
    windows[(places >= last[:, None]) | ~np.isfinite(windows)] = np.inf
    windows.sort(axis=1)
    count = (windows < np.inf).sum(axis=1)
    enough, each = count >= max(least, 1), np.arange(len(at))
    if share == 0.5:
        middle = (windows[each, np.maximum(count - 1, 0) // 2] + windows[each, np.minimum(count // 2, width - 1)]) / 2
        return np.where(enough, middle, np.nan)
    return np.array([np.quantile(windows[row, : count[row]], share) if enough[row] else np.nan for row in each])


def over_usual(series: Series, value: Values, back: int, since: int) -> Values:
    """Return each value over the median of the ``back`` ms before its day; NaN on days that began before ``since``."""
    days, place = by_day(series.began)
    usual = np.full(len(days), np.nan)
    late = np.searchsorted(days, since)
    usual[late:] = trailing_median(series.began, value, days[late:], back)
    with np.errstate(invalid="ignore", divide="ignore"):
        return value / usual[place]


@once
def departure(stretch: Stretch, series: Series, factor: str) -> Values:
    """Return another factor of the point over its usual level of three days, at the moments of ``series`` when gas moved."""
    value = np.where(moving(stretch, series), beside(stretch, series, factor), np.nan)
    return over_usual(series, value, 3 * DAY, stretch.began - 2 * DAY)


def flow_factor(series: Series) -> str:
    """Return the flow factor of the series' medium."""
    return WATER_FLOW if series.factor.startswith("w") else GAS_FLOW
