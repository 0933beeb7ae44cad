"""What was discharged over time: kg per hour added up from the start of a year, against a permitted quantity.

Hours the device calls normal count as measured; what is missing is not replaced here (replacement needs its own vouchers).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import marking
from .finding import Finding
from .inforce import LawInForce
from .series import HOUR, Series
from .stretch import Event, Stretch
from .working import fact, sum_of


def crossings(stretch: Stretch, law: LawInForce, share: float) -> Iterator[Finding]:
    """Yield one finding for each quota whose ``share`` the year's discharge passes within the judged window."""
    for series in stretch.series(kind="hour"):
        for quota in stretch.events_of("quota", series.outlet, series.factor):
            yield from _crossing(stretch, law, series, quota, share)


def _crossing(stretch: Stretch, law: LawInForce, series: Series, quota: Event, share: float) -> Iterator[Finding]:
    kilograms = np.where(series.normal & np.isfinite(series.mass), series.mass, 0.0)
    for year in np.unique([marking.period_start(moment, "year") for moment in (stretch.began, stretch.ended - 1)]):
        rows = series.between(max(int(year), quota.began), min(marking.period_start(int(year) + 366 * 24 * HOUR, "year"), quota.ended))
        total = np.cumsum(kilograms[rows])
        first = int(np.searchsorted(total, quota.value * share, side="right"))
        if first == len(total):
            continue
        began = int(series.began[rows][first])
        if stretch.began <= began < stretch.ended:
            step = sum_of("占许可年排放量", "total / quota", {"total": total[first], "quota": quota.value})
            yield law.finding(
                stretch, series, began, began + HOUR, value=total[first], unit="千克", limit_value=quota.value * share,
                multiple=total[first] / (quota.value * share) - 1, read_from=int(series.began[rows][0]),
                steps=[fact("许可年排放量", quota.value, "千克", quota.text), step], share=step["value"] * 100, quota=quota.value,
            )  # fmt: skip
