"""Where the air came from: a path back through the wind, and who lies on it.

A receptor is a station or a complaint: a place and a moment.  The air that was there is followed back step by step through the
wind that was measured; how far off the true path may be grows with the way (half the width of the cone).  With several
receptors (a cluster of complaints) a source must lie on the way to all of them.  Calm air has no direction: it says so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qingyuan.errors import BadInput

from .candidate import Candidate, Reason, bearing, compass, distance_km, moved, ranked, settings, weighed
from .loads import Loads, raised, told_gap

CHINA = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class Wind:
    """Wind over the period that begins at ``at``: ``speed`` in m/s, ``direction`` from which it blows, degrees."""

    at: dt.datetime
    speed: float
    direction: float


@dataclass(frozen=True)
class Source:
    """A facility that may let something out into the air."""

    facility: str
    name: str
    lon: float
    lat: float
    factors: frozenset[str] = frozenset()
    industry: str = ""


@dataclass(frozen=True)
class Receptor:
    """Where and when something was smelt or measured."""

    lon: float
    lat: float
    at: dt.datetime
    name: str = ""


@dataclass(frozen=True)
class Step:
    """A point of the path back: ``minutes`` before the receptor's moment, ``width_km`` how far off it may be, ``km`` of way."""

    minutes: float
    lon: float
    lat: float
    km: float
    width_km: float
    is_calm: bool


def back_trajectory(receptor: Receptor, winds: Sequence[Wind], *, hours: float, numbers: Mapping[str, Any] | None = None) -> list[Step]:
    """The path of the air back from the receptor, as far as the wind is known and at most ``hours``.

    Raises BadInput when no wind was measured within an hour before the receptor's moment.
    """
    told = {**settings("wind"), **(numbers or {})}
    known = sorted((one for one in winds if one.at <= receptor.at), key=lambda one: one.at)
    if not known or receptor.at - known[-1].at > dt.timedelta(hours=1):
        raise BadInput(f"{receptor.at:%Y-%m-%d %H:%M} 前一小时内没有风的记录，不能推算来向；请提供该时段的风速风向", field="winds")
    minutes, every = 0.0, float(told["step_minutes"])
    lon, lat, km = receptor.lon, receptor.lat, 0.0
    path = [Step(0, lon, lat, 0, told["least_width_km"], False)]
    place = len(known) - 1
    while minutes < hours * 60:
        now = receptor.at - dt.timedelta(minutes=minutes)
        while place > 0 and known[place].at > now:
            place -= 1
        if known[place].at > now:
            break
        blow, is_calm = known[place], known[place].speed < told["calm_m_s"]
        way = blow.speed * every * 60 / 1000
        lon, lat = moved(lon, lat, blow.direction, way)
        minutes, km = minutes + every, km + way
        width = max(told["least_width_km"], km * math.tan(math.radians(told["cone_degrees"])))
        path.append(Step(minutes, lon, lat, km, width, is_calm))
    return path


def rings(lon: float, lat: float, sources: Iterable[Source], numbers: Mapping[str, Any] | None = None) -> list[tuple[float, list[tuple[Source, float]]]]:
    """Sources by ring: for each radius in km those not in a smaller one, nearest first, with their distance in km."""
    told = {**settings("wind"), **(numbers or {})}
    far = sorted(((one, distance_km(lon, lat, one.lon, one.lat)) for one in sources), key=lambda row: (row[1], row[0].facility))
    found, inner = [], 0.0
    for radius in told["rings_km"]:
        found.append((float(radius), [row for row in far if inner <= row[1] < radius]))
        inner = radius
    return found


def trace(
    receptors: Sequence[Receptor], winds: Sequence[Wind], sources: Sequence[Source], *, factor: str = "", hours: float = 6,
    loads: Mapping[str, Loads] | None = None, numbers: Mapping[str, Any] | None = None,
) -> list[Candidate]:
    """Rank the sources within the outermost ring of the receptors' middle.

    ``loads``: by facility, hourly emission of the factor.  Raises BadInput without a receptor or without wind.
    """
    if not receptors:
        raise BadInput("没有受体：给出站点或投诉的位置和时间", field="receptors")
    told = {**settings("wind"), **(numbers or {})}
    paths = [(one, back_trajectory(one, winds, hours=hours, numbers=told)) for one in receptors]
    middle = (sum(one.lon for one in receptors) / len(receptors), sum(one.lat for one in receptors) / len(receptors))
    near = [(one, distance_km(*middle, one.lon, one.lat)) for one in sources]
    most = told["rings_km"][-1]
    return ranked(_candidate(one, km, middle, paths, factor, (loads or {}).get(one.facility), told) for one, km in near if km <= most)


