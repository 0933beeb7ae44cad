"""Who and what is in a province.  Plain frozen values: the registry, the store and the simulator all read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

CHINA = dt.timezone(dt.timedelta(hours=8))
STATION = ("w01001", "w01009", "w01018", "w01019", "w21003", "w21011", "w00000")  # what a section's station reads


@dataclass(frozen=True)
class Division:
    """An administrative division: 12-digit code, level province|city|county, the code above it, a seat in degrees."""

    code: str
    name: str
    level: str
    parent: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Agency:
    """A competent department or its enforcement team; ``level`` province|city|county, ``kind`` bureau|team."""

    code: str
    name: str
    division: str
    level: str
    kind: str
    parent: str


@dataclass(frozen=True)
class Person:
    """An officer: enforcement certificate with its period of validity (last day included) and the roles held."""

    name: str
    certificate: str
    valid_from: dt.date
    valid_to: dt.date
    agency: str
    roles: tuple[str, ...]
    phone: str


@dataclass(frozen=True)
class Operator:
    """A pollutant discharger as a legal person; ``uscc`` carries a valid check character (GB 32100)."""

    uscc: str
    name: str
    legal_representative: str
    address: str
    division: str
    phone: str


@dataclass(frozen=True)
class Facility:
    """A stationary source.  ``industry`` names a profile of industries.yaml."""

    code: str
    name: str
    operator: str
    division: str
    industry: str
    lon: float
    lat: float
    address: str
    is_key_discharger: bool = True
    has_dynamic_control: bool = False
    has_power_monitoring: bool = False


@dataclass(frozen=True)
class Outlet:
    """An outlet; ``id`` is "<facility>/<code>", ``reference_oxygen`` in % or None, ``stream`` a trade of industries.yaml."""

    id: str
    code: str
    name: str
    facility: str
    medium: str
    reference_oxygen: float | None
    factors: tuple[str, ...]
    stream: str


@dataclass(frozen=True)
class Point:
    """One data logger at one outlet: what it calls itself (mn), its password, its system code and its factors."""

    mn: str
    pw: str
    st: str
    facility: str
    outlet: str
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Permit:
    """A pollutant discharge permit; ``masses`` is permitted discharge, kg a year, by (outlet, factor)."""

    number: str
    facility: str
    valid_from: dt.date
    valid_to: dt.date
    masses: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class PermitLimit:
    """A permitted concentration; ``averaging`` hour|day (hour_low: the lower bound of pH), ``kind`` permit|standard, half-open validity."""

    outlet: str
    factor: str
    averaging: str
    limit_value: float
    unit: str
    valid_from: dt.date
    valid_to: dt.date | None
    kind: str
    citation: str


@dataclass(frozen=True)
class Equipment:
    """A production or treatment unit whose electric current is metered; ``follows`` is the unit it must run with."""

    facility: str
    code: str
    name: str
    role: str
    mn: str
    factor: str
    rated: float
    follows: str | None = None


@dataclass(frozen=True)
class ParameterFiling:
    """An instrument parameter as filed; any other value needs a ticket."""

    mn: str
    factor: str
    name: str
    value: float


@dataclass(frozen=True)
class Stop:
    """A plant that stands still for [began, ended): before it a shut-down, after it a start-up."""

    facility: str
    began: dt.datetime
    ended: dt.datetime


@dataclass(frozen=True)
class Mark:
    """What the discharger says about a period.  It never deletes data; ``state`` is the result of its review."""

    mn: str
    factors: tuple[str, ...]
    kind: str
    began: dt.datetime
    ended: dt.datetime
    author: str
    made_at: dt.datetime
    reason: str
    proof: str
    state: str = "unreviewed"
    reviewer: str | None = None


@dataclass(frozen=True)
class Planting:
    """Something planted: a fraud or failure (``is_violation``), or an honest thing that only looks like one.

    ``rule`` is the name of the rule that must find it, or, for a look-alike, the rule that must not; ``also`` are further
    rules that it breaks by its nature.
    ``how`` names the change in planted.py and ``settings`` its numbers.
    """

    rule: str
    facility: str
    mn: str
    factor: str
    began: dt.datetime
    ended: dt.datetime
    how: str
    settings: Mapping[str, float | str] = field(default_factory=dict)
    is_violation: bool = True
    note: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A dated fact beside the readings: ticket, filed value, stop_order, limit_order, stagger, quota …; no end: open."""

    mn: str
    kind: str
    factor: str
    name: str
    value: float | None
    began: dt.datetime
    ended: dt.datetime | None
    text: str = ""


@dataclass(frozen=True)
class RiverNode:
    """A place on a river: kind source | outlet | section | confluence | mouth; its water reaches ``downstream`` after ``travel_hours``.

    ``km`` and ``travel_hours`` are those of the reach below it, ``velocity`` in m/s, ``flow`` the usual m³/s past it; an outlet
    names ``outlet`` and ``facility``, a section its station's ``mn`` and the class of GB 3838 it is held to (``target``).
    """

    code: str
    river: str
    river_name: str
    kind: str
    name: str
    downstream: str
    km: float
    velocity: float
    travel_hours: float
    flow: float
    lon: float
    lat: float
    division: str
    outlet: str = ""
    facility: str = ""
    mn: str = ""
    target: str = ""

    @property
    def river_code(self) -> str:
        """The main river's code; its tributaries' codes begin with it."""
        return self.river.partition("T")[0]


