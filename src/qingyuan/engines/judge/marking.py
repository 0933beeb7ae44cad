"""May this value be used for exceedance?  Marks answer that and nothing else; they never delete a reading.

公告2022年第21号 art. 6: a value marked invalid under the device rule is no basis for exceedance; a value marked abnormal
condition is none only if the mark is true, the facilities met the standard's requirements and it lies within the time limit.
Marks for day D must be made by 12:00 of day D+1; later ones have no effect unless accepted (secondary source, see marking.yaml).
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .once import once
from .series import DAY, HOUR, Mask, Series, day_start
from .stretch import Mark, Stretch


@cache
def codes() -> dict[str, dict[str, Any]]:
    """Return the mark catalogue: name → class (device, condition, stopped), budget, basis, grade."""
    return yaml.safe_load(Path(__file__).with_name("marking.yaml").read_text("utf-8"))["codes"]


@cache
def budgets() -> dict[str, dict[str, Any]]:
    """Return the exemption budgets: hours per period, basis, grade."""
    return yaml.safe_load(Path(__file__).with_name("marking.yaml").read_text("utf-8"))["budgets"]


def chinese(code: str) -> str:
    """Return a mark's Chinese name, or its code."""
    return str(codes().get(code, {}).get("name", code))


def in_time(mark: Mark, day: int) -> bool:
    """Return whether a mark was made by noon after the day it speaks of, or was accepted on review."""
    return mark.review == "accepted" or mark.recorded_at <= day + DAY + DAY // 2


def covers(mark: Mark, series: Series) -> bool:
    """Return whether a mark speaks of this series."""
    return mark.outlet == series.outlet and (not mark.factors or series.factor in mark.factors)


@once
def marked(stretch: Stretch, series: Series, classes: tuple[str, ...] = ("device", "condition", "stopped")) -> Mask:
    """Return which rows lie under an effective mark of the given classes: in time, not rejected, within its budget."""
    under = np.zeros(len(series), dtype=np.bool_)
    for mark in stretch.marks:
        entry = codes().get(mark.code)
        if entry is None or entry["class"] not in classes or mark.review == "rejected" or not covers(mark, series):
            continue
        rows = series.between(mark.began, min(mark.ended, exhausted_at(stretch, mark)))
        starts = day_start(series.began[rows])
        in_time_rows = np.full(len(starts), mark.review == "accepted") | (mark.recorded_at <= starts + DAY + DAY // 2)
        under[rows] |= in_time_rows
    return under


@once
def usable(stretch: Stretch, series: Series) -> Mask:
    """Return which rows may be used for exceedance: device flag N, a number, no effective mark."""
    return series.normal & ~marked(stretch, series)


def exhausted_at(stretch: Stretch, mark: Mark) -> int:
    """Return the moment a mark's yearly or quarterly budget is used up (its own end when it is not).

    Hours are counted in the order of time over all marks that share the budget (令10 art. 10, GB 18484-2020 7.2.3).
    """
    name = codes()[mark.code].get("budget")
    if not name or not has_budget(stretch, mark):
        return mark.ended
    budget = budgets()[name]
    left = int(budget["hours"]) * HOUR - used_before(stretch, mark, budget)
    return max(mark.began, min(mark.ended, mark.began + left))


def used_before(stretch: Stretch, mark: Mark, budget: dict[str, Any]) -> int:
    """Return the milliseconds that earlier marks of the same budget and period have used at the outlet."""
    start = period_start(mark.began, budget["period"])
    used = 0
    for other in stretch.marks_of(mark.outlet):
        shares = codes().get(other.code, {}).get("budget") == codes()[mark.code]["budget"]
        if shares and start <= other.began < mark.began and other.review != "rejected":
            used += min(other.ended, mark.began) - other.began
    return used


@lru_cache(maxsize=4096)
def period_start(moment: int, period: str) -> int:
    """Return the first midnight (China) of the month, quarter or year that a moment lies in."""
    month = np.datetime64(moment + 8 * HOUR, "ms").astype("datetime64[M]")
    number = int(month.astype(np.int64))
    width = {"month": 1, "quarter": 3, "year": 12}[period]
    first = np.datetime64(number // width * width, "M").astype("datetime64[ms]")
    return int(first.astype(np.int64)) - 8 * HOUR


def has_budget(stretch: Stretch, mark: Mark) -> bool:
    """Return whether budgets bind the mark's outlet: waste incineration only."""
    return any(point.outlet == mark.outlet and point.industry == "incineration" for point in stretch.points.values())
