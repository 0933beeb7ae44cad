"""What an outlet let out, hour by hour, against what is usual there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
HOUR = 3600


@dataclass(frozen=True)
class Loads:
    """Hours (seconds since 1970, full hours, rising) and what was let out in each: kg for water, or any figure that rises with it."""

    hours: npt.NDArray[np.int64]
    value: Numbers


@dataclass(frozen=True)
class Raised:
    """An outlet's window against its own past, judged by stretches as long as the event.

    ``excess`` is the sum above the usual in the window, ``steps`` the most raised stretch in robust deviations, ``contrast`` that
    stretch against the most raised ones of the past (0 none, towards 1 never seen), ``gap`` and ``usual_gap`` the longest hours without
    a value in the window and before it, ``dark`` 0 to 1 how far the gap could hide the event, ``peak_at`` the most raised hour or None.
    """

    excess: float
    usual: float
    contrast: float
    steps: float
    gap: int
    usual_gap: int
    dark: float
    peak_at: int | None


def told_gap(saw: Raised) -> str:
    """What the holes in the window say."""
    return f"时段内最长连续 {saw.gap} 小时没有数据，此前一周最长 {saw.usual_gap} 小时" if saw.gap else "时段内没有缺数"


def raised(loads: Loads, began: float, ended: float, *, stretch: float, baseline_hours: int, noise_steps: float) -> Raised:
    """Compare the hours that touch [began, ended) with the ``baseline_hours`` before them; ``stretch`` is the event's length in seconds."""
    first = int(began // HOUR) * HOUR
    last = max(int(-(-ended // HOUR)) * HOUR, first + HOUR)
    length = max(1, min(round(stretch / HOUR), (last - first) // HOUR))
    window, past = _filled(loads, first, last), _filled(loads, first - baseline_hours * HOUR, first)
    if loads.hours.size and loads.hours[0] > first - baseline_hours * HOUR:
        past = past[int((loads.hours[0] - first) // HOUR + baseline_hours) :] if loads.hours[0] < first else past[:0]
    known = past[~np.isnan(past)]
    usual = float(np.median(known)) if known.size else 0.0
    noise = max(float(np.median(np.abs(known - usual))) * 1.4826 if known.size else 0.0, abs(usual) * 0.02, 1e-9)
    over, over_past = (np.nan_to_num(np.clip(part - usual - noise_steps * noise, 0, None)) for part in (window, past))
    most = float(_means(over, length).max())
    before = _means(over_past, length)
    rate_past = float(np.percentile(before, 95)) if before.size else 0.0
    gap, usual_gap = _longest(np.isnan(window)), _longest(np.isnan(past))
    dark = min(1.0, gap / length) if gap > 1 or length == 1 else 0.0
    return Raised(
        excess=float(over.sum()), usual=usual, contrast=most / (most + rate_past) if most else 0.0, steps=most / noise, gap=gap, usual_gap=usual_gap,
        dark=dark if gap > usual_gap else dark * 0.5, peak_at=first + HOUR * int(np.argmax(over)) if most else None,
    )  # fmt: skip


def _filled(loads: Loads, first: int, last: int) -> Numbers:
    """Every hour of [first, last), NaN where nothing was told."""
    made = np.full((last - first) // HOUR, np.nan)
    inside = (loads.hours >= first) & (loads.hours < last)
    made[(loads.hours[inside] - first) // HOUR] = loads.value[inside]
    return made


def _means(values: Numbers, length: int) -> Numbers:
    """Means of every stretch of ``length`` hours."""
    if values.size < length:
        return values[:0]
    total = np.concatenate(([0.0], np.cumsum(values)))
    return (total[length:] - total[:-length]) / length


def _longest(holds: npt.NDArray[np.bool_]) -> int:
    """The longest run of hours for which it holds."""
    best = run = 0
    for one in holds.tolist():
        run = run + 1 if one else 0
        best = max(best, run)
    return best
