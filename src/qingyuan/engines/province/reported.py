"""What some plants do to their figures after they were computed: hours that are not the mean of their minutes, clocks that are fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .industries import decimals
from .plan import Plan, Planting
from .process import minute_of
from .series import Series

Where = npt.NDArray[np.bool_]


def _report_kind(kind: str) -> Callable[[Planting, Series, Where], Series]:
    def change(one: Planting, series: Series, inside: Where) -> Series:
        if series.kind != kind or series.factor != one.factor:
            return series
        by = float(one.settings["by"])
        return replace(series, value=np.where(inside, np.round(series.value * by, decimals(series.factor)), series.value),
                       corrected=np.where(inside, np.round(series.corrected * by, decimals(series.factor)), series.corrected))  # fmt: skip

    return change


def _skew(one: Planting, series: Series, inside: Where) -> Series:
    """The logger's clock is ``minutes`` fast."""
    if series.kind not in ("real", "minute"):
        return series
    fast = int(one.settings["minutes"])
    return replace(series, began=series.began + np.where(inside, fast, 0), late=np.where(inside, -60 * fast, 0))


def _late(one: Planting, series: Series, inside: Where) -> Series:
    """Every sixth reading arrives ``hours`` late, between others that came at once: it was put in afterwards."""
    return replace(series, late=np.where(inside & (series.began // 10 % 6 == 0), int(float(one.settings["hours"]) * 3600), 0))


def _mass(one: Planting, series: Series, inside: Where) -> Series:
    """The reported total is ``by`` times concentration times flow."""
    if series.kind != "hour" or series.factor != one.factor:
        return series
    return replace(series, mass=np.where(inside, np.round(series.mass * float(one.settings["by"]), 4), series.mass))


AFTERWARDS: dict[str, Callable[[Planting, Series, Where], Series]] = {
    "hour_report": _report_kind("hour"), "day_report": _report_kind("day"), "mass_report": _mass, "skew": _skew, "late": _late,
}  # fmt: skip


def reported(plan: Plan, facility: str, series: Series) -> Series:
    """Return a series as it is reported: what was done to the figures after they were computed."""
    for one in plan.planted_at.get(facility, ()):
        if one.how in AFTERWARDS and one.mn == series.mn:
            inside = (series.began >= minute_of(one.began)) & (series.began < minute_of(one.ended))
            series = AFTERWARDS[one.how](one, series, inside)
    return series