@dataclass(frozen=True)
class Spill:
    """Something let into a river at an outlet's place (``node``) beside what its monitor tells; ``kg_per_hour`` of one factor."""

    node: str
    facility: str
    outlet: str
    factor: str
    kg_per_hour: float
    began: dt.datetime
    ended: dt.datetime
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """A whole province.  ``anchor`` is the moment around which its events are planted."""

    preset: str
    seed: int
    name: str
    anchor: dt.datetime
    divisions: tuple[Division, ...]
    agencies: tuple[Agency, ...]
    people: tuple[Person, ...]
    operators: tuple[Operator, ...]
    facilities: tuple[Facility, ...]
    outlets: tuple[Outlet, ...]
    points: tuple[Point, ...]
    permits: tuple[Permit, ...]
    limits: tuple[PermitLimit, ...]
    stops: tuple[Stop, ...]
    marks: tuple[Mark, ...]
    planted: tuple[Planting, ...]
    equipment: tuple[Equipment, ...] = ()
    filings: tuple[ParameterFiling, ...] = ()
    facts: tuple[Fact, ...] = ()
    river: tuple[RiverNode, ...] = ()
    spills: tuple[Spill, ...] = ()
    minute_step: int = 10
    kinds: tuple[str, ...] = ("real", "minute", "hour", "day", "parameter")

    @cached_property
    def facility(self) -> dict[str, Facility]:
        """Facilities by code."""
        return {one.code: one for one in self.facilities}

    @cached_property
    def outlet(self) -> dict[str, Outlet]:
        """Outlets by id."""
        return {one.id: one for one in self.outlets}

    @cached_property
    def operator(self) -> dict[str, Operator]:
        """Operators by unified social credit code."""
        return {one.uscc: one for one in self.operators}

    @cached_property
    def sections(self) -> tuple[RiverNode, ...]:
        """River sections, each with an automatic station."""
        return tuple(one for one in self.river if one.kind == "section")

    @cached_property
    def node(self) -> dict[str, RiverNode]:
        """Places on rivers by code."""
        return {one.code: one for one in self.river}

    @cached_property
    def flowing_into(self) -> dict[str, tuple[RiverNode, ...]]:
        """The places next upstream of each place, by its code."""
        found: dict[str, list[RiverNode]] = {}
        for one in self.river:
            found.setdefault(one.downstream, []).append(one)
        return {code: tuple(several) for code, several in found.items()}

    @cached_property
    def stations(self) -> tuple[Point, ...]:
        """The points of the river sections: their facility is the river, their outlet the section's code."""
        return tuple(Point(one.mn, "", "21", one.river_code, one.code, STATION) for one in self.sections)

    @cached_property
    def rivers(self) -> tuple[Facility, ...]:
        """Rivers as units of judging: no discharger, no permit, only stations."""
        mains = {one.river: one for one in reversed(self.river) if one.river == one.river_code}
        return tuple(Facility(code, one.river_name, "", one.division, "river", one.lon, one.lat, "", False) for code, one in sorted(mains.items()))

    @cached_property
    def point(self) -> dict[str, Point]:
        """Points by MN, stations included."""
        return {one.mn: one for one in (*self.points, *self.stations)}

    @cached_property
    def points_of(self) -> dict[str, tuple[Point, ...]]:
        """Points by facility (or river), in the order of the plan."""
        found: dict[str, list[Point]] = {one.code: [] for one in (*self.facilities, *self.rivers)}
        for one in (*self.points, *self.stations):
            found[one.facility].append(one)
        return {code: tuple(points) for code, points in found.items()}

    @cached_property
    def planted_at(self) -> dict[str, tuple[Planting, ...]]:
        """What is planted at a facility, in the order in which it is laid over the series."""
        found: dict[str, list[Planting]] = {}
        for one in self.planted:
            found.setdefault(one.facility, []).append(one)
        return {code: tuple(several) for code, several in found.items()}

    @cached_property
    def filed_of(self) -> dict[str, tuple[ParameterFiling, ...]]:
        """Filed instrument parameters by MN."""
        found: dict[str, list[ParameterFiling]] = {}
        for one in self.filings:
            found.setdefault(one.mn, []).append(one)
        return {mn: tuple(several) for mn, several in found.items()}

    @cached_property
    def metered(self) -> dict[str, tuple[Equipment, ...]]:
        """Metered units by MN of the meter."""
        found: dict[str, list[Equipment]] = {}
        for one in self.equipment:
            found.setdefault(one.mn, []).append(one)
        return {mn: tuple(several) for mn, several in found.items()}

    @cached_property
    def stops_of(self) -> dict[str, tuple[Stop, ...]]:
        """Planned stops by facility."""
        found: dict[str, list[Stop]] = {}
        for one in self.stops:
            found.setdefault(one.facility, []).append(one)
        return {code: tuple(several) for code, several in found.items()}
