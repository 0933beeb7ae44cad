"""What a plant does and what its instruments read, minute by minute, before anyone cheats.

All functions take minutes since 1970 (UTC) and answer for exactly those minutes, so that windows can be cut anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .industries import Industry, Level, Stream, decimals, industries, is_pollutant
from .noise import Floats, Ints, key, normal, smooth, uniform
from .plan import Facility, Outlet, Plan, Point, Stop

Codes = npt.NDArray[np.uint8]
RUNNING, STOPPED, STARTING, STOPPING, IDLE = range(5)
MARKS = "NFMSDCTB"  # HJ 212-2017 table 8; the position is the code used in arrays
NORMAL, OUT, MAINTENANCE, MANUAL, FAULT, CALIBRATING, OVER, BROKEN = range(8)
CHINA_MINUTES = 480


@dataclass
class Minutes:
    """One facility over a run of minutes: (mn, factor) → value, NaN where nothing was sent; and marks per value."""

    minutes: Ints
    load: Floats
    phase: Codes
    values: dict[tuple[str, str], Floats] = field(default_factory=dict)
    flags: dict[tuple[str, str], Codes] = field(default_factory=dict)
    corrected: dict[tuple[str, str], Floats] = field(default_factory=dict)


def minute_of(at: dt.datetime) -> int:
    """Return the whole minutes since 1970 (UTC) at an aware moment."""
    return int(at.timestamp()) // 60


def run(plan: Plan, facility: Facility, minutes: Ints) -> Minutes:
    """Return the honest minutes of one facility."""
    trade = industries()[facility.industry]
    load, phase = condition(trade, key(plan.seed, facility.code), plan.stops_of.get(facility.code, ()), minutes)
    state = Minutes(minutes, load, phase)
    for point in plan.points_of[facility.code]:
        outlet = plan.outlet[point.outlet]
        of = key(plan.seed, point.mn)
        if point.mn in plan.metered:
            _meters(plan, facility, state, point, of)
            continue
        _working(state, point, industries()[outlet.stream], of)
        if outlet.medium == "gas":
            _gas(state, point, outlet, industries()[outlet.stream], of)
        else:
            _water(state, point, industries()[outlet.stream].stream, of)
        _instrument(state, point, outlet.medium, of)
    return state


def condition(trade: Industry, of: int, stops: tuple[Stop, ...], minutes: Ints) -> tuple[Floats, Codes]:
    """Return load (0…1) and phase of a plant."""
    hour = ((minutes + CHINA_MINUTES) % 1440) / 60.0
    wobble = 0.04 * smooth(of ^ 11, minutes, 360)
    phase = np.zeros(minutes.size, np.uint8)
    if trade.rhythm in ("day_shift", "two_shift"):
        began, ended = (8.0, 20.0) if trade.rhythm == "day_shift" else (6.0, 22.5)
        load = np.clip(np.minimum((hour - began) * 3.0, (ended - hour) * 3.0), 0.0, 1.0) * (0.86 + wobble)
        phase[load <= 0.0] = IDLE
    elif trade.rhythm == "diurnal":
        load = 0.74 + 0.13 * np.sin((hour - 7.0) / 24 * 2 * np.pi) + 0.07 * np.sin((hour - 4.5) / 12 * 2 * np.pi) + wobble
    elif trade.rhythm == "day_heavy":
        load = 0.74 + 0.12 * np.sin((hour - 9.0) / 24 * 2 * np.pi) + wobble
    else:
        load = 0.88 + 0.02 * np.sin((hour - 8.0) / 24 * 2 * np.pi) + wobble
    for stop in stops:
        _stand_still(load, phase, minutes, minute_of(stop.began), minute_of(stop.ended), trade.start_minutes)
    return np.clip(load, 0.0, 1.0), phase


def _stand_still(load: Floats, phase: Codes, minutes: Ints, began: int, ended: int, start: int) -> None:
    closing = (minutes >= began - 60) & (minutes < began)
    load[closing] *= (began - minutes[closing]) / 60.0
    phase[closing] = STOPPING
    still = (minutes >= began) & (minutes < ended)
    load[still], phase[still] = 0.0, STOPPED
    opening = (minutes >= ended) & (minutes < ended + start)
    load[opening] *= 0.2 + 0.8 * (minutes[opening] - ended) / start
    phase[opening] = STARTING


def _meters(plan: Plan, facility: Facility, state: Minutes, point: Point, of: int) -> None:
    """Electric current: treatment starts ten minutes before production and runs a quarter of an hour after it."""
    trade, stops = industries()[facility.industry], plan.stops_of.get(facility.code, ())
    put = _putter(state, point)
    around = [condition(trade, key(plan.seed, facility.code), stops, state.minutes + shift)[0] > 0.02 for shift in (10, 0, -15)]
    treating = around[0] | around[1] | around[2]
    for place, unit in enumerate(plan.metered[point.mn]):
        noise = 1 + 0.02 * normal(of ^ (51 + place), state.minutes) + 0.02 * smooth(of ^ (61 + place), state.minutes, 60)
        if unit.role == "total":  # lights, offices and losses beside the units
            rest = sum(np.nan_to_num(state.values[point.mn, one.factor]) for one in plan.metered[point.mn] if one.role != "total")
            put(unit.factor, rest * 1.08 * (1 + 0.01 * normal(of ^ 97, state.minutes)) + 0.01 * unit.rated)
            continue
        draw = np.where(state.load > 0.01, 0.30 + 0.55 * state.load, 0.012) if unit.role == "production" else np.where(treating, 0.72, 0.008)
        put(unit.factor, np.maximum(unit.rated * draw * noise, 0.0))
    for factor in point.factors:
        state.flags[point.mn, factor][:] = NORMAL


def _working(state: Minutes, point: Point, trade: Industry, of: int) -> None:
    """Working conditions: load in %, hearth temperatures in °C, bypass position in % open."""
    put, minutes = _putter(state, point), state.minutes
    put("i33400", np.clip(state.load * 104.0, 0, 120))
    heat = np.where(state.phase == STOPPED, 60.0, 690.0 + 290.0 * np.minimum(state.load / 0.8, 1.0))
    heat = np.where((state.phase == STOPPING) | (state.phase == STARTING), np.maximum(heat, 890.0), heat)  # held by the burner
    for place, factor in enumerate(("i33311", "i33312", "i33321", "i33322")):
        put(factor, heat + 12.0 * place + 8.0 * smooth(of ^ (71 + place), minutes, 25) + 1.5 * normal(of ^ (75 + place), minutes))
    put("rto_t", np.where(state.load > 0.01, 805.0, 420.0) + 6.0 * smooth(of ^ 81, minutes, 35) + 1.2 * normal(of ^ 82, minutes))
    put("bypass_valve", np.zeros(minutes.size))


def _gas(state: Minutes, point: Point, outlet: Outlet, trade: Industry, of: int) -> None:
    stream, minutes, load = trade.stream, state.minutes, state.load
    still = load <= 0.01
    cold = np.where(state.phase == STARTING, np.clip((0.95 - load) / 0.8, 0.0, 1.0), 0.0)
    oxygen = stream.oxygen + 1.1 * (0.88 - load) + 0.16 * smooth(of ^ 1, minutes, 40) + 0.05 * normal(of ^ 2, minutes)
    oxygen = np.minimum(oxygen + (20.2 - stream.oxygen) * cold**1.6, 20.7)
    oxygen[still] = 20.9 + 0.02 * normal(of ^ 2, minutes[still])
    put = _putter(state, point)
    put("a19001", oxygen)
    pull = np.where(still, 0.0, np.power(np.maximum(load, 0.01), 0.85)) * (1 + 0.015 * normal(of ^ 3, minutes))
    put("a01011", np.maximum(14.5 * pull, 0.0))
    put("a00000", np.maximum(stream.flow / 0.9 * pull, 0.0))
    warm = 28.0 + (stream.temperature - 28.0) * np.where(still, 0.12, 0.55 + 0.45 * np.minimum(load / 0.85, 1.0))
    put("a01012", warm + 0.8 * smooth(of ^ 4, minutes, 30) + 0.15 * normal(of ^ 5, minutes))
    put("a01013", np.where(still, -0.01, -0.22 * load) + 0.006 * normal(of ^ 6, minutes))
    put("a01014", np.where(still, 2.2, stream.humidity) + 0.18 * smooth(of ^ 7, minutes, 55) + 0.04 * normal(of ^ 8, minutes))
    reference = outlet.reference_oxygen
    thin = (21.0 - oxygen) / (21.0 - reference) if reference is not None else np.ones(minutes.size)
    for place, (factor, level) in enumerate(stream.factors.items()):
        if factor in point.factors:
            put(factor, _concentration(state, factor, level, of ^ (101 + place), still, cold) * np.where(still, 1.0, thin))


def _concentration(state: Minutes, factor: str, level: Level, of: int, still: npt.NDArray[np.bool_], cold: Floats) -> Floats:
    minutes = state.minutes
    shape = np.clip(0.62 * smooth(of, minutes, 200) + 0.42 * smooth(of ^ 3, minutes, 19) + 0.22 * normal(of ^ 5, minutes), -2.6, 2.6)
    usual = level.level * np.exp(level.spread * shape) * (0.86 + 0.16 * state.load)
    usual *= 1.0 + cold * (1.25 if factor == "a21002" else 0.1)
    idle = level.level * 0.012 + 0.05 + 0.02 * np.abs(normal(of ^ 7, minutes))
    return np.where(still, idle, usual * (1.0 + _drift(of, minutes)))


def _drift(of: int, minutes: Ints) -> Floats:
    """Return the creep of a span since its last weekly adjustment, at most ±1.5 %."""
    week = minutes // 10080
    return (uniform(of ^ 23, week) - 0.5) * 0.03 * ((minutes % 10080) / 10080.0)


def _water(state: Minutes, point: Point, stream: Stream, of: int) -> None:
    minutes, load = state.minutes, state.load
    put = _putter(state, point)
    flow = stream.flow * load / 0.85 * (1.0 + stream.swing * 0.5 * smooth(of ^ 1, minutes, 45) + 0.02 * normal(of ^ 2, minutes))
    put("w00000", np.maximum(flow, 0.0))
    put("w01001", 7.3 + 0.16 * smooth(of ^ 3, minutes, 180) + 0.05 * smooth(of ^ 9, minutes, 15) + 0.02 * normal(of ^ 4, minutes))
    cycle = minutes // stream.cycle  # a cyclic analyser repeats its last result until the next one is ready
    for place, (factor, level) in enumerate(stream.factors.items()):
        if factor in point.factors:
            this = of ^ (201 + place)
            shape = 0.7 * smooth(this, cycle * stream.cycle, 720) + 0.55 * normal(this ^ 3, cycle)
            put(factor, level.level * np.exp(level.spread * shape))


def _putter(state: Minutes, point: Point) -> Callable[[str, Floats], None]:
    def put(factor: str, values: Floats) -> None:
        if factor in point.factors:
            state.values[point.mn, factor] = np.round(values, decimals(factor))
            flags = np.zeros(state.minutes.size, np.uint8)
            flags[state.phase == STOPPED] = OUT
            state.flags[point.mn, factor] = flags

    return put


def _instrument(state: Minutes, point: Point, medium: str, of: int) -> None:
    """Lay calibration, maintenance and short gaps over what the instruments of one point read."""
    minutes = state.minutes
    local = minutes + CHINA_MINUTES
    day = local // 1440
    if medium == "gas":
        start = 570 + (uniform(of ^ 31, day) * 420).astype(np.int64)
        checking = (local % 1440 >= start) & (local % 1440 < start + 12)
        at_zero = checking & (local % 1440 < start + 6)
    else:
        start = 600 + 60 * (uniform(of ^ 31, local // 10080) * 6).astype(np.int64)
        checking = (day % 7 == of % 7) & (local % 1440 >= start) & (local % 1440 < start + 60)
        at_zero = np.zeros(minutes.size, bool)
    serviced = (day % 7 == (of >> 3) % 7) & (local % 1440 >= 840) & (local % 1440 < 880)
    for (mn, factor), values in state.values.items():
        if mn != point.mn or not (is_pollutant(factor) or factor in ("a19001", "w01001")):
            continue
        flags = state.flags[mn, factor]
        working = flags == NORMAL
        span = np.round(values * 0.98 + 1.7, decimals(factor))
        state.values[mn, factor] = np.where(checking & working, np.where(at_zero, 0.0, span), values)
        flags[checking & working] = CALIBRATING
        flags[serviced & working & ~checking] = MAINTENANCE
    block = minutes // 2880
    gap_at = (uniform(of ^ 41, block) * 2800).astype(np.int64)
    length = 3 + (uniform(of ^ 42, block) * 22).astype(np.int64)
    lost = (uniform(of ^ 43, block) < 0.3) & (minutes % 2880 >= gap_at) & (minutes % 2880 < gap_at + length)
    for (mn, factor), values in state.values.items():
        if mn == point.mn:
            state.values[mn, factor] = np.where(lost, np.nan, values)
