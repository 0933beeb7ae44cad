"""Mobile monitoring: the hot spots of a track, and who lies upwind of them.

No official text sets a threshold for a mobile reading: a hot spot is a lead, never an exceedance.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qingyuan.errors import BadInput

from .candidate import Candidate, Reason, bearing, compass, distance_km, ranked, settings, turn, weighed
from .wind import Source


@dataclass(frozen=True)
class Fix:
    """One reading of the car: ``value`` in the unit of the track; wind as felt there (degrees from, m/s) where it was measured."""

    at: dt.datetime
    lon: float
    lat: float
    value: float
    wind_from: float | None = None
    wind_speed: float | None = None


@dataclass(frozen=True)
class HotSpot:
    """A stretch above the threshold: the place of its peak, ``passes`` how often the track found it hot."""

    began: dt.datetime
    ended: dt.datetime
    lon: float
    lat: float
    peak: float
    background: float
    threshold: float
    points: int
    wind_from: float | None
    wind_speed: float | None
    passes: int = 1


def threshold_of(values: Sequence[float], numbers: Mapping[str, Any] | None = None) -> tuple[float, float]:
    """(background, threshold) of a track."""
    told = {**settings("track"), **(numbers or {})}
    given = np.asarray(values, np.float64)
    given = given[~np.isnan(given)]
    if given.size < 10:
        raise BadInput("走航轨迹少于 10 个有效读数，不能得出背景值", field="track")
    background = float(np.percentile(given, told["background_percentile"]))
    # the deviation of the lower nine tenths: a peak must not raise the bar that it has to pass
    calm = given[given <= np.percentile(given, 90)]
    return background, max(told["times_background"] * background, float(calm.mean() + told["deviations"] * calm.std()), told["floor"])


def hot_spots(track: Sequence[Fix], numbers: Mapping[str, Any] | None = None) -> list[HotSpot]:
    """The hot spots of a track, highest peak first; several passes of one spot are one hot spot."""
    told = {**settings("track"), **(numbers or {})}
    rows = sorted(track, key=lambda one: one.at)
    background, threshold = threshold_of([one.value for one in rows], told)
    spots: list[HotSpot] = []
    for stretch in _stretches(rows, threshold, told):
        top = max(stretch, key=lambda one: one.value)
        spot = HotSpot(stretch[0].at, stretch[-1].at, top.lon, top.lat, top.value, background, threshold, len(stretch), *_mean_wind(stretch))
        twin = next((at for at, one in enumerate(spots) if distance_km(one.lon, one.lat, spot.lon, spot.lat) * 1000 <= told["same_spot_m"]), None)
        if twin is None:
            spots.append(spot)
        else:
            spots[twin] = _joined(spots[twin], spot)
    return sorted(spots, key=lambda one: -one.peak)


def _stretches(rows: Sequence[Fix], threshold: float, told: Mapping[str, Any]) -> list[list[Fix]]:
    found: list[list[Fix]] = []
    for one in rows:
        if not one.value > threshold:
            continue
        if found and (one.at - found[-1][-1].at).total_seconds() <= told["join_seconds"]:
            found[-1].append(one)
        else:
            found.append([one])
    return [s for s in found if len(s) >= told["least_points"] and (s[-1].at - s[0].at).total_seconds() >= told["least_seconds"]]


def _mean_wind(stretch: Sequence[Fix]) -> tuple[float | None, float | None]:
    blows = [(one.wind_from, one.wind_speed if one.wind_speed is not None else 1.0) for one in stretch if one.wind_from is not None]
    if not blows:
        return None, None
    east = sum(speed * math.sin(math.radians(way)) for way, speed in blows) / len(blows)
    north = sum(speed * math.cos(math.radians(way)) for way, speed in blows) / len(blows)
    return math.degrees(math.atan2(east, north)) % 360, math.hypot(east, north)


def _joined(a: HotSpot, b: HotSpot) -> HotSpot:
    top = a if a.peak >= b.peak else b
    return HotSpot(min(a.began, b.began), max(a.ended, b.ended), top.lon, top.lat, top.peak, top.background, top.threshold, a.points + b.points,
                   top.wind_from, top.wind_speed, a.passes + b.passes)  # fmt: skip


def trace(spot: HotSpot, sources: Sequence[Source], *, factor: str = "", numbers: Mapping[str, Any] | None = None) -> list[Candidate]:
    """Rank the sources around one hot spot; without wind all directions count alike and the list says so."""
    told = {**settings("track"), **(numbers or {})}
    near = [(one, distance_km(spot.lon, spot.lat, one.lon, one.lat)) for one in sources]
    return ranked(_candidate(spot, one, km, factor, told) for one, km in near if km <= told["reach_km"])


def _candidate(spot: HotSpot, one: Source, km: float, factor: str, told: Mapping[str, Any]) -> Candidate:
    weights, way = told["weights"], bearing(spot.lon, spot.lat, one.lon, one.lat)
    if spot.wind_from is None or (spot.wind_speed or 0) < 0.5:
        upwind, said = 0.5, f"在热点{compass(way)}方 {km:.2f} 公里；没有可靠的风向，不能区分来向"
    else:
        off = turn(way, spot.wind_from)
        # right beside the plant every direction is upwind: the stack is not the middle of the site
        upwind = max(math.exp(-0.5 * (off / told["cone_degrees"]) ** 2), math.exp(-km / 0.15))
        said = f"在热点{compass(way)}方 {km:.2f} 公里，与来风方向（{compass(spot.wind_from)}风 {spot.wind_speed or 0:.1f} 米每秒）相差 {off:.0f} 度"
    known = 1.0 if factor and factor in one.factors else 0.5 if not factor or not one.factors else 0.1
    reasons = [
        Reason("upwind", upwind, weights["upwind"], way, "度", said),
        Reason("distance", math.exp(-km / told["distance_km"]), weights["distance"], km, "km", f"相距 {km:.2f} 公里"),
        Reason("factor", known, weights["factor"], None, "", "许可或监测因子中有该因子" if known == 1.0 else "未能以因子区分" if known == 0.5 else "许可和监测因子中没有该因子"),
        Reason("repeat", min(1.0, (spot.passes - 1) / 2), weights["repeat"], float(spot.passes), "次", f"走航 {spot.passes} 次经过均高" if spot.passes > 1 else "仅一次经过，建议复测"),
    ]
    return weighed(one.facility, one.facility, one.name, reasons, km=km, lon=one.lon, lat=one.lat)
