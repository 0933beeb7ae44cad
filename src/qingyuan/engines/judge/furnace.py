"""Hearth temperature of an incinerator: thermocouples of the upper (i3331x) and middle (i3332x) section.

At each minute the median of a section's thermocouples, then the mean of the sections, then 5-minute means on the natural clock
(GB 18484-2020 3.9; the same in public code of plants under 令10).
"""

from __future__ import annotations

import numpy as np

from .series import MINUTE, Mask, Series, Times, Values
from .stretch import Stretch

SECTIONS = ("i3331", "i3332")
EXCUSING = ("stopped", "drying", "cooling", "start_up", "temperature_abnormal", "thermocouple_fault")


def sections(stretch: Stretch, mn: str) -> list[Series]:
    """Return the thermocouple series of one point, upper section first."""
    return sorted(
        (series for series in stretch.series(kind="minute") if series.point == mn and series.factor.startswith(SECTIONS)), key=lambda one: one.factor
    )


def five_minute_means(thermocouples: list[Series]) -> tuple[Times, Values]:
    """Return (start, mean °C) of every 5 minutes in which any thermocouple spoke."""
    moments = np.unique(np.concatenate([one.began for one in thermocouples]))
    medians = []
    for section in SECTIONS:
        mine = [one for one in thermocouples if one.factor.startswith(section)]
        if mine:
            grid = np.full((len(mine), len(moments)), np.nan)
            for row, one in enumerate(mine):
                grid[row, np.searchsorted(moments, one.began)] = np.where(one.normal, one.value, np.nan)
            medians.append(_median(grid))
    hearth = _mean(np.array(medians))
    told = np.isfinite(hearth)
    moments, hearth = moments[told], hearth[told]
    slots, index = np.unique(moments // (5 * MINUTE) * (5 * MINUTE), return_inverse=True)
    return slots, np.bincount(index, hearth) / np.bincount(index) if len(slots) else np.empty(0)


def spoken(thermocouples: list[Series]) -> Times:
    """Return the starts of the 5-minute slots in which any thermocouple sent anything, whatever its flag."""
    return np.unique(np.concatenate([one.began for one in thermocouples]) // (5 * MINUTE) * (5 * MINUTE))


def excused(stretch: Stretch, outlet: str, times: Times) -> Mask:
    """Return which moments lie under a mark that excuses a cold hearth, made in time and not rejected."""
    under = np.zeros(len(times), dtype=np.bool_)
    for mark in stretch.marks_of(outlet, EXCUSING):
        if mark.review != "rejected":
            under |= (times >= mark.began) & (times < mark.ended)
    return under


def _median(grid: Values) -> Values:
    full = np.isfinite(grid).any(axis=0)
    found = np.full(grid.shape[1], np.nan)
    found[full] = np.nanmedian(grid[:, full], axis=0)
    return found


def _mean(grid: Values) -> Values:
    full = np.isfinite(grid).any(axis=0)
    found = np.full(grid.shape[1], np.nan)
    found[full] = np.nanmean(grid[:, full], axis=0)
    return found
