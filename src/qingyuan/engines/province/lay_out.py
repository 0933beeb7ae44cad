"""The shared way to put a facility into a plan: operator, permit, limits, outlets and points from its trade."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from . import names
from .industries import GAS_STATE, WATER_STATE, industries, working_conditions
from .plan import (
    Agency,
    Division,
    Equipment,
    Facility,
    Operator,
    Outlet,
    ParameterFiling,
    Permit,
    PermitLimit,
    Person,
    Plan,
    Point,
)

MAIN_METER = "d10401"  # the site's main meter, where it has one


@dataclass
class Drawing:
    """A plan while it is drawn."""

    seed: int
    pick: random.Random
    divisions: list[Division] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    facilities: list[Facility] = field(default_factory=list)
    outlets: list[Outlet] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    limits: list[PermitLimit] = field(default_factory=list)
    equipment: list[Equipment] = field(default_factory=list)
    filings: list[ParameterFiling] = field(default_factory=list)

    def facility(self, county: Division, name: str, streams: tuple[str, ...], *, lon: float | None = None,
                 lat: float | None = None, dynamic: int = 0, power: bool = False, meters: int = 2) -> Facility:  # fmt: skip
        """Draw one facility with one outlet and one point for each stream; the first stream is its trade.

        ``dynamic`` points have filed parameters; ``meters`` units are metered where there is ``power``.
        """
        serial = len(self.facilities) + 1
        credit = names.uscc(county.code, serial)
        spread = 0.09
        one = Facility(
            f"{county.code[:6]}{serial:05d}", name, credit, county.code, streams[0],
            lon if lon is not None else round(county.lon + self.pick.uniform(-spread, spread), 5),
            lat if lat is not None else round(county.lat + self.pick.uniform(-spread, spread), 5),
            f"{county.name}工业大道{self.pick.randrange(1, 400)}号", True, dynamic > 0, power,
        )  # fmt: skip
        self.operators.append(Operator(credit, name, names.person(self.pick), one.address, county.code, names.phone(self.pick)))
        self.facilities.append(one)
        used: dict[str, int] = {}
        masses: dict[tuple[str, str], float] = {}
        number = f"{credit}001P"
        for stream in streams:
            self._outlet(one, stream, used, number, masses)
        if power:
            self._meter(one, meters)
        if dynamic:
            self._file(one, dynamic)
        self.permits.append(Permit(number, one.code, dt.date(2023, 1, 1), dt.date(2027, 12, 31), masses))
        return one

    def _meter(self, one: Facility, meters: int) -> None:
        """Put one electricity logger at the facility's first outlet, with ``meters`` units, production and treatment in turn."""
        outlet = next(each for each in self.outlets[-9:] if each.facility == one.code)
        mn = f"QY{one.code}44{len(self.points) + 1:08d}"[:24].ljust(24, "0")
        has_main = meters > 2 and meters % 2 == 1  # the odd one is the main meter
        units = [f"d{2 + place % 2}04{place // 2 + 1:02d}" for place in range(meters)]
        factors = (*units[:-1], MAIN_METER) if has_main else tuple(units)
        self.points.append(Point(mn, f"{self.pick.randrange(10**6):06d}", "44", one.code, outlet.id, factors))
        drawn = 0
        for place, factor in enumerate(factors):
            line, treats = place // 2 + 1, place % 2 == 1
            rated = self.pick.randrange(60, 260, 10) if treats else self.pick.randrange(200, 900, 20)
            if factor == MAIN_METER:
                self.equipment.append(Equipment(one.code, "M", "总表", "total", mn, factor, round(drawn * 1.3), None))
                continue
            drawn += rated
            name, role = (f"{line}号污染治理设施", "treatment") if treats else (f"{line}号生产线", "production")
            self.equipment.append(Equipment(one.code, f"{'T' if treats else 'P'}{line}", name, role, mn, factor, rated, f"P{line}" if treats else None))

    def _file(self, one: Facility, monitors: int) -> None:
        """File the instrument parameters of the first monitors of a facility (动态管控)."""
        recent = {each.id: each.stream for each in self.outlets[-9:]}
        for point in [each for each in self.points[-9:] if each.facility == one.code and each.st != "44"][:monitors]:
            stream = industries()[recent[point.outlet]].stream
            for factor, level in stream.factors.items():
                filed = (("i13001", round(level.limit_value * 3, 1)), ("i13007", 0.0), ("i13008", 1.0))
                self.filings += [ParameterFiling(point.mn, factor, name, value) for name, value in filed]
            if stream.medium == "gas":
                self.filings.append(ParameterFiling(point.mn, "a01011", "kv", 0.98))
                self.filings.append(ParameterFiling(point.mn, "a00000", "area", round(stream.flow / 12.0, 2)))
                if stream.reference_oxygen is not None:
                    self.filings.append(ParameterFiling(point.mn, "a19001", "o2ref", float(stream.reference_oxygen)))

    def _outlet(self, one: Facility, key: str, used: dict[str, int], number: str, masses: dict[tuple[str, str], float]) -> None:
        stream = industries()[key].stream
        prefix = stream.code[:2]
        used[prefix] = used.get(prefix, 0) + 1
        code = f"{prefix}{used[prefix]:03d}"
        title = stream.title if used[prefix] == 1 else f"{used[prefix]}号{stream.title.lstrip('1号')}"
        state = GAS_STATE if stream.medium == "gas" else WATER_STATE
        factors = (*stream.factors, *state)
        sent = (*factors, *working_conditions(key))
        outlet = Outlet(f"{one.code}/{code}", code, title, one.code, stream.medium, stream.reference_oxygen, factors, key)
        self.outlets.append(outlet)
        st = "31" if stream.medium == "gas" else "32"
        mn = f"QY{one.code}{st}{len(self.points) + 1:08d}"[:24].ljust(24, "0")
        self.points.append(Point(mn, f"{self.pick.randrange(10**6):06d}", st, one.code, outlet.id, sent))
        if stream.medium == "water":
            for averaging, bound in (("hour", 9.0), ("hour_low", 6.0)):
                citation = f"排污许可证（编号{number}）{code} pH值（依据 {stream.standard}）"
                self.limits.append(PermitLimit(outlet.id, "w01001", averaging, bound, "无量纲", dt.date(2023, 1, 1), None, "permit", citation))
        scale = 3600 * 8760 * 1e-6 if stream.medium == "gas" else 3.6 * 8760 * 1e-3
        for factor, level in stream.factors.items():
            unit = "mg/m³" if stream.medium == "gas" else "mg/L"
            citation = f"排污许可证（编号{number}）{code}许可排放浓度（依据 {stream.standard}）"
            self.limits.append(PermitLimit(outlet.id, factor, level.averaging, level.limit_value, unit, dt.date(2023, 1, 1), None, "permit", citation))
            masses[outlet.id, factor] = round(level.limit_value * stream.flow * scale * 0.8, 0)


def finish(drawing: Drawing, preset: str, name: str, anchor: dt.datetime, **more: object) -> Plan:
    """Freeze a drawing into a plan."""
    return Plan(
        preset, drawing.seed, name, anchor, tuple(drawing.divisions), tuple(drawing.agencies), tuple(drawing.people),
        tuple(drawing.operators), tuple(drawing.facilities), tuple(drawing.outlets), tuple(drawing.points),
        tuple(drawing.permits), tuple(drawing.limits), equipment=tuple(drawing.equipment), filings=tuple(drawing.filings), **{"stops": (), "marks": (), "planted": (), **more},  # type: ignore[arg-type]
    )  # fmt: skip
