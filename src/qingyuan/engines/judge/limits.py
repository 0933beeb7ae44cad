"""Which limit holds for an outlet, a factor and an averaging time at each moment: the permit before the standard.

The table comes from the registry's dated dimension ``limits``; this file holds no number of its own.
Law: a permit's limits bind its holder (排污许可管理条例 art. 17, from 2026-08-15 生态环境法典 art. 1103).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .finding import CHINA
from .series import Index, Times, Values

ORDER = ("permit", "standard")


@dataclass(frozen=True)
class Limit:
    """One dated limit; ``valid_from``/``valid_to`` are milliseconds, half-open (China's midnights)."""

    outlet: str
    factor: str
    averaging: str
    limit_value: float
    unit: str
    valid_from: int
    valid_to: int
    kind: str
    citation: str


FOREVER = 2**62


def midnight(day: dt.date | None, otherwise: int) -> int:
    """Return China's midnight of a day in milliseconds."""
    if day is None:
        return otherwise
    return round(dt.datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)


def from_row(row: Mapping[str, Any]) -> Limit:
    """Return a limit from a row of the dimension table (valid_from, valid_to are dates; no end means still in force)."""
    return Limit(
        outlet=row["outlet"],
        factor=row["factor"],
        averaging=row["averaging"],
        limit_value=float(row["limit_value"]),
        unit=row.get("unit") or "",
        valid_from=midnight(row.get("valid_from"), -FOREVER),
        valid_to=midnight(row.get("valid_to"), FOREVER),
        kind=row.get("kind") or "standard",
        citation=row.get("citation") or "",
    )


class LimitTable:
    """All limits of some outlets."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._of: dict[tuple[str, str, str], list[Limit]] = {}
        self._held: dict[tuple[str, str, str, int], tuple[Times, Values, Index]] = {}
        for limit in sorted(limits, key=_strict):
            self._of.setdefault((limit.outlet, limit.factor, limit.averaging), []).append(limit)

    def fresh(self) -> LimitTable:
        """Return the same limits without what was asked of them so far."""
        table = LimitTable(())
        table._of = self._of
        return table

    def in_force(self, outlet: str, factor: str, averaging: str, at: Times) -> tuple[Values, Index]:
        """Return (limit_value, position in ``all``) for each moment; NaN and -1 where no limit holds.

        The permit comes first; of two of one kind the stricter.
        """
        key = (outlet, factor, averaging, id(at))
        if key in self._held:
            return self._held[key][1:]
        values = np.full(len(at), np.nan)
        chosen = np.full(len(at), -1, dtype=np.int64)
        for position, limit in enumerate(self.all(outlet, factor, averaging)):
            open_ = (chosen < 0) & (at >= limit.valid_from) & (at < limit.valid_to)
            values[open_], chosen[open_] = limit.limit_value, position
        values.flags.writeable = chosen.flags.writeable = False
        self._held[key] = (at, values, chosen)
        return values, chosen

    def all(self, outlet: str, factor: str, averaging: str) -> list[Limit]:
        """Return every limit of one outlet, factor and averaging, permits first, strictest first."""
        return self._of.get((outlet, factor, averaging), [])

    def factors(self, outlet: str) -> set[str]:
        """Return the factors that an outlet has any limit for."""
        return {factor for place, factor, _ in self._of if place == outlet}


def _strict(limit: Limit) -> tuple[int, float]:
    return (ORDER.index(limit.kind) if limit.kind in ORDER else len(ORDER), limit.limit_value)
