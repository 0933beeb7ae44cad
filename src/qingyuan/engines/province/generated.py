"""Provinces drawn from numbers: so many cities, facilities, points, meters; so many of each thing planted."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from . import duties, names, sections
from .industries import industries
from .lay_out import Drawing, finish
from .plan import CHINA, Agency, Division, Fact, Mark, Person, Plan, Planting, Point, Stop
from .small import ANCHOR

SHIFTS = ("day_shift", "two_shift")
HOUR = dt.timedelta(hours=1)
DAYS = 28  # plantings lie in this many days before the anchor


@dataclass(frozen=True)
class Draft:
    """The numbers of a preset.  ``each``: how often every entry of the catalogue is planted, where there is room."""

    name: str
    cities: int
    counties: int
    facilities: int
    points: int
    dynamic: int
    metered: int
    meters: int
    each: int
    filed: int  # points with filed parameters
    kinds: tuple[str, ...] = ("minute", "hour", "day", "parameter")


DRAFTS = {
    "county": Draft("示范县", 2, 3, 400, 530, 80, 120, 300, 3, 105, ("real", "minute", "hour", "day", "parameter")),
    "gansu": Draft("示范省（一千二百家）", 14, 6, 1210, 2305, 204, 87, 867, 6, 285),
    "chongqing": Draft("示范直辖市（一万五千点）", 6, 7, 7200, 15000, 1200, 900, 4000, 20, 1800),
}
TRADES = {"cement": 9, "power": 8, "boiler": 14, "steel": 7, "incineration": 9, "brick": 9, "coating": 9, "glass": 4, "paper": 5, "sewage": 16,
          "chemical": 7, "textile": 5, "plating": 3}  # fmt: skip
SUFFIX = {"cement": "水泥", "power": "发电", "boiler": "热力", "steel": "钢铁", "incineration": "环保能源", "brick": "新型建材", "coating": "家具",
          "glass": "玻璃", "paper": "纸业", "sewage": "水务", "chemical": "化工", "textile": "印染", "plating": "电镀"}  # fmt: skip


def generated(preset: str, seed: int, anchor: dt.datetime | None = None, draft: Draft | None = None) -> Plan:
    """Draw a province; equal arguments give equal provinces."""
    wanted = draft or DRAFTS[preset]
    at = (anchor or ANCHOR).astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    drawing = Drawing(seed, random.Random(f"{preset}/{seed}"))
    counties = _divisions(drawing, wanted)
    _facilities(drawing, wanted, counties)
    blank = finish(drawing, preset, wanted.name, at, kinds=wanted.kinds)
    planting = Casting(blank, drawing.pick, at)
    for entry in sorted(catalogue(), key=_freedom):
        planting.plant(entry, wanted.each)
    planting.rest()
    dry = finish(drawing, preset, wanted.name, at, stops=tuple(planting.stops), marks=tuple(planting.marks), planted=tuple(planting.planted),
                 facts=tuple(planting.facts), kinds=wanted.kinds)  # fmt: skip
    return duties.settle(sections.flow_through(dry, each=wanted.each, days=DAYS))


@cache
def catalogue() -> tuple[dict[str, Any], ...]:
    """Return the entries of catalogue.yaml."""
    return tuple(yaml.safe_load(Path(__file__).with_name("catalogue.yaml").read_text("utf-8")))


def _freedom(entry: dict[str, Any]) -> tuple[bool, int]:
    """Sort entries so that those which few plants can play choose first."""
    return not entry["where"].get("power", False), len(entry["where"].get("trades", TRADES))


def _divisions(drawing: Drawing, wanted: Draft) -> list[Division]:
    pick = drawing.pick
    drawing.divisions.append(Division("990000000000", wanted.name, "province", "", 104.0, 36.0))
    drawing.agencies.append(Agency("A9900", f"{wanted.name}生态环境厅", "990000000000", "province", "bureau", ""))
    counties = []
    across = max(2, round(wanted.cities**0.5))
    for city in range(wanted.cities):
        code, name = f"99{city + 1:02d}", names.PLACES[city % len(names.PLACES)] + "市"
        x, y = 100.0 + (city % across) * 2.0, 34.0 + (city // across) * 1.8
        drawing.divisions.append(Division(f"{code}00000000", name, "city", "990000000000", x + 0.8, y + 0.8))
        drawing.agencies.append(Agency(f"A{code}", f"{name}生态环境局", f"{code}00000000", "city", "bureau", "A9900"))
        drawing.agencies.append(Agency(f"T{code}", f"{name}生态环境保护综合行政执法支队", f"{code}00000000", "city", "team", f"A{code}"))
        _officers(drawing, code)
        for county in range(wanted.counties):
            title = names.PLACES[(city * 7 + county * 3 + 5) % len(names.PLACES)] + ("区" if county < 2 else "县")
            lon, lat = x + (county % 3) * 0.65 + pick.uniform(0, 0.2), y + (county // 3) * 0.8 + pick.uniform(0, 0.25)
            one = Division(f"{code}{county + 2:02d}000000", title, "county", f"{code}00000000", round(lon, 5), round(lat, 5))
            drawing.divisions.append(one)
            counties.append(one)
    return counties


def _officers(drawing: Drawing, code: str) -> None:
    roles = ["inspector"] * 6 + ["case_reviewer"] * 2 + ["legality_reviewer", "presiding_officer", "leader", "clerk"]
    for serial, role in enumerate(roles, 1):
        home = f"T{code}" if role in ("inspector", "clerk") else f"A{code}"
        drawing.people.append(Person(names.person(drawing.pick), f"99{code[2:]}{2026000 + serial:07d}", dt.date(2024, 1, 1), dt.date(2029, 12, 31),
                                     home, (role,), names.phone(drawing.pick)))  # fmt: skip


def _facilities(drawing: Drawing, wanted: Draft, counties: list[Division]) -> None:
    """Draw facilities, then second and third outlets until the points are as many as wanted, then meters and filings."""
    pick = drawing.pick
    trades = pick.choices(list(TRADES), list(TRADES.values()), k=wanted.facilities)
    streams = [[trade] for trade in trades]
    gas = [place for place, trade in enumerate(trades) if industries()[trade].stream.medium == "gas"]
    for turn in range(wanted.points - wanted.facilities):
        place = pick.choice(gas) if pick.random() < 0.8 else pick.randrange(wanted.facilities)
        if len(streams[place]) > 6:
            place = gas[turn % len(gas)]
        streams[place].append(trades[place] if pick.random() < 0.75 else "boiler")
    order = list(range(wanted.facilities))
    pick.shuffle(order)
    metered, dynamic = set(order[: wanted.metered]), set(order[wanted.metered // 3 : wanted.metered // 3 + wanted.dynamic])
    extra = wanted.meters - 2 * wanted.metered
    more = wanted.filed - wanted.dynamic
    for place, several in enumerate(streams):
        county = counties[pick.randrange(len(counties))]
        name = f"{county.name[:2]}{pick.choice(names.WORDS)}{SUFFIX[several[0]]}有限公司"
        units = 0
        if place in metered:
            left = sum(1 for each in metered if each >= place)
            units, extra = extra // left, extra - extra // left
        filed = 0
        if place in dynamic:
            filed = 1 + min(len(several) - 1, more)
            more -= filed - 1
        drawing.facility(county, name, tuple(several), dynamic=filed, power=place in metered, meters=2 + units)


class Casting:
    """Who plays which part.  A facility plays one part at most, so that a finding has one cause."""

    def __init__(self, plan: Plan, pick: random.Random, at: dt.datetime) -> None:
        self.plan, self.pick, self.at = plan, pick, at
        self.free = [one.code for one in plan.facilities]
        pick.shuffle(self.free)
        self.planted: list[Planting] = []
        self.stops: list[Stop] = []
        self.marks: list[Mark] = []
        self.facts: list[Fact] = []

    def plant(self, entry: dict[str, Any], each: int) -> None:
        """Plant one entry of the catalogue up to ``each`` times."""
        done = 0
        for code in list(self.free):
            if done >= each:
                return
            part = self._part(entry, code)
            if part is not None:
                self._play(entry, *part)
                self.free.remove(code)
                done += 1

    def _part(self, entry: dict[str, Any], code: str) -> tuple[Point, str] | None:
        """Return a point and factor of a facility that an entry fits, or None."""
        facility, where = self.plan.facility[code], entry["where"]
        if where.get("power") and not facility.has_power_monitoring or where.get("dynamic") and not facility.has_dynamic_control:
            return None
        for point in self.plan.points_of[code]:
            meter = point.mn in self.plan.metered
            if meter != ("meter" in entry):
                continue
            outlet = self.plan.outlet[point.outlet]
            trade = facility.industry if meter else outlet.stream
            if where.get("trades") and trade not in where["trades"] or not where.get("trades") and industries()[facility.industry].rhythm in SHIFTS:
                continue  # what is planted must be at work at any hour, unless the entry knows better
            if where.get("medium", outlet.medium) != outlet.medium:
                continue
            if entry["how"] == "borrow" and (meter or self._neighbour(point) is None):
                continue
            factor = self._factor(entry, outlet.stream, where.get("averaging"))
            if factor is not None and (factor == "" or factor in point.factors):
                return point, factor
        return None

    def _factor(self, entry: dict[str, Any], stream: str, averaging: str | None) -> str | None:
        if entry["factor"] != "limited":
            return str(entry["factor"])
        levels = industries()[stream].stream.factors
        fitting = [factor for factor, level in levels.items() if averaging in (None, level.averaging)]
        return self.pick.choice(fitting) if fitting else None

    def _play(self, entry: dict[str, Any], point: Point, factor: str) -> None:
        began, ended = self._when(entry)
        honest = bool(entry.get("look_alike"))
        settings = dict(entry.get("settings", {}))
        if entry["how"] == "borrow":
            settings["from_mn"] = self._neighbour(point) or point.mn
        one = Planting(entry["rule"], point.facility, point.mn, factor, began, ended, entry["how"], settings, not honest, entry.get("note", ""),
                       tuple(entry.get("also", ())))  # fmt: skip
        self.planted.append(one)
        if entry.get("fact") == "permit":  # without a permit every outlet of the facility discharges without one
            others = [each for each in self.plan.points_of[point.facility] if each.mn not in (point.mn, *self.plan.metered)]
            self.planted += [replace(one, mn=each.mn) for each in others]
        if entry.get("fact") in ("stop_order", "stagger") and "meter" in entry:  # who runs on under a ban lets its stack smoke, too
            stacks = [each for each in self.plan.points_of[point.facility] if each.outlet == point.outlet and each.st == "31"]
            self.planted += [replace(one, rule="emission_during_ban", mn=each.mn, factor="", how="as_ever") for each in stacks]
        if "scales" in entry:
            self.planted.append(Planting(one.rule, one.facility, one.mn, factor, began, ended, "scale", {"by": entry["scales"]}, not honest, "随参数变小"))
        if entry.get("stops"):
            self._stand_still(point.facility, began - HOUR, ended + HOUR)
        if "mark" in entry:
            self._mark(point, entry["mark"]["code"], began, ended, (), "设施故障检修", late=entry["mark"].get("late", False))
        if "fact" in entry:
            self._state(entry, point, factor, str(settings.get("name", "")), began, ended)

    def _state(self, entry: dict[str, Any], point: Point, factor: str, name: str, began: dt.datetime, ended: dt.datetime) -> None:
        """Add the dated fact that an entry speaks of: a ticket around it, an order or a ban for it, a permit that ends with its beginning."""
        kind = entry["fact"]
        if kind in duties.DUTIES:
            self.facts += duties.DUTIES[kind](duties.Told(point, factor, began, ended, bool(entry.get("look_alike")), self.pick))
        elif kind == "ticket":
            self.facts.append(Fact(point.mn, kind, factor, name, None, began - HOUR, ended + HOUR, "维护工单：校准合格"))
        elif kind == "permit":
            self.facts.append(Fact(point.mn, kind, "", "", None, dt.datetime(2023, 1, 1, tzinfo=CHINA), began, "排污许可证有效期"))
            self.facts.append(Fact(point.mn, kind, "", "", None, ended, dt.datetime(2031, 1, 1, tzinfo=CHINA), "延续的排污许可证"))
        else:
            self.facts.append(Fact(point.mn, kind, "", "", entry.get("value"), began, ended, "重污染天气应急减排"))

    def _when(self, entry: dict[str, Any]) -> tuple[dt.datetime, dt.datetime]:
        shortest, longest = entry["hours"]
        length = dt.timedelta(minutes=round(60 * self.pick.uniform(shortest, longest)))
        if longest >= 2:
            length = dt.timedelta(hours=max(round(length / HOUR), 1))
        if entry.get("whole") == "day":
            days = max(1, round(length / (24 * HOUR)))
            latest = DAYS - days - 1
            began = self.at.replace(hour=0) - dt.timedelta(days=DAYS - self.pick.randrange(9 if latest > 12 else 3, latest))
            return began, began + dt.timedelta(days=days)
        room = DAYS * 24 - 36 - round(length / HOUR)
        began = self.at - dt.timedelta(days=DAYS) + HOUR * self.pick.randrange(9 * 24, room)
        return began, began + length

    def _neighbour(self, point: Point) -> str | None:
        """Return another point of the same facility with the same kind of stream."""
        stream = self.plan.outlet[point.outlet].stream
        for one in self.plan.points_of[point.facility]:
            if one.mn != point.mn and one.mn not in self.plan.metered and self.plan.outlet[one.outlet].stream == stream:
                return one.mn
        return None

    def rest(self) -> None:
        """State the design temperature of every oxidiser; let a third of the plants with no part stand still once, and say so in time."""
        start = dt.datetime(2023, 1, 1, tzinfo=CHINA)
        self.facts += [Fact(one.mn, "design", "rto_t", "", 760.0, start, None, "设计炉膛温度") for one in self.plan.points if "rto_t" in one.factors]
        for code in self.free:
            trade = industries()[self.plan.facility[code].industry]
            if trade.rhythm not in ("continuous", "day_heavy") or trade.stream.medium != "gas" or self.pick.random() > 0.35:
                continue
            began = self.at - dt.timedelta(days=DAYS) + HOUR * self.pick.randrange(24, (DAYS - 6) * 24)
            ended = began + HOUR * self.pick.randrange(18, 72)
            self._stand_still(code, began, ended)

    def _stand_still(self, code: str, began: dt.datetime, ended: dt.datetime) -> None:
        """Stop a plant for [began, ended) and let it mark every outlet in time."""
        start = dt.timedelta(minutes=industries()[self.plan.facility[code].industry].start_minutes)
        self.stops.append(Stop(code, began, ended))
        for point in self.plan.points_of[code]:
            if point.mn not in self.plan.metered:
                self._mark(point, "shutdown", began - HOUR, began, ("a21002",), "计划停炉")
                self._mark(point, "stopped", began, ended, (), "计划检修")
                self._mark(point, "start_up", ended, ended + start, ("a21002",), "冷态启炉")

    def _mark(self, point: Point, kind: str, began: dt.datetime, ended: dt.datetime, factors: tuple[str, ...], reason: str, *, late: bool = False) -> None:
        """Add a mark, accepted and made within the hour; a ``late`` one is made two days after and not reviewed."""
        made = began + (dt.timedelta(days=2) if late else HOUR)
        review = ("unreviewed", None) if late else ("accepted", "值班审核")
        name = self.plan.facility[point.facility].name
        self.marks.append(Mark(point.mn, factors, kind, began, ended, name, made, reason, "DCS曲线与运行日志", *review))
