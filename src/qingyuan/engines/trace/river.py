"""From a section's warning upstream: which outlet could have done it, by when its water passed here.

The network is reaches, each flowing into the next one or out of the province.  A walk from the section collects every outlet
above it with distance and travel time; the outlet's own hourly loads are then compared with its past in the window in which its
water must have left it to be here during the warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from qingyuan.errors import BadInput

from .candidate import Candidate, Reason, ranked, settings, weighed
from .loads import Loads, Raised, raised, told_gap

CHINA = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class Reach:
    """A stretch of river: ``length_km`` long, ``velocity`` in m/s, flowing into the reach ``down`` ("" leaves the network)."""

    id: str
    river: str
    down: str
    length_km: float
    velocity: float


@dataclass(frozen=True)
class Standing:
    """Something on a reach, ``km`` below its upper end: a section, or an outlet with its permit's ``factors``."""

    id: str
    name: str
    reach: str
    km: float
    facility: str = ""
    factors: frozenset[str] = frozenset()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Upstream:
    """One outlet above a section: ``km`` of water between them, ``hours`` of travel at the known velocity."""

    outlet: Standing
    km: float
    hours: float
    reaches: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """The rivers of a province or a basin."""

    reaches: tuple[Reach, ...]
    sections: tuple[Standing, ...]
    outlets: tuple[Standing, ...]

    def __post_init__(self) -> None:
        """Raise BadInput for a loop, an unknown reach, or a length or velocity that cannot be."""
        for one in self.reaches:
            if one.down and one.down not in self.by_id:
                raise BadInput(f"河段 {one.id} 流入的河段 {one.down} 不存在", field="down")
            if not (one.length_km > 0 and 0 < one.velocity < 10):
                raise BadInput(f"河段 {one.id} 的长度须大于 0 公里、流速须在 0 到 10 米每秒之间", field="velocity")
        for thing in (*self.sections, *self.outlets):
            if thing.reach not in self.by_id:
                raise BadInput(f"{thing.name}（{thing.id}）所在的河段 {thing.reach} 不存在", field="reach")
        for one in self.reaches:
            seen, here = {one.id}, one
            while here.down:
                here = self.by_id[here.down]
                if here.id in seen:
                    raise BadInput(f"河网成环：从河段 {one.id} 往下又回到 {here.id}", field="down")
                seen.add(here.id)

    @cached_property
    def by_id(self) -> dict[str, Reach]:
        """Reaches by id."""
        return {one.id: one for one in self.reaches}

    @cached_property
    def into(self) -> dict[str, list[Reach]]:
        """The reaches that flow into each."""
        found: dict[str, list[Reach]] = {}
        for one in self.reaches:
            found.setdefault(one.down, []).append(one)
        return found

    def section(self, code: str) -> Standing:
        """The section of that code; BadInput names some there are."""
        for one in self.sections:
            if one.id == code:
                return one
        known = "、".join(one.id for one in self.sections[:8])
        raise BadInput(f"河网里没有断面 {code}；有的是：{known or '无'}", field="section")

    def upstream(self, section: str, most_hours: float) -> list[Upstream]:
        """Every outlet above the section within ``most_hours`` of travel, nearest first."""
        start, found = self.section(section), []
        waiting: list[tuple[Reach, float, float, float, tuple[str, ...]]] = [(self.by_id[start.reach], start.km, 0.0, 0.0, ())]
        while waiting:
            reach, upto, km, hours, path = waiting.pop()
            path = (*path, reach.id)
            for one in self.outlets:
                if one.reach == reach.id and one.km <= upto:
                    way = upto - one.km
                    found.append(Upstream(one, km + way, hours + way / (reach.velocity * 3.6), path))
            km, hours = km + upto, hours + upto / (reach.velocity * 3.6)
            if hours <= most_hours:
                waiting += [(above, above.length_km, km, hours, path) for above in self.into.get(reach.id, [])]
        return sorted((one for one in found if one.hours <= most_hours), key=lambda one: (one.hours, one.outlet.id))


@dataclass(frozen=True)
class Warned:
    """What a section saw: a factor above its usual from ``began`` to ``ended``; ``excess`` in mg/L and ``flow`` in m³/s where known.

    ``doubts`` are things that look like a source and are none: rain, backflow, a gate, maintenance of the station.
    """

    section: str
    factor: str
    began: dt.datetime
    ended: dt.datetime
    excess: float | None = None
    flow: float | None = None
    doubts: tuple[str, ...] = field(default=())

    def mass_kg(self) -> float | None:
        """How much more than usual passed: mg/L × m³/s = g/s."""
        if self.excess is None or self.flow is None:
            return None
        return self.excess * self.flow * (self.ended - self.began).total_seconds() / 1000


