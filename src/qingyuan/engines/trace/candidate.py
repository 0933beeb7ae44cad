"""What every tracing returns: places in order, each with the reasons that put it there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Reason:
    """One reason: ``score`` 0 to 1 times its ``weight``; ``value`` the number behind it in ``unit``; ``said`` a sentence in Chinese."""

    kind: str
    score: float
    weight: float
    value: float | None
    unit: str
    said: str


@dataclass(frozen=True)
class Candidate:
    """One place to look at; ``score`` 0 to 1, ``rank`` from 1.  ``facts`` are figures for the map (km, hours, lon, lat)."""

    place: str
    facility: str
    name: str
    score: float
    reasons: tuple[Reason, ...]
    rank: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain values, numbers rounded to what they are worth."""
        return {
            "rank": self.rank, "place": self.place, "facility": self.facility, "name": self.name, "score": round(self.score, 4),
            "reasons": [{"kind": r.kind, "score": round(r.score, 4), "weight": r.weight, "value": None if r.value is None else round(r.value, 4),
                         "unit": r.unit, "said": r.said} for r in self.reasons],
            **{name: round(value, 5) if isinstance(value, float) else value for name, value in self.facts.items()},
        }  # fmt: skip


@cache
def settings(name: str) -> dict[str, Any]:
    """The numbers of one kind of tracing, from trace.yaml."""
    told = yaml.safe_load((Path(__file__).parent / "trace.yaml").read_text("utf-8"))
    return dict(told[name])


def weighed(place: str, facility: str, name: str, reasons: Iterable[Reason], **facts: Any) -> Candidate:
    """A candidate whose score is the weighted sum of its reasons, the strongest reason first."""
    rows = sorted(reasons, key=lambda r: -r.score * r.weight)
    return Candidate(place, facility, name, sum(r.score * r.weight for r in rows), tuple(rows), facts=facts)


def ranked(rows: Iterable[Candidate]) -> list[Candidate]:
    """Best first, numbered from 1; equal scores by name of place, so that two runs give one list."""
    ordered = sorted(rows, key=lambda one: (-one.score, one.place))
    return [Candidate(one.place, one.facility, one.name, one.score, one.reasons, at, one.facts) for at, one in enumerate(ordered, 1)]


def distance_km(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Great-circle distance in km (haversine)."""
    a, b = math.radians(lat), math.radians(to_lat)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def bearing(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """The direction in which the second place lies from the first, degrees clockwise from north."""
    a, b, turn = math.radians(lat), math.radians(to_lat), math.radians(to_lon - lon)
    east = math.sin(turn) * math.cos(b)
    north = math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(turn)
    return math.degrees(math.atan2(east, north)) % 360


def moved(lon: float, lat: float, degrees: float, km: float) -> tuple[float, float]:
    """The place ``km`` away in a direction; good to metres over the distances of tracing."""
    north, east = km * math.cos(math.radians(degrees)), km * math.sin(math.radians(degrees))
    return lon + math.degrees(east / (EARTH_KM * math.cos(math.radians(lat)))), lat + math.degrees(north / EARTH_KM)


def turn(a: float, b: float) -> float:
    """The angle between two directions, 0 to 180 degrees."""
    return abs((a - b + 180) % 360 - 180)


COMPASS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def compass(degrees: float) -> str:
    """A direction in words."""
    return COMPASS[round(degrees / 45) % 8]
