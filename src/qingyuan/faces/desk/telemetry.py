"""The latest value of every point on a screen, with its age and the limit in force beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from qingyuan.engines.judge import factors
from qingyuan.engines.store import asof
from qingyuan.records.registry import door
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Facility, Officer


@dataclass(frozen=True)
class Latest:
    """One factor at one outlet: the newest hour (corrected where there is a reference oxygen) and the newest real-time value."""

    outlet: str
    factor: str
    name: str
    unit: str
    value: float | None
    began: dt.datetime
    limit_value: float | None
    real_value: float | None
    real_at: dt.datetime | None

    @property
    def is_over(self) -> bool:
        return self.limit_value is not None and self.value is not None and self.value > self.limit_value

    @property
    def share(self) -> int | None:
        """Per cent of the hourly limit."""
        return None if not self.limit_value or self.value is None else round(100 * self.value / self.limit_value)


def latest_of(viewer: Officer, place: Facility) -> list[Latest]:
    """The newest values of a facility the viewer may see, pollutants first."""
    place = registry.facility(viewer, place.code)
    limits = {(row.outlet.code, row.factor): row.limit_value for row in registry.limits_of(viewer, place) if row.averaging == "hour"}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows_of(place.code):
        if row["kind"] in ("hour", "real"):
            found.setdefault((row["outlet"], row["factor"]), {})[row["kind"]] = row
    order = {code: i for i, code in enumerate(factors.POLLUTANTS)}
    rows = [read(outlet, factor, kinds, limits.get((outlet, factor))) for (outlet, factor), kinds in found.items()]
    return sorted(rows, key=lambda row: (row.outlet, order.get(row.factor, 99), row.factor))


def read(outlet: str, factor: str, kinds: dict[str, Any], limit_value: float | None) -> Latest:
    hour, real = kinds.get("hour"), kinds.get("real")
    return Latest(
        outlet, factor, door.factor_name(factor), door.factor_unit(factor), judged(hour), (hour or real)["began"], limit_value,
        judged(real), real["began"] if real else None,
    )


def judged(row: dict[str, Any] | None) -> float | None:
    """The figure that is held against the limit: the corrected one where the device sent one."""
    if row is None:
        return None
    return row["corrected"] if row["corrected"] is not None else row["value"]


def rows_of(facility: str) -> list[dict[str, Any]]:
    """The latest rows of one facility; nothing while there is no lake."""
    return asof.latest(settings.QINGYUAN_DATA, facility=facility).to_pylist() if settings.QINGYUAN_DATA.exists() else []


def heard_from(minute: int) -> dict[str, dt.datetime]:
    """When each facility was last heard; the caller shows only those the viewer may see.  Kept for the minute given."""
    return newest_by_facility(str(settings.QINGYUAN_DATA), minute)


@lru_cache(maxsize=2)
def newest_by_facility(data: str, minute: int) -> dict[str, dt.datetime]:
    if not settings.QINGYUAN_DATA.exists():
        return {}
    newest: dict[str, dt.datetime] = {}
    table = asof.latest(data, kinds=["real", "hour"]).select(["facility", "began"]).group_by("facility").aggregate([("began", "max")])
    for row in table.to_pylist():
        newest[row["facility"]] = row["began_max"]
    return newest
