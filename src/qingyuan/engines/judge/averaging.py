"""From what was measured to the mean that is judged.

Gas: dry, standard state, at reference oxygen: C = C' x (21 - O2ref) / (21 - O2) (GB 13271-2014 5.2, GB 4915-2013 4.1.4).
Valid hour: at least 45 valid minutes; valid day: at least 20 valid hours (HJ 76-2017 App. B).
Water day: flow-weighted, sum(C x Q) / sum(Q) (HJ 356-2019; share of due results unverified).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import marking
from .once import once
from .series import DAY, HOUR, Index, Mask, Series, Times, Values, align, starts_of
from .stretch import Stretch

OXYGEN, WATER_FLOW, GAS_FLOW, PH = "a19001", "w00000", "a00000", "w01001"
AIR_OXYGEN = 21.0
NO_CONVERSION_ABOVE = 20.5  # % O2; above it the fraction is meaningless, the hour stays as measured and O2 is a finding of its own
NOT_WEIGHTED = frozenset({PH, "w01010"})


def corrected(value: Values, oxygen: Values, reference: float) -> Values:
    """Return concentration at reference oxygen; as measured where oxygen is missing or above 20.5 %."""
    usable = np.isfinite(oxygen) & (oxygen <= NO_CONVERSION_ABOVE)
    factor = np.ones(len(value))
    factor[usable] = (AIR_OXYGEN - reference) / (AIR_OXYGEN - oxygen[usable])
    return value * factor


@once
def judged(stretch: Stretch, series: Series) -> Values:
    """Return the concentration that limits apply to: sent as corrected, else corrected here, else as measured."""
    point = stretch.points.get(series.point)
    if point is None or point.reference_oxygen is None or not series.factor.startswith("a"):
        return series.value
    if series.factor in (OXYGEN, GAS_FLOW) or series.factor.startswith("a01"):
        return series.value
    oxygen = np.full(len(series), np.nan)
    beside = stretch.find(series.point, OXYGEN, series.kind)
    if beside is not None:
        here, there = align(series.began, beside.began)
        oxygen[here] = np.where(beside.normal[there], beside.value[there], np.nan)
    computed = corrected(series.value, oxygen, point.reference_oxygen)
    return np.where(np.isfinite(series.corrected), series.corrected, computed)


@dataclass(frozen=True)
class DayMeans:
    """Judgeable days: start, mean, hours used, and the rows [first, last) of the hour series they come from."""

    began: Times
    mean: Values
    used: Index
    first: Index
    last: Index


@once
def day_means(stretch: Stretch, series: Series, *, hours: int) -> DayMeans:
    """Return the days of an hour series that have at least ``hours`` usable hours.

    Gas: mean of hours, each at reference oxygen (the hours are converted, not the day).  Water: weighted by the hour's flow.
    """
    concentration = judged(stretch, series)
    usable = marking.usable(stretch, series) & np.isfinite(concentration)
    return _means(stretch, series, concentration, usable, hours)


def plain_day_means(stretch: Stretch, series: Series, *, hours: int) -> tuple[Times, Values]:
    """Return (day, mean) as a logger computes it: measured concentration over hours flagged normal, whatever is marked."""
    days = _means(stretch, series, series.value, series.normal, hours)
    return days.began, days.mean


def _means(stretch: Stretch, series: Series, concentration: Values, usable: Mask, hours: int) -> DayMeans:
    weight = np.where(usable, _weights(stretch, series), 0.0)
    first = starts_of((series.began + 8 * HOUR) // DAY)
    if not len(first):
        none = np.empty(0)
        return DayMeans(first, none, first, first, first)
    last = np.append(first[1:], len(series)).astype(np.int64)
    used = np.add.reduceat((weight > 0).astype(np.int64), first)
    total = np.add.reduceat(weight, first)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(np.where(usable, concentration, 0.0) * weight, first) / np.where(total > 0, total, np.nan)
    began = (series.began[first] + 8 * HOUR) // DAY * DAY - 8 * HOUR
    keep = used >= hours
    return DayMeans(began[keep], mean[keep], used[keep], first[keep], last[keep])


@once
def _weights(stretch: Stretch, series: Series) -> Values:
    """Return flow weights for a water factor where flow is known, else ones; an hour without flow has no concentration."""
    ones = np.ones(len(series))
    if not series.factor.startswith("w") or series.factor in NOT_WEIGHTED:
        return ones
    flow = stretch.find(series.point, WATER_FLOW, series.kind)
    if flow is None:
        return ones
    weights = np.zeros(len(series))
    here, there = align(series.began, flow.began)
    weights[here] = np.where(flow.normal[there], np.maximum(flow.value[there], 0.0), 0.0)
    return weights


def valid_hours(series: Series, minutes: int) -> Mask:
    """Return which clock hours of a minute series have at least ``minutes`` valid minutes (HJ 76-2017 App. B)."""
    return series.hours.good * series.step >= minutes * 60_000
