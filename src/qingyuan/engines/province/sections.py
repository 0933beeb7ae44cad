"""What the stations at river sections read: every four hours, hour data, water quality and flow.

    concentration = base of the river (a share of the section's target, slowly varying, alike at all its sections)
                  + every spill above, diluted by the flow, decayed on the way, arriving after its hours of travel
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from . import rivers
from .noise import Floats, Ints, key, normal, smooth, uniform
from .plan import Facility, Plan, Planting, RiverNode, Spill
from .process import CHINA_MINUTES, minute_of
from .series import Series

EVERY = 240  # minutes; national stations analyse every four hours
DECAY = 0.15  # of a pollutant's load, a day
BASE = 0.42  # of the target: what the river carries without anybody's spill
OXYGEN_BASE = 1.45


def series(plan: Plan, river: Facility, first: int, last: int) -> Iterator[Series]:
    """Yield the hour readings of one river's sections that begin in [first, last) (minutes since 1970)."""
    start = -(-(first + CHINA_MINUTES) // EVERY) * EVERY - CHINA_MINUTES
    minutes = np.arange(start, last, EVERY, dtype=np.int64)
    if not minutes.size:
        return
    for point in plan.points_of[river.code]:
        section = next(one for one in plan.sections if one.mn == point.mn)
        flow = _flow(plan, section, minutes)
        lost = uniform(key(plan.seed, section.mn, "lost"), minutes) < 0.02
        for factor in point.factors:
            value = np.round(_value(plan, section, factor, minutes, flow), rivers.told()["factors"][factor])
            value = np.where(lost, np.nan, value)
            nothing = np.full(minutes.size, np.nan)
            yield Series(point.mn, factor, "hour", minutes, value, value, value, nothing, nothing, np.zeros(minutes.size, np.uint8))


def _flow(plan: Plan, section: RiverNode, minutes: Ints) -> Floats:
    """Return L/s: the same wet and dry weeks along the whole river."""
    weather = smooth(key(plan.seed, section.river[:5], "rain"), minutes, 4320)
    return section.flow * 1000 * np.exp(0.12 * weather + 0.01 * normal(key(plan.seed, section.mn, "flow"), minutes))


def _value(plan: Plan, section: RiverNode, factor: str, minutes: Ints, flow: Floats) -> Floats:
    if factor == "w00000":
        return flow
    of = key(plan.seed, section.river[:5], factor)
    own = normal(key(plan.seed, section.mn, factor), minutes)
    if factor == "w01001":
        return 7.8 + 0.12 * smooth(of, minutes, 1440) + 0.03 * own
    target = float(rivers.told()["targets"][section.target][factor])
    held = float(rivers.told()["targets"]["III"][factor])
    wave = 0.06 * smooth(of, minutes, 2880)
    if factor == "w01009":
        return target * (OXYGEN_BASE + 0.5 * wave + 0.02 * own)
    usual = BASE * min(held, target / 0.8) * np.exp(wave + 0.03 * own)
    added = np.zeros(minutes.size)
    for spill in plan.spills:
        added += arriving(plan, spill, section, factor, minutes) / 3.6e-3 / flow
    return _odd(plan, section, factor, minutes, usual + added)


def arriving(plan: Plan, spill: Spill, section: RiverNode, factor: str, minutes: Ints) -> Floats:
    """Return the kg an hour of a spill that pass a section; nothing where the section is not below it."""
    hours = next((hours for node, hours in rivers.below(plan, spill.node) if node.code == section.code), None)
    if hours is None or spill.factor != factor:
        return np.zeros(minutes.size)
    began, ended = (minute_of(end) + hours * 60 for end in (spill.began, spill.ended))
    edge = 30 + 0.12 * hours * 60  # it spreads along the river as it goes
    shape = np.clip(np.minimum((minutes - began) / edge + 0.5, (ended - minutes) / edge + 0.5), 0.0, 1.0)
    return spill.kg_per_hour * shape * np.exp(-DECAY * hours / 24)


def _odd(plan: Plan, section: RiverNode, factor: str, minutes: Ints, value: Floats) -> Floats:
    """Lay single odd readings (a look-alike) over the series: one analysis that went wrong."""
    for one in plan.planted_at.get(section.river_code, ()):
        if one.how == "odd_reading" and (one.mn, one.factor) == (section.mn, factor):
            inside = (minutes >= minute_of(one.began)) & (minutes < minute_of(one.ended))
            value = np.where(inside, value * float(one.settings["times"]), value)
    return value


def plantings(plan: Plan, spill: Spill) -> Iterator[Planting]:
    """Yield what the rules must find of a spill at the sections below it: clear of the target, a jump, a load nobody explains.

    Where the spill only comes near the target the row names no rule but ``spill_passes``: finding it is right, missing it no fault.
    """
    hit = [(node, hours) for node, hours in rivers.below(plan, spill.node) if node.kind == "section"]
    for place, (node, hours) in enumerate(hit):
        target = float(rivers.told()["targets"][node.target][spill.factor])
        kg = spill.kg_per_hour * float(np.exp(-DECAY * hours / 24))
        usual = BASE * min(float(rivers.told()["targets"]["III"][spill.factor]), target / 0.8)
        told = usual + kg / 3.6 / node.flow
        if told < 0.75 * target:
            continue
        names = ["section_worse_than_target"] * (told > 1.15 * target) + ["section_jump"] * (told > 3.0 * usual and told > 1.15 * target)
        names += ["section_load_unexplained"] * (place == 0 and _is_beyond(plan, node, spill.factor, kg, usual))
        rule, also = (names[0], tuple(names[1:])) if names else ("spill_passes", ())
        began, ended = (end + dt.timedelta(hours=hours) for end in (spill.began, spill.ended))
        yield Planting(rule, node.river_code, node.mn, spill.factor, began, ended, "spill", {"node": spill.node}, note=f"{spill.note}，经{hours:.1f}小时到达", also=also)


def _is_beyond(plan: Plan, node: RiverNode, factor: str, kg: float, usual: float) -> bool:
    """Say whether a load at a section is more than the outlets above it may discharge together, and there is a section above to compare with."""
    above = [hours for hours, _ in rivers.next_sections(plan, node)]
    permitted = rivers.permitted(plan, list(rivers.between(plan, node))).get(factor, 0.0)
    return bool(above) and max(above) < 75 and kg - permitted > 0.42 * (kg + usual * node.flow * 3.6)


FACTORS = {"paper": "w01018", "textile": "w01018", "chemical": "w21003", "sewage": "w21003", "plating": "w21011"}


def flow_through(plan: Plan, *, each: int, days: float) -> Plan:
    """Return the plan with its rivers, what their sections know of each other, ``each`` spills and as many odd readings.

    Spills begin in the ``days`` before the anchor, each above another section; whoever spills plays no other part.
    """
    wet = replace(plan, river=rivers.draw(plan))
    pick = random.Random(f"spills/{plan.preset}/{plan.seed}")
    playing = {one.facility for one in plan.planted}
    hanging = [one for one in wet.river if one.kind == "outlet" and one.facility not in playing and wet.outlet[one.outlet].stream in FACTORS]
    pick.shuffle(hanging)
    hanging.sort(key=lambda one: not _is_lonely(wet, one))
    spills: list[Spill] = []
    used: set[str] = set()
    for node in hanging:
        hit, hours = next((one, hours) for one, hours in rivers.below(wet, node.code) if one.kind == "section")
        if len(spills) < each and hours < 48 and not used & (touched := _touched(wet, node)):
            used |= touched
            spills.append(_spill(wet, node, hit, hours, days, pick))
    planted = [one for spill in spills for one in plantings(wet, spill)]
    planted += _odd_readings(wet, used, each, days, pick)
    return replace(wet, spills=tuple(spills), planted=(*plan.planted, *planted), facts=(*plan.facts, *rivers.facts(wet)))


def _is_lonely(plan: Plan, node: RiverNode) -> bool:
    """Say whether few others may discharge above the same section, which has a section above: there a spill is nobody else's."""
    hit = next(one for one, _ in rivers.below(plan, node.code) if one.kind == "section")
    factor = FACTORS[plan.outlet[node.outlet].stream]
    target = float(rivers.told()["targets"][hit.target][factor])
    return _is_beyond(plan, hit, factor, 1.8 * target * hit.flow * 3.6, BASE * target)


def _touched(plan: Plan, node: RiverNode) -> set[str]:
    """Return the next two sections below a place: where a spill shows most."""
    return set([one.code for one, _ in rivers.below(plan, node.code) if one.kind == "section"][:2])


def _spill(plan: Plan, node: RiverNode, hit: RiverNode, hours: float, days: float, pick: random.Random) -> Spill:
    factor = FACTORS[plan.outlet[node.outlet].stream]
    target = float(rivers.told()["targets"][hit.target][factor])
    lasts = pick.randrange(14, 30)
    room = max(1.0, days * 24 - lasts - hours - 24)
    began = plan.anchor - dt.timedelta(hours=round(room - pick.uniform(0, max(0.5, room - 216)) + lasts + hours))
    kg = round(pick.uniform(1.5, 2.4) * target * hit.flow * 3.6 * float(np.exp(DECAY * hours / 24)), 1)
    return Spill(node.code, node.facility, node.outlet, factor, kg, began, began + dt.timedelta(hours=lasts), f"{node.name}夜间经暗管偷排")


def _odd_readings(plan: Plan, used: set[str], each: int, days: float, pick: random.Random) -> Iterator[Planting]:
    """Yield single analyses gone wrong, at sections no spill comes near: one reading is no exceedance of a section."""
    quiet = [one for one in plan.sections if one.code not in used]
    for section in pick.sample(quiet, min(each, len(quiet))) if days > 9 else []:
        began = (plan.anchor - dt.timedelta(days=pick.randrange(2, 12))).replace(hour=8)
        yield Planting("section_worse_than_target", section.river_code, section.mn, "w21003", began, began + dt.timedelta(hours=4), "odd_reading",
                       {"times": 4.5}, False, "一次分析失准，随后复测正常")  # fmt: skip
