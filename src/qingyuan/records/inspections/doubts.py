"""What looks wrong with a capture: shown to people, decides nothing.  The thresholds are settings of this platform (grade U)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

FAR_KM, FAST_M_S, STALE_S, VAGUE_M = 2.0, 60.0, 120, 500
JUMP_MS, OFF_MS, SAME_PLACES = 2_000, 300_000, 3


def doubts(entry: Mapping[str, Any], before: Sequence[Mapping[str, Any]], *, place: tuple[float, float]) -> list[str]:
    """Sentences about one entry; ``before``: the entries of its chain so far; ``place``: longitude and latitude of the facility."""
    found = clock_doubts(entry)
    here = position(entry)
    if here is None:
        return [*found, "没有定位"]
    distance = kilometres(here, place)
    if distance > FAR_KM:
        found.append(f"拍摄位置距企业 {distance:.1f} 公里")
    if whole(entry["position"].get("accuracy")) in (None, 0) or (whole(entry["position"].get("accuracy")) or 0) > VAGUE_M:
        found.append("定位精度异常")
    apart = seconds(entry["position"].get("at"), entry.get("taken_at"))
    if apart is not None and abs(apart) > STALE_S:
        found.append("定位时间与设备时钟相差过大")
    return found + moving_doubts(entry, here, before)


def clock_doubts(entry: Mapping[str, Any]) -> list[str]:
    found = []
    jump, offset = whole(entry.get("clock_jump_ms")) or 0, whole(entry.get("offset_ms"))
    if abs(jump) > JUMP_MS:
        found.append(f"采集期间设备时钟被拨动约 {abs(jump) // 1000} 秒")
    if offset is None:
        found.append("设备未与服务器校时")
    elif abs(offset) > OFF_MS:
        found.append(f"设备时钟与服务器相差约 {abs(offset) // 60000} 分钟")
    return found


def moving_doubts(entry: Mapping[str, Any], here: tuple[float, float], before: Sequence[Mapping[str, Any]]) -> list[str]:
    """Too fast to be true, or too still: both are marks of a made-up place."""
    placed = [one for one in before if position(one) is not None]
    if not placed:
        return []
    found, last = [], placed[-1]
    passed = (whole(entry.get("elapsed_ms")) or 0) - (whole(last.get("elapsed_ms")) or 0) if entry.get("boot") == last.get("boot") else None
    moment = passed / 1000 if passed is not None else seconds(entry.get("taken_at"), last.get("taken_at"))
    metres = kilometres(here, position(last) or here) * 1000
    if moment is not None and metres > FAST_M_S * max(abs(moment), 1):
        found.append("两次采集之间移动过快，疑似模拟定位")
    recent = [one["position"] for one in [*placed, entry][-SAME_PLACES:]]
    fixes = {str(one.get("at")) for one in recent}
    if len(recent) == SAME_PLACES and len({(one["lon"], one["lat"]) for one in recent}) == 1 and len(fixes) == SAME_PLACES:
        found.append("连续多次定位一字不差，疑似模拟定位")
    return found


def position(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    told = entry.get("position")
    try:
        lon, lat = float(told["lon"]), float(told["lat"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance along the sphere of two (longitude, latitude)."""
    (x1, y1), (x2, y2) = [(math.radians(x), math.radians(y)) for x, y in (a, b)]
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))


def seconds(a: Any, b: Any) -> float | None:
    """From b to a; None unless both are aware moments."""
    try:
        return (dt.datetime.fromisoformat(str(a)) - dt.datetime.fromisoformat(str(b))).total_seconds()
    except (ValueError, TypeError):
        return None


def whole(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None
