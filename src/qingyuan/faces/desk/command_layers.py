"""What lies on the map of the command centre, layer by layer, cut to what the viewer may see; each thing with the age of what is known of it.

A layer is a function of a look; another room adds its own by one line in LAYERS.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse

from qingyuan.records.clues import queries as clues
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.dispatch.states import ASSIGNMENT
from qingyuan.records.registry import places, quality, sections
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import SectionReading
from qingyuan.records.registry.scope import scoped
from qingyuan.records.reports import command, sightings
from qingyuan.records.reports.models import Track

from . import telemetry
from .frame import Look

STALE = dt.timedelta(hours=2)
MOST = 30_000
Feature = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """One layer: its name on the screen, its colour, whether it is shown at first, and where its things come from."""

    label: str
    colour: str
    is_shown: bool
    features: Callable[[Look], list[Feature]]
    shape: str = "point"


def point(lon: float, lat: float, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}, "properties": properties}


def stamp(at: dt.datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def of_sources(look: Look) -> list[Feature]:
    """Facilities: ``n`` open clues, ``t`` when last heard, ``f`` 0 fresh, 1 stale, 2 never heard."""
    counts: dict[int, int] = {}
    for place in clues.open_clues(look.viewer).order_by().values_list("facility_id", flat=True)[:MOST]:
        counts[place] = counts.get(place, 0) + 1
    heard, at = telemetry.heard_from(int(look.at.timestamp()) // 60), look.at
    found = []
    for pk, code, name, lon, lat in registry.facilities(look.viewer).values_list("pk", "code", "name", "lon", "lat")[:MOST]:
        last = heard.get(code)
        found.append(point(lon, lat, c=code, name=name, n=counts.get(pk, 0), t=stamp(last), f=2 if last is None else int(at - last > STALE)))
    return found


def of_sections(look: Look) -> list[Feature]:
    """Sections with the class of the last three days, against their target."""
    rows = sections.assess(look.viewer, look.at - dt.timedelta(days=3), look.at)
    return [
        point(row.place.lon, row.place.lat, name=row.place.name, note=f"{row.label}（目标{row.target}）", bad=int(row.meets_target is False), t=stamp(row.oldest_at), url=reverse("desk:section", args=[row.place.code]))
        for row in rows
    ]


def of_stations(look: Look) -> list[Feature]:
    """Air stations with the newest hour of AQI."""
    return [
        point(row["station"].lon, row["station"].lat, name=row["station"].name, note=f"AQI {row['aqi']:.0f}" if row["aqi"] is not None else "无有效数据", bad=int((row["aqi"] or 0) > quality.GOOD_AQI), t=stamp(row["at"]))
        for row in quality.latest_air(look.viewer, look.at)
    ]


def of_sightings(look: Look) -> list[Feature]:
    """Open sightings: patches, hot spots, photos, smoke, mobile hot spots."""
    rows = sightings.open_sightings(look.viewer)[:5000]
    return [
        point(row.lon, row.lat, name=row.title, note=f"{row.get_kind_display()} · {row.get_state_display()}", bad=int(row.due_on < look.today), t=stamp(row.seen_at), url=reverse("desk:sighting", args=[row.number]))
        for row in rows
    ]


def of_tracks(look: Look) -> list[Feature]:
    """The newest mobile-monitoring drives as lines."""
    rows = scoped(Track.objects.all(), look.viewer).order_by("-began")[:30]
    return [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [place[:2] for place in row.line]},
         "properties": {"name": f"走航 {row.vehicle}", "note": f"峰值 {row.peak:.0f} {row.unit}，门槛 {row.threshold:.0f}", "t": stamp(row.began)}}
        for row in rows if len(row.line) > 1
    ]  # fmt: skip


def of_tasks(look: Look) -> list[Feature]:
    """Officers on their way or on site: open tasks that the viewer may know of, with who is sent."""
    rows = dispatch.assignments(look.viewer).filter(state__in=[state for state in ASSIGNMENT.states if state not in ASSIGNMENT.final]).prefetch_related("inspectors")[:2000]
    return [
        point(row.facility.lon, row.facility.lat, name=row.facility.name, note=f"{row.get_state_display()}：{'、'.join(person.name for person in row.inspectors.all())}", bad=int(row.due_on < look.today), t=None, url=reverse("desk:task", args=[row.number]))
        for row in rows
    ]


def of_incidents(look: Look) -> list[Feature]:
    return [
        point(row.lon, row.lat, name=row.title, note=f"{row.get_kind_display()} · {row.get_state_display()}", bad=1, t=stamp(row.opened_at), url=reverse("desk:incident", args=[row.number]))
        for row in command.incidents(look.viewer)[:500]
    ]


def of_calls(look: Look) -> list[Feature]:
    return [point(row.lon, row.lat, name=row.need, note=f"{row.caller} · {row.get_state_display()}", bad=int(row.state == "called"), t=stamp(row.called_at), url=reverse("desk:command") + "#calls") for row in command.calls(look.viewer)[:500]]


def of_water_sources(look: Look) -> list[Feature]:
    return [point(row.lon, row.lat, name=row.name, note=f"{row.get_level_display()}水源地", bad=int(row.remedy_state in ("waiting", "under_way")), t=None) for row in places.water_sources(look.viewer)[:20_000]]


def areas_of(*kinds: str) -> Callable[[Look], list[Feature]]:
    def found(look: Look) -> list[Feature]:
        rows = places.areas(look.viewer, look.today, kinds=kinds)[:3000]
        return [{"type": "Feature", "geometry": row.geometry, "properties": {"name": row.name, "note": f"{row.get_kind_display()} {row.grade}".strip(), "kind": row.kind}} for row in rows]

    return found


LAYERS: dict[str, Layer] = {
    "sources": Layer("污染源", "#5b6878", True, of_sources, "cluster"),
    "incidents": Layer("事件", "#b3202c", True, of_incidents),
    "calls": Layer("求援", "#c2410c", True, of_calls),
    "sightings": Layer("空天地发现", "#7c3aed", True, of_sightings),
    "tasks": Layer("在办任务和人员", "#0f4c9c", True, of_tasks),
    "sections": Layer("水质断面", "#0b6a7d", True, of_sections),
    "stations": Layer("空气站", "#15704a", True, of_stations),
    "tracks": Layer("走航轨迹", "#96560a", False, of_tracks, "line"),
    "water_sources": Layer("饮用水水源", "#1459ad", False, of_water_sources),
    "protected": Layer("自然保护地和水源保护区", "#15704a", False, areas_of("protected_area", "water_source_zone", "key_area", "no_burn_zone"), "area"),
    "units": Layer("环境管控单元", "#7d4a05", False, areas_of("control_unit"), "area"),
}


def collection(features: list[Feature]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def oldest_of(look: Look) -> dict[str, Any]:
    """How old what is on the map is: sources heard within two hours, stale, silent; the newest of sections and stations."""
    heard = telemetry.heard_from(int(look.at.timestamp()) // 60)
    codes = list(registry.facilities(look.viewer).order_by().values_list("code", flat=True)[:MOST])
    last = [heard[code] for code in codes if code in heard]
    section = scoped(SectionReading.objects.all(), look.viewer, through="place").aggregate(at=Max("at"))["at"]
    air = quality.readings(look.viewer).aggregate(at=Max("at"))["at"]
    return {
        "sources": len(codes), "fresh": sum(look.at - at <= STALE for at in last), "stale": sum(look.at - at > STALE for at in last), "silent": len(codes) - len(last),
        "oldest": min(last, default=None), "newest": max(last, default=None), "section": section, "air": air,
    }  # fmt: skip
