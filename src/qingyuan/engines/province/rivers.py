"""The rivers of the province: a tree of places, each of which knows what it flows into and how long that takes.

A river runs through the counties of two cities, with a tributary in every second county.  Water outlets hang on it in the
county where they stand; a section with an automatic station closes every county and every tributary.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import yaml

from .industries import industries
from .plan import Division, Fact, Outlet, PermitLimit, Plan, RiverNode

NAMES = ("清水河", "沙溪", "洛川河", "云汐江", "白石河", "长林河", "石羊河", "马莲河", "泾源河", "桃溪")
WINDING = 1.3  # a river is longer than the line
SINCE = dt.date(2023, 1, 1)


@cache
def told() -> dict[str, Any]:
    """Return rivers.yaml: the factors of a section and their targets by class."""
    return yaml.safe_load(Path(__file__).with_name("rivers.yaml").read_text("utf-8"))


@dataclass
class _Course:
    """A river while it is drawn, from its source down."""

    code: str
    name: str
    velocity: float
    flow: float
    nodes: list[RiverNode]

    def add(self, kind: str, name: str, lon: float, lat: float, division: str, *, inflow: float = 0.0, **more: Any) -> RiverNode:
        """Put one more place at the lower end."""
        self.flow += inflow
        if self.nodes:
            self._reach(self.nodes[-1], lon, lat, f"{self.code}-{len(self.nodes) + 1:02d}")
        node = RiverNode(f"{self.code}-{len(self.nodes) + 1:02d}", self.code, self.name, kind, name, "", 0.0, self.velocity, 0.0,
                         round(self.flow, 3), round(lon, 5), round(lat, 5), division, **more)  # fmt: skip
        self.nodes.append(node)
        return node

    def _reach(self, above: RiverNode, lon: float, lat: float, below: str) -> None:
        km = max(0.2, hypot((lon - above.lon) * 111.2 * cos(radians(lat)), (lat - above.lat) * 111.2) * WINDING)
        self.nodes[-1] = replace(above, downstream=below, km=round(km, 2), travel_hours=round(km / (self.velocity * 3.6), 2))


def draw(plan: Plan) -> tuple[RiverNode, ...]:
    """Return the rivers of a plan; equal plans give equal rivers, and drawing them changes nothing else of the plan."""
    pick = random.Random(f"rivers/{plan.preset}/{plan.seed}")
    cities = [one for one in plan.divisions if one.level == "city"]
    found: list[RiverNode] = []
    for number, place in enumerate(range(0, len(cities), 2)):
        found += _river(plan, cities[place : place + 2], f"R99{number + 1:02d}", NAMES[number % len(NAMES)], pick)
    return tuple(found)


def _river(plan: Plan, cities: list[Division], code: str, name: str, pick: random.Random) -> list[RiverNode]:
    counties = [one for city in cities for one in sorted((d for d in plan.divisions if d.parent == city.code), key=lambda d: (d.lon, d.lat))]
    main = _Course(code, name, round(pick.uniform(0.4, 0.6), 2), pick.uniform(5.0, 8.0), [])
    head = counties[0]
    main.add("source", f"{name}源头", head.lon - 0.3, head.lat + 0.1, head.code)
    streams: list[RiverNode] = []
    for place, county in enumerate(counties):
        hanging = _outlets(plan, county)
        beside = hanging[::2] if place % 2 == 0 else []
        for outlet in [one for one in hanging if one not in beside]:
            _hang(plan, main, outlet, county, pick)
        if place % 2 == 0:
            streams += _tributary(plan, main, beside, county, pick)
        target = "II" if place == 0 else "III"
        main.add("section", f"{name}{county.name}断面", county.lon + 0.12, county.lat - 0.05, county.code, inflow=1.2, target=target, mn=_mn(main, "21"))
    main.add("mouth", f"{name}出境", counties[-1].lon + 0.4, counties[-1].lat - 0.1, counties[-1].code)
    return [*main.nodes, *streams]


def _tributary(plan: Plan, main: _Course, outlets: list[Outlet], county: Division, pick: random.Random) -> list[RiverNode]:
    name = f"{county.name[:2]}支流"
    side = _Course(f"{main.code}T{len(main.nodes):02d}", name, round(pick.uniform(0.25, 0.4), 2), pick.uniform(1.2, 2.5), [])
    side.add("source", f"{name}源头", county.lon, county.lat + 0.3, county.code)
    for outlet in outlets:
        _hang(plan, side, outlet, county, pick)
    side.add("section", f"{name}入{main.name}断面", county.lon + 0.02, county.lat - 0.01, county.code, target="III", mn=_mn(side, "21"))
    join = main.add("confluence", f"{name}汇入{main.name}", county.lon + 0.03, county.lat - 0.03, county.code, inflow=side.flow)
    side._reach(side.nodes[-1], join.lon, join.lat, join.code)
    return side.nodes


def _hang(plan: Plan, course: _Course, outlet: Outlet, county: Division, pick: random.Random) -> None:
    """Hang one outlet on a river at a place between the last one and the county's seat."""
    last = course.nodes[-1]
    share = pick.uniform(0.1, 0.3)
    lon, lat = last.lon + (county.lon - last.lon) * share, last.lat + (county.lat - last.lat) * share
    flow = industries()[outlet.stream].stream.flow / 1000
    course.add("outlet", f"{plan.facility[outlet.facility].name}{outlet.name}", lon, lat, county.code, inflow=flow, outlet=outlet.id, facility=outlet.facility)