def trace(
    network: Network, warned: Warned, loads: Mapping[str, Loads], numbers: Mapping[str, Any] | None = None, *, rose: Mapping[str, bool] | None = None,
) -> list[Candidate]:
    """Rank the outlets above the section.

    ``loads``: by outlet id, the hourly discharge of the warned factor in kg; an outlet without an entry has no automatic monitoring.
    ``rose``: by code of another section above, whether it saw the rise before; a section that is not in it says nothing.
    Raises BadInput for an unknown section or a window that ends before it begins.
    """
    if warned.ended <= warned.began:
        raise BadInput("告警的结束时间须晚于开始时间", field="ended")
    told = {**settings("river"), **(numbers or {})}
    above = network.upstream(warned.section, told["most_hours"])
    seen = {one.outlet.id: _window(one, warned, loads.get(one.outlet.id), told) for one in above}
    total = sum(row[2].excess for row in seen.values() if row[2] is not None)
    between = _between(network, above, rose or {}, told["weights"]["between"])
    return ranked(_candidate(one, warned, seen[one.outlet.id], total, told, between[one.outlet.id]) for one in above)


def upstream_sections(network: Network, section: str, most_hours: float) -> list[tuple[Standing, float]]:
    """The other sections above a section with their hours of travel, nearest first."""
    others = Network(network.reaches, (network.section(section),), tuple(one for one in network.sections if one.id != section))
    return [(one.outlet, one.hours) for one in others.upstream(section, most_hours)]


def saw_rise(series: Sequence[tuple[float, float]], began: float, ended: float, rise: float) -> bool | None:
    """Whether a section's (seconds, value) rose in [began, ended) above ``rise`` × its median before; None when too little is known."""
    inside = [value for at, value in series if began <= at < ended]
    before = [value for at, value in series if at < began]
    if not inside or len(before) < 4:
        return None
    return max(inside) > rise * float(np.median(before))


def _between(network: Network, above: Sequence[Upstream], rose: Mapping[str, bool], weight: float) -> dict[str, Reason]:
    """What the sections in between say of each outlet: one that saw nothing clears what lies above it."""
    standing = {one.id: one for one in network.sections if one.id in rose}
    found = {}
    for one in above:
        on_way = [s for s in standing.values() if s.reach in one.reaches and (one.outlet.reach != s.reach or one.outlet.km <= s.km)]
        clean = [s.name for s in on_way if not rose[s.id]]
        risen = [s.name for s in on_way if rose[s.id]]
        if not standing:
            reason = Reason("between", 0.5, weight, None, "", "上游断面没有可比的数据，不能分段")
        elif clean:
            reason = Reason("between", 0.0, weight, None, "", f"其下游的{'、'.join(clean[:3])}同期未见升高，可能性小")
        elif risen:
            reason = Reason("between", 1.0, weight, None, "", f"其下游的{'、'.join(risen[:3])}同期也升高")
        elif any(rose.values()):
            reason = Reason("between", 0.2, weight, None, "", "别的上游断面同期已升高，来源更可能在其上游")
        else:
            reason = Reason("between", 1.0, weight, None, "", "与断面之间没有未见升高的断面，在可疑区间内")
        found[one.outlet.id] = reason
    return found


Seen = tuple[dt.datetime, dt.datetime, Raised | None]


def _window(one: Upstream, warned: Warned, loads: Loads | None, told: Mapping[str, Any]) -> Seen:
    """When the water of the warning left this outlet, and what the outlet did then."""
    spread = told["travel_spread"] * one.hours
    began = warned.began - dt.timedelta(hours=one.hours + spread)
    ended = warned.ended - dt.timedelta(hours=max(one.hours - spread, 0.0))
    if loads is None:
        return began, ended, None
    stretch = (warned.ended - warned.began).total_seconds()
    return began, ended, raised(loads, began.timestamp(), ended.timestamp(), stretch=stretch, baseline_hours=told["baseline_hours"], noise_steps=told["noise_steps"])


def _candidate(one: Upstream, warned: Warned, seen: Seen, total: float, told: Mapping[str, Any], between: Reason) -> Candidate:
    began, ended, saw = seen
    weights = told["weights"]
    nearness = float(np.exp(-one.hours / told["distance_hours"]))
    reasons = [
        *(_of_data(saw, warned, total, began, ended, weights) if saw is not None else _of_no_data(told)),
        between,
        _of_factor(one.outlet, warned.factor, weights["factor"], is_monitored=saw is not None),
        Reason("distance", nearness, weights["distance"], one.km, "km", f"在断面上游 {one.km:.1f} 公里，水流约需 {one.hours:.1f} 小时"),
    ]
    place = one.outlet
    return weighed(place.id, place.facility, place.name, reasons, km=one.km, hours=one.hours, window_began=began.isoformat(timespec="minutes"),
                   window_ended=ended.isoformat(timespec="minutes"), reaches=list(one.reaches), lon=place.lon, lat=place.lat)  # fmt: skip


