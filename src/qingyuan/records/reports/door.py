"""What this room asks of tracing: plain rows in, candidates as plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from qingyuan.engines.store import asof
from qingyuan.engines.trace import reading, river, track, wind
from qingyuan.engines.trace.candidate import settings as numbers_of
from qingyuan.records.registry.models import Facility, Monitor, PermitLimit, RiverPlace, SectionReading

MOST = 20


def sources_near(lon: float, lat: float, km: float = 25.0) -> list[wind.Source]:
    """Facilities within a box around a place, with the gas factors they are permitted or monitored for."""
    wide, high = km / 85.0, km / 110.6
    rows = {row.pk: row for row in Facility.objects.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))}
    known: dict[int, set[str]] = {}
    for place, factors in Monitor.objects.filter(outlet__facility__in=rows, outlet__medium="gas").values_list("outlet__facility_id", "factors"):
        known.setdefault(place, set()).update(factors)
    for place, factor in PermitLimit.objects.filter(outlet__facility__in=rows, outlet__medium="gas").values_list("outlet__facility_id", "factor"):
        known.setdefault(place, set()).add(factor)
    return [wind.Source(row.code, row.name, row.lon, row.lat, frozenset(known.get(pk, ())), row.industry) for pk, row in rows.items()]


def hot_spots(fixes: Iterable[dict[str, Any]], factor: str) -> tuple[tuple[float, float], list[dict[str, Any]]]:
    """((background, threshold), hot spots with their candidates) of a track's rows (at, lon, lat, value, wind_from, wind_speed)."""
    rows = [track.Fix(**row) for row in fixes]
    limits = track.threshold_of([row.value for row in rows])
    found = []
    for spot in track.hot_spots(rows):
        near = track.trace(spot, sources_near(spot.lon, spot.lat, 4.0), factor=factor)
        found.append({**vars(spot), "candidates": [one.as_json() for one in near[:MOST]]})
    return limits, found


def network() -> river.Network:
    """The river network of the registry: each place's way to the next one is a reach that bears the place's code."""
    rows = list(RiverPlace.objects.select_related("facility", "outlet").order_by("code"))
    factors: dict[str, set[str]] = {}
    outlets = [row.outlet_id for row in rows if row.outlet_id]
    for code, factor in PermitLimit.objects.filter(outlet__in=outlets).values_list("outlet__code", "factor"):
        factors.setdefault(code, set()).add(factor)
    for code, several in Monitor.objects.filter(outlet__in=outlets).values_list("outlet__code", "factors"):
        factors.setdefault(code, set()).update(several)
    return river.network_of_places([_place(row, factors) for row in rows])


def _place(row: RiverPlace, factors: dict[str, set[str]]) -> dict[str, Any]:
    outlet = row.outlet.code if row.outlet else ""
    return {
        "code": row.code, "name": row.name, "kind": row.kind, "river": row.river, "downstream": row.downstream, "km": row.km, "velocity": row.velocity,
        "outlet": outlet, "facility": row.facility.code if row.facility else "", "lon": row.lon, "lat": row.lat, "factors": sorted(factors.get(outlet, ())),
    }  # fmt: skip


def trace_section(section: str, factor: str, began: dt.datetime, ended: dt.datetime, *, excess: float | None, flow: float | None) -> list[dict[str, Any]]:
    """The outlets above a section that rose, best first, from the lake as it is now."""
    net, told = network(), numbers_of("river")
    above = [one.outlet.id for one in net.upstream(section, told["most_hours"])]
    since = began - dt.timedelta(hours=told["most_hours"] * (1 + told["travel_spread"]) + told["baseline_hours"])
    loads = reading.loads(settings.QINGYUAN_DATA, above, factor, since, ended)
    warned = river.Warned(section, factor, began, ended, excess, flow)
    return [one.as_json() for one in river.trace(net, warned, loads, rose=rises(net, warned))[:MOST]]


def rises(net: river.Network, warned: river.Warned) -> dict[str, bool]:
    """By section above: whether its records show the rise when the water passed it."""
    told = numbers_of("river")
    found: dict[str, bool] = {}
    for place, hours in river.upstream_sections(net, warned.section, told["most_hours"]):
        spread = told["travel_spread"] * hours
        first, last = warned.began - dt.timedelta(hours=hours + spread + 4), warned.ended - dt.timedelta(hours=max(hours - spread, 0))
        rows = SectionReading.objects.filter(place__code=place.id, factor=warned.factor, at__gte=first - dt.timedelta(days=7), at__lt=last, value__isnull=False).values_list("at", "value")
        saw = river.saw_rise([(at.timestamp(), value) for at, value in rows], first.timestamp(), last.timestamp(), told["rise"])
        if saw is not None:
            found[place.id] = saw
    return found


def trace_air(receptors: Sequence[tuple[float, float, dt.datetime]], winds: Sequence[tuple[dt.datetime, float, float]], *, factor: str, hours: float) -> list[dict[str, Any]]:
    """Facilities on the way of the air to the receptors (lon, lat, at), by the winds (at, m/s, degrees from)."""
    lon, lat = (sum(one[axis] for one in receptors) / len(receptors) for axis in (0, 1))
    found = wind.trace([wind.Receptor(*one) for one in receptors], [wind.Wind(*one) for one in winds], sources_near(lon, lat), factor=factor, hours=hours)
    return [one.as_json() for one in found[:MOST]]


def air_path(receptor: tuple[float, float, dt.datetime], winds: Sequence[tuple[dt.datetime, float, float]], hours: float) -> list[list[float]]:
    """The path back as [lon, lat, width_km, minutes], for the map."""
    path = wind.back_trajectory(wind.Receptor(*receptor), [wind.Wind(*one) for one in winds], hours=hours)
    return [[round(step.lon, 5), round(step.lat, 5), round(step.width_km, 3), step.minutes] for step in path]


def air_rings(lon: float, lat: float) -> list[dict[str, Any]]:
    """Facilities by ring of 3, 5, 10 and 20 km."""
    return [{"km": km, "facilities": [{"code": one.facility, "name": one.name, "km": round(far, 2)} for one, far in rows]}
            for km, rows in wind.rings(lon, lat, sources_near(lon, lat))]  # fmt: skip


def take_section_readings(at: dt.datetime, *, days: float = 3) -> list[RiverPlace]:
    """Copy the newest station readings of the lake into the sections' records; return the sections that have something new.

    A reading whose mark is not N is kept as due but not valid (its value empty), so that the share of valid data is honest.
    """
    stations = {row.mn: row for row in RiverPlace.objects.filter(kind="section").exclude(mn="")}
    if not stations or not settings.QINGYUAN_DATA.exists():
        return []
    table = asof.read(settings.QINGYUAN_DATA, mn=list(stations), kinds=["hour"], began=at - dt.timedelta(days=days), ended=at)
    told = {(row["mn"], row["factor"], row["began"]): row for row in table.select(["mn", "factor", "began", "value", "flag"]).to_pylist() if row["factor"] != reading.FLOW}
    known = {(row.place.mn, row.factor, row.at) for row in SectionReading.objects.filter(place__in=stations.values(), way="auto", at__gte=at - dt.timedelta(days=days)).select_related("place")}
    fresh = [row for key, row in told.items() if key not in known]
    SectionReading.objects.bulk_create(
        SectionReading(place=stations[row["mn"]], factor=row["factor"], at=row["began"], value=row["value"] if row["flag"] == "N" else None, way="auto", received_at=at) for row in fresh
    )
    return [stations[mn] for mn in sorted({row["mn"] for row in fresh})]