Paths = Sequence[tuple[Receptor, list[Step]]]


def _candidate(one: Source, km: float, middle: tuple[float, float], paths: Paths, factor: str, loads: Loads | None, told: Mapping[str, Any]) -> Candidate:
    weights, ring = told["weights"], next(radius for radius in told["rings_km"] if km <= radius)
    passes = [_passes(one, path) for _, path in paths]
    fits = [fit for fit, _, _ in passes]
    whole = math.exp(sum(math.log(max(fit, 0.02)) for fit in fits) / len(fits))
    off, minutes = min((away, when) for _, away, when in passes)
    side = compass(bearing(*middle, one.lon, one.lat))
    is_calm = sum(step.is_calm for _, path in paths for step in path) > sum(len(path) for _, path in paths) / 2
    doubt = "；多半时间静风，来向不可靠" if is_calm else ""
    on_way = sum(fit > 0.3 for fit in fits)
    reasons = [
        Reason("path", whole, weights["path"], off, "km", f"在{side}方 {km:.1f} 公里；{len(fits)} 条回推路径中有 {on_way} 条经过，最近相距 {off:.2f} 公里，约 {minutes:.0f} 分钟前的空气{doubt}"),
        _of_factor(one, factor, weights["factor"]),
        Reason("distance", math.exp(-km / told["distance_km"]), weights["distance"], km, "km", f"在 {ring:g} 公里圈内"),
        *_of_loads(paths, minutes, loads, told),
    ]
    return weighed(one.facility, one.facility, one.name, reasons, km=km, ring_km=ring, lon=one.lon, lat=one.lat, minutes=minutes)


def _passes(one: Source, path: list[Step]) -> tuple[float, float, float]:
    """How well a source lies on a path: fit 0 to 1 (1 on the line, 0.6 at one width), km off, minutes before."""
    best = (0.0, math.inf, 0.0)
    for step in path:
        away = distance_km(step.lon, step.lat, one.lon, one.lat)
        fit = math.exp(-0.5 * (away / step.width_km) ** 2)
        if fit > best[0] or best[1] == math.inf or (fit == best[0] and away < best[1]):
            best = (fit, away, step.minutes)
    return best


def _of_factor(one: Source, factor: str, weight: float) -> Reason:
    if not factor:
        return Reason("factor", 0.5, weight, None, "", "未指明因子（如仅有异味），不作区分")
    if factor in one.factors:
        return Reason("factor", 1.0, weight, None, "", "许可或监测因子中有该因子")
    return Reason("factor", 0.4 if not one.factors else 0.1, weight, None, "", "没有登记因子，不能排除" if not one.factors else "许可和监测因子中没有该因子")


def _of_loads(paths: Paths, minutes: float, loads: Loads | None, told: Mapping[str, Any]) -> list[Reason]:
    """What the source's own instrument says of the hour in which its air left."""
    weights = told["weights"]
    if loads is None:
        return [Reason("missing", 0.4, weights["missing"], None, "", "没有自动监测数据，不能排除")]
    left = [receptor.at - dt.timedelta(minutes=minutes) for receptor, _ in paths]
    began, ended = min(left) - dt.timedelta(minutes=30), max(left) + dt.timedelta(minutes=30)
    saw = raised(loads, began.timestamp(), ended.timestamp(), stretch=3600, baseline_hours=told["baseline_hours"], noise_steps=told["noise_steps"])
    span = f"{began.astimezone(CHINA):%m-%d %H:%M} 至 {ended.astimezone(CHINA):%H:%M}"
    said = f"空气离开的时段（{span}）内排放{'高于' if saw.peak_at is not None else '没有高于'}平时"
    return [
        Reason("timing", saw.contrast * min(1.0, saw.steps / 6), weights["timing"], saw.steps, "倍偏差", said),
        Reason("missing", saw.dark, weights["missing"], float(saw.gap), "小时", told_gap(saw)),
    ]  # fmt: skip
