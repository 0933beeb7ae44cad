"""Where bad air came from: receptors, the wind that was measured, candidates, and the rings around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.records.registry import places, quality
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import scoped
from qingyuan.records.registry.tabular import in_china

from . import door

Receptor = tuple[float, float, dt.datetime]
MOST_RECEPTORS = 60
MOST_HOURS = 24.0


def trace(viewer: Officer, receptors: Sequence[Receptor], *, hours: float, factor: str) -> dict[str, Any]:
    """Candidates with reasons, the paths back and the rings of 3, 5, 10 and 20 km.

    Only facilities of the viewer's division are named; how many lie outside it is said.  Raises BadInput without wind or outside China,
    NotYours for a place of another division.
    """
    if not receptors or len(receptors) > MOST_RECEPTORS:
        raise BadInput(f"请给出 1 至 {MOST_RECEPTORS} 个受体（站点或投诉的位置和时间）", field="receptors")
    if not 0 < hours <= MOST_HOURS:
        raise BadInput(f"回推时长应在 0 至 {MOST_HOURS:g} 小时之间", field="hours")
    borders = places.Borders()
    for lon, lat, _ in receptors:
        in_china(lon, lat)
        places.within(viewer, borders.find(lon, lat))
    began, ended = min(at for _, _, at in receptors) - dt.timedelta(hours=hours + 1), max(at for _, _, at in receptors) + dt.timedelta(hours=1)
    winds = quality.winds(viewer, began, ended)
    found = door.trace_air(receptors, winds, factor=factor, hours=hours)
    mine = set(scoped(Facility.objects.all(), viewer).filter(code__in=[one["facility"] for one in found]).values_list("code", flat=True))
    shown = [{**one, "rank": rank} for rank, one in enumerate((one for one in found if one["facility"] in mine), 1)]
    lon, lat = (sum(one[axis] for one in receptors) / len(receptors) for axis in (0, 1))
    rings = [{**ring, "facilities": [one for one in ring["facilities"] if one["code"] in visible(viewer, ring)]} for ring in door.air_rings(lon, lat)]
    return {"candidates": shown, "outside": len(found) - len(shown), "paths": [door.air_path(one, winds, hours) for one in receptors[:10]], "rings": rings, "winds": len(winds), "wind_at": max((at for at, _, _ in winds), default=None)}


def visible(viewer: Officer, ring: dict[str, Any]) -> set[str]:
    codes = [one["code"] for one in ring["facilities"]]
    return set(scoped(Facility.objects.all(), viewer).filter(code__in=codes).values_list("code", flat=True))
