"""Orders to stop or to cut in heavy pollution weather, against what the meters of production show.

The base is the same unit's running mean of the 24 hours before the order, so that a plant already down is not blamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from . import power
from .finding import Finding
from .inforce import LawInForce
from .series import DAY, HOUR, Series
from .stretch import Equipment, Event, Stretch
from .working import fact, sum_of


def not_followed(stretch: Stretch, law: LawInForce, kind: str, *, allowed: Callable[[Event], float]) -> Iterator[Finding]:
    """Yield one finding for each order and production unit whose first day under it drew more than ``allowed`` of the base."""
    for unit in stretch.equipment:
        series = power.meter(stretch, unit)
        if unit.role != "production" or series is None:
            continue
        for order in stretch.events_of(kind, series.outlet):
            if stretch.began <= order.began < stretch.ended:
                yield from _compared(stretch, law, series, unit, order, allowed(order))


def _compared(stretch: Stretch, law: LawInForce, series: Series, unit: Equipment, order: Event, share: float) -> Iterator[Finding]:
    midnight = (order.began + 8 * HOUR) // DAY * DAY - 8 * HOUR
    ended = min(order.ended, midnight + DAY, stretch.known_until)
    before = series.value[series.between(order.began - DAY, order.began)]
    during = series.value[series.between(order.began, ended)]
    before = before[before > power.RUNNING * unit.rated]
    if ended - order.began < law.p["hours"] * HOUR or len(before) * series.step < 4 * HOUR or not len(during):
        return
    step = sum_of("要求期间与此前一日运行均值之比", "during / before", {"during": float(np.nanmean(during)), "before": float(np.nanmean(before))})
    if step["value"] > share:
        yield law.finding(
            stretch, series, order.began, ended, value=step["value"], limit_value=share, steps=[fact("要求", order.text), step],
            read_from=order.began - DAY, unit_name=unit.name, drop=max(0.0, (1 - step["value"]) * 100),
        )  # fmt: skip
