"""Past fines for the same violation and the same facts, and an alert when a new one stands apart (同案不同罚).

Decree 30 of 2023 art. 41, last paragraph: like cases, like penalties.  A pure function over rows that the caller fetched; the
caller decides whose cases these are and what a viewer may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import shelf
from .working import yuan


@dataclass(frozen=True)
class Distribution:
    """Whole yuan over the comparable cases; None where there is none.  ``level`` says what was held equal:
    "factors" (same violation, regime and levels of every factor given), "violation" (same violation and regime), "none"."""

    level: str
    count: int
    low: int | None
    lower_quartile: int | None
    median: int | None
    upper_quartile: int | None
    high: int | None
    deviation_percent: int | None
    alert: str


def similar(
    rows: Iterable[Mapping[str, Any]],
    *,
    violation: str,
    regime: str,
    factors: Mapping[str, str],
    proposed_yuan: int,
    deviation_percent: int | None = None,
    enough: int | None = None,
) -> Distribution:
    """Compare ``proposed_yuan`` with past cases.

    rows: {"violation", "regime", "factors": {factor: level id}, "amount_yuan": int}; others keys are ignored.  Cases with equal
    levels are taken when there are at least ``enough`` of them, else all cases of the violation.  The alert is a
    sentence when the proposal is more than ``deviation_percent`` away from the median of enough cases, else "".  Both lines
    come from the rule book (matrix/national/comparison) unless given."""
    line = shelf.load().comparison
    deviation_percent = line["deviation_percent"] if deviation_percent is None else deviation_percent
    enough = line["enough"] if enough is None else enough
    same = [row for row in rows if row["violation"] == violation and row["regime"] == regime]
    alike = [row for row in same if dict(row["factors"]) == dict(factors)]
    level, chosen = ("factors", alike) if len(alike) >= enough else ("violation", same)
    amounts = sorted(int(row["amount_yuan"]) for row in chosen)
    if not amounts:
        return Distribution("none", 0, None, None, None, None, None, None, "")
    middle = _quantile(amounts, Fraction(1, 2))
    off = None if middle == 0 else round((Fraction(proposed_yuan) - middle) / middle * 100)
    far = middle != 0 and abs(Fraction(proposed_yuan) - middle) * 100 > deviation_percent * middle
    alert = _alert(level, len(amounts), middle, off, proposed_yuan) if far and len(amounts) >= enough else ""
    quarter, three = _quantile(amounts, Fraction(1, 4)), _quantile(amounts, Fraction(3, 4))
    return Distribution(level, len(amounts), amounts[0], round(quarter), round(middle), round(three), amounts[-1], off, alert)


def _quantile(amounts: list[int], share: Fraction) -> Fraction:
    """Linear interpolation between the closest ranks."""
    place = share * (len(amounts) - 1)
    below = int(place)
    above = min(below + 1, len(amounts) - 1)
    return amounts[below] + (place - below) * (amounts[above] - amounts[below])


def _alert(level: str, count: int, middle: Fraction, off: int | None, proposed_yuan: int) -> str:
    what = "同案由、同因素" if level == "factors" else "同案由"
    side = "高" if (off or 0) > 0 else "低"
    return (
        f"拟罚{yuan(proposed_yuan)}，比{what}的 {count} 件案件中位数{yuan(round(middle))}{side} {abs(off or 0)}%；"
        "请说明理由或者调整（生态环境行政处罚办法第四十一条：同类违法的处罚应当相当）"
    )