def _of_data(saw: Raised, warned: Warned, total: float, began: dt.datetime, ended: dt.datetime, weights: Mapping[str, float]) -> list[Reason]:
    need = warned.mass_kg()
    # a rise that could not make up a fifth of the section's mass is a coincidence as far as it falls short
    timing = saw.contrast * min(1.0, saw.steps / 6) * (1.0 if need is None or need <= 0 else min(1.0, 5 * saw.excess / need))
    share = saw.excess / total if total > 0 else 0.0
    # a large share of next to nothing explains nothing: where the section's mass is known, the share counts as far as the mass is there
    load = share if need is None or need <= 0 else 0.5 * share * min(1.0, 5 * saw.excess / need) + 0.5 * min(1.0, saw.excess / need)
    span = f"{began.astimezone(CHINA):%m-%d %H:%M} 至 {ended.astimezone(CHINA):%m-%d %H:%M}"
    when = dt.datetime.fromtimestamp(saw.peak_at, CHINA).strftime("%m-%d %H 时") if saw.peak_at is not None else ""
    if saw.peak_at is None:
        said = f"应当排出的时段（{span}）内排放量没有高于平时（平时每小时 {saw.usual:.3g} 千克）"
    else:
        said = f"应当排出的时段（{span}）内排放高于平时，最高在 {when}；同样的升高此前{'少见' if saw.contrast > 0.6 else '也常有'}"
    part = f"，约占断面多出量（{need:.3g} 千克）的 {min(saw.excess / need, 9.99):.0%}" if need else ""
    return [
        Reason("timing", timing, weights["timing"], saw.steps, "倍偏差", said),
        Reason("load", load, weights["load"], saw.excess, "kg", f"时段内多排 {saw.excess:.3g} 千克，占上游各口多排量的 {share:.0%}{part}"),
        Reason("missing", saw.dark, weights["missing"], float(saw.gap), "小时", told_gap(saw)),
    ]  # fmt: skip


def _of_no_data(told: Mapping[str, Any]) -> list[Reason]:
    weights = told["weights"]
    said = "没有自动监测数据，不能排除，须以现场采样核实"
    return [Reason("timing", 0.0, weights["timing"], None, "", said), Reason("missing", told["unmonitored"], weights["missing"], None, "", said)]


def _of_factor(outlet: Standing, factor: str, weight: float, *, is_monitored: bool) -> Reason:
    if factor in outlet.factors or is_monitored:
        return Reason("factor", 1.0, weight, None, "", "许可或监测因子中有告警因子")
    if not outlet.factors:
        return Reason("factor", 0.4, weight, None, "", "没有登记许可因子，不能排除")
    return Reason("factor", 0.1, weight, None, "", "许可和监测因子中没有告警因子")


def network_of(rows: Iterable[Mapping[str, Any]]) -> Network:
    """Read a network from plain rows; ``kind`` is reach, section or outlet (the columns are those of the dataclasses)."""
    made: dict[str, list[Any]] = {"reach": [], "section": [], "outlet": []}
    for number, row in enumerate(rows, 1):
        kind = str(row.get("kind", ""))
        if kind not in made:
            raise BadInput(f"河网第 {number} 行的 kind 是“{kind}”，应为 reach、section 或 outlet", field="kind")
        try:
            made[kind].append(_reach(row) if kind == "reach" else _standing(row))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"河网第 {number} 行（{kind}）缺少或写错：{error}", field=kind) from None
    return Network(tuple(made["reach"]), tuple(made["section"]), tuple(made["outlet"]))


def _reach(row: Mapping[str, Any]) -> Reach:
    return Reach(str(row["id"]), str(row.get("river") or ""), str(row.get("down") or ""), float(row["length_km"]), float(row["velocity"]))


def _standing(row: Mapping[str, Any]) -> Standing:
    factors: Sequence[str] = row.get("factors") or ()
    lon, lat = row.get("lon"), row.get("lat")
    return Standing(str(row["id"]), str(row.get("name") or row["id"]), str(row["reach"]), float(row["km"]), str(row.get("facility") or ""),
                    frozenset(factors), None if lon is None else float(lon), None if lat is None else float(lat))  # fmt: skip


def network_of_places(rows: Iterable[Mapping[str, Any]]) -> Network:
    """Read a network from places on rivers (``river.parquet`` of the synthetic province, the registry's river places).

    Each place has code, kind, name, downstream, km and velocity of its way down; the way is a reach that bears the place's code and the
    place stands at its upper end.  An outlet is known by its ``outlet`` id when it has one.
    """
    made: list[dict[str, Any]] = []
    known = list(rows)
    codes = {str(row["code"]) for row in known}
    for row in known:
        code, down = str(row["code"]), str(row.get("downstream") or "")
        made.append({"kind": "reach", "id": code, "river": row.get("river"), "down": down if down in codes else "", "length_km": max(float(row.get("km") or 0), 1e-6),
                     "velocity": float(row.get("velocity") or 0) or 0.5})  # fmt: skip
        if row["kind"] in ("section", "outlet"):
            made.append({**row, "id": (row.get("outlet") or code) if row["kind"] == "outlet" else code, "reach": code, "km": 0.0})
    return network_of(made)