def _outlets(plan: Plan, county: Division) -> list[Outlet]:
    here = {one.code for one in plan.facilities if one.division == county.code}
    return sorted((one for one in plan.outlets if one.medium == "water" and one.facility in here), key=lambda one: one.id)


def _mn(course: _Course, st: str) -> str:
    return f"QY{course.code}{st}{len(course.nodes) + 1:04d}".ljust(24, "0")


def below(plan: Plan, code: str) -> Iterator[tuple[RiverNode, float]]:
    """Yield the places below a place, nearest first, with the hours that water takes to them."""
    at, hours = plan.node[code], 0.0
    while at.downstream:
        hours += at.travel_hours
        at = plan.node[at.downstream]
        yield at, round(hours, 2)


def targets(plan: Plan) -> list[PermitLimit]:
    """Return what each section is held to, in the columns of a limit; averaging is ``target``."""
    rows = []
    for one in plan.sections:
        for factor, value in told()["targets"][one.target].items():
            citation = f"{told()['citation']} {one.target}类（{one.name}水质目标）"
            rows.append(PermitLimit(one.code, factor, "target", float(value), "mg/L", SINCE, None, "standard", citation))
    return rows


def facts(plan: Plan) -> tuple[Fact, ...]:
    """Return what a section must know of the river above it, as dated facts: the sections next above and the outlets between.

    reach         value: hours of travel; text: the mn of the section above
    reach_load    factor, value: kg an hour that the outlets between may discharge together (permitted concentration x usual flow)
    """
    found: list[Fact] = []
    start = plan.anchor.replace(year=2023, month=1, day=1, hour=0)
    for one in plan.sections:
        for hours, upper in next_sections(plan, one):
            found.append(Fact(one.mn, "reach", "", "", hours, start, None, upper.mn))
        loads = permitted(plan, list(between(plan, one)))
        found += [Fact(one.mn, "reach_load", factor, "", round(value, 3), start, None, "区间排污口许可排放量") for factor, value in sorted(loads.items())]
    return tuple(found)


def _above(plan: Plan, of: RiverNode) -> Iterator[tuple[float, RiverNode]]:
    """Yield (hours, place) upstream of a place as far as the next sections, those included."""
    waiting = [(0.0, of)]
    while waiting:
        hours, at = waiting.pop()
        for one in plan.flowing_into.get(at.code, ()):
            yield round(hours + one.travel_hours, 2), one
            if one.kind != "section":
                waiting.append((hours + one.travel_hours, one))


def next_sections(plan: Plan, of: RiverNode) -> Iterator[tuple[float, RiverNode]]:
    """Yield (hours, section) of the sections next above a place."""
    return ((hours, one) for hours, one in _above(plan, of) if one.kind == "section")


def between(plan: Plan, of: RiverNode) -> Iterator[RiverNode]:
    """Yield the outlets between a place and the sections next above it."""
    return (one for _, one in _above(plan, of) if one.kind == "outlet")


def permitted(plan: Plan, outlets: list[RiverNode]) -> dict[str, float]:
    """Return kg an hour by factor that outlets may discharge together: permitted concentration x usual flow."""
    found: dict[str, float] = {}
    for node in outlets:
        stream = industries()[plan.outlet[node.outlet].stream].stream
        for factor, level in stream.factors.items():
            if factor in told()["factors"]:
                found[factor] = found.get(factor, 0.0) + level.limit_value * stream.flow * 3.6e-3
    return found
