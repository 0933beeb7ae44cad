"""From minutes to readings of every kind, as a logger computes them (HJ 212-2017 app. D; HJ 76-2017 app. B).

A period is stamped with its start.  Means are over normal minutes where there are any; pollutants in water are weighted
by flow; a period is normal when more than three quarters of what was sent in it is; a day is the mean of its hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np

from . import planted, process, reported, sections
from .industries import FURNACE, decimals, is_pollutant
from .noise import Floats, Ints
from .plan import Facility, Plan
from .process import CHINA_MINUTES, NORMAL, Codes, Minutes, minute_of
from .series import Series

KINDS = ("real", "minute", "hour", "day", "parameter")


def step_of(plan: Plan, kind: str, factor: str = "") -> int:
    """Return the length of a period of ``kind`` in minutes; hearth temperatures are 5-minute means."""
    if kind == "minute" and factor in FURNACE:
        return 5
    return {"real": 1, "minute": plan.minute_step, "hour": 60, "day": 1440, "parameter": 0}[kind]


def minutes_of(plan: Plan, facility: Facility, minutes: Ints) -> Minutes:
    """Return what a facility's loggers hold for these minutes, plantings laid on, converted concentrations added."""
    state = process.run(plan, facility, minutes)
    planted.lay(plan, facility, state)
    for point in plan.points_of[facility.code]:
        reference = plan.outlet[point.outlet].reference_oxygen
        oxygen = state.values.get((point.mn, "a19001"))
        for factor in point.factors:
            if reference is None or oxygen is None or not is_pollutant(factor) or (point.mn, factor) in state.corrected:
                continue
            values = state.values[point.mn, factor]
            times = np.where(oxygen < 20.5, (21.0 - reference) / (21.0 - np.minimum(oxygen, 20.5)), 1.0)
            state.corrected[point.mn, factor] = np.round(values * times, decimals(factor))
    return state


def series(plan: Plan, facility: Facility, began: dt.datetime, ended: dt.datetime, kinds: Iterable[str] = KINDS) -> Iterator[Series]:
    """Yield the readings whose period began in [began, ended) at one facility."""
    wanted = tuple(kinds)
    first, last = minute_of(began), minute_of(ended)
    if facility.industry == "river":
        if "hour" in wanted:
            yield from sections.series(plan, facility, first, last)
        return
    for coarse in (("day",), ("hour", "minute", "real")):
        mine = tuple(kind for kind in coarse if kind in wanted)
        if not mine:
            continue
        longest = max(step_of(plan, kind) for kind in mine)
        low, high = _floor(first, longest), -_floor(-last, longest, sign=-1)
        if high > low:
            state = minutes_of(plan, facility, np.arange(low, high, dtype=np.int64))
            for one in _all(plan, facility, state, mine):
                inside = (one.began >= first) & (one.began < last) & ~np.isnan(one.value)
                if inside.any():
                    yield reported.reported(plan, facility.code, _cut(one, inside))
    if "parameter" in wanted:
        yield from _parameters(plan, facility, first, last)


def _parameters(plan: Plan, facility: Facility, first: int, last: int) -> Iterator[Series]:
    """Yield instrument parameters: reported at midnight and at every change, as ``<factor>-<parameter>``."""
    midnight = -_floor(-first, 1440, sign=-1)
    for point in plan.points_of[facility.code]:
        changes = [one for one in plan.planted_at.get(facility.code, ()) if one.how == "reparameter" and one.mn == point.mn]
        for filed in plan.filed_of.get(point.mn, ()):
            mine = [one for one in changes if (one.factor, one.settings["name"]) == (filed.factor, filed.name)]
            moments = {*range(midnight, last, 1440), *(minute_of(at) for one in mine for at in (one.began, one.ended))}
            at = np.array(sorted(moment for moment in moments if first <= moment < last), np.int64)
            value = np.full(at.size, filed.value)
            for one in mine:
                value[(at >= minute_of(one.began)) & (at < minute_of(one.ended))] = float(one.settings["value"])
            if at.size:
                nothing = np.full(at.size, np.nan)
                yield Series(point.mn, f"{filed.factor}-{filed.name}", "parameter", at, value, nothing, nothing, nothing, nothing, np.zeros(at.size, np.uint8))


def _floor(minute: int, step: int, sign: int = 1) -> int:
    shift = CHINA_MINUTES * sign
    return (minute + shift) // step * step - shift


def _cut(one: Series, inside: np.ndarray) -> Series:
    return Series(one.mn, one.factor, one.kind, one.began[inside], one.value[inside], one.low[inside], one.high[inside],
                  one.mass[inside], one.corrected[inside], one.flag[inside])  # fmt: skip


def _all(plan: Plan, facility: Facility, state: Minutes, kinds: tuple[str, ...]) -> Iterator[Series]:
    for point in plan.points_of[facility.code]:
        flow = state.values.get((point.mn, "a00000"), state.values.get((point.mn, "w00000")))
        for factor in point.factors:
            real = _real(state, point.mn, factor)
            for kind in kinds:
                if kind == "real":
                    yield real
                elif kind == "day":
                    yield _day(mean(real, flow, 60, "hour"))
                else:
                    yield mean(real, flow, step_of(plan, kind, factor), kind)


def _real(state: Minutes, mn: str, factor: str) -> Series:
    values = state.values[mn, factor]
    nothing = np.full(values.size, np.nan)
    return Series(mn, factor, "real", state.minutes, values, nothing, nothing, nothing,
                  state.corrected.get((mn, factor), nothing), state.flags[mn, factor])  # fmt: skip


def mean(real: Series, flow: Floats | None, step: int, kind: str) -> Series:
    """Return period means over ``step`` minutes; ``real`` must cover whole periods."""
    shape = (-1, step)
    values, flags = real.value.reshape(shape), real.flag.reshape(shape)
    sent = ~np.isnan(values)
    use = sent & (flags == NORMAL)
    use |= sent & ~use.any(axis=1, keepdims=True)
    places = decimals(real.factor)
    stream = np.nan_to_num(flow.reshape(shape)) if flow is not None else np.zeros(values.shape)
    weights = use * stream if real.factor[0] == "w" and is_pollutant(real.factor) else use.astype(float)
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, use)
    return Series(
        real.mn, real.factor, kind, real.began.reshape(shape)[:, 0],
        np.round(_weighted(values, weights), places),
        np.where(sent.any(axis=1), np.where(use, values, np.inf).min(axis=1), np.nan),
        np.where(sent.any(axis=1), np.where(use, values, -np.inf).max(axis=1), np.nan),
        _mass(real.factor, values, stream, use),
        np.round(_weighted(real.corrected.reshape(shape), use), places),
        _mark(flags, sent),
    )  # fmt: skip


def _weighted(values: Floats, weights: Floats | np.ndarray) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weights > 0, values * weights, 0.0).sum(axis=1) / weights.sum(axis=1)


def _mass(factor: str, values: Floats, stream: Floats, use: np.ndarray) -> Floats:
    """Return m³ for a flow, kg for a pollutant, NaN for the rest (HJ 212-2017 app. D, 1–11 and 33)."""
    if factor in ("a00000", "w00000"):
        return np.round((np.nan_to_num(values) * use).sum(axis=1) * (60.0 if factor == "a00000" else 0.06), 2)
    if not is_pollutant(factor):
        return np.full(values.shape[0], np.nan)
    return np.round((np.nan_to_num(values) * stream * use).sum(axis=1) * 6e-5, 4)


def _mark(flags: Codes, sent: np.ndarray) -> Codes:
    normal = ((flags == NORMAL) & sent).sum(axis=1)
    counts = np.stack([((flags == code) & sent).sum(axis=1) for code in range(1, 8)])
    return np.where(normal > 0.75 * sent.sum(axis=1), 0, counts.argmax(axis=0) + 1).astype(np.uint8)


def _day(hours: Series) -> Series:
    shape = (-1, 24)
    values, flags = hours.value.reshape(shape), hours.flag.reshape(shape)
    sent = ~np.isnan(values)
    use = sent & (flags == NORMAL)
    use |= sent & ~use.any(axis=1, keepdims=True)
    flow = np.nan_to_num(hours.mass.reshape(shape))
    weights = use.astype(float)
    if hours.factor[0] == "w" and is_pollutant(hours.factor):  # Σ mass / Σ (mass / concentration)
        with np.errstate(invalid="ignore", divide="ignore"):
            weights = np.nan_to_num(np.where(use & (values > 0), flow / values, 0.0))
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, use)
    places = decimals(hours.factor)
    total: Floats = np.where(np.isnan(hours.mass.reshape(shape)).all(axis=1), np.nan, (flow * sent).sum(axis=1))
    return Series(
        hours.mn, hours.factor, "day", hours.began.reshape(shape)[:, 0],
        np.round(_weighted(values, weights), places),
        np.where(sent.any(axis=1), np.where(use, hours.low.reshape(shape), np.inf).min(axis=1), np.nan),
        np.where(sent.any(axis=1), np.where(use, hours.high.reshape(shape), -np.inf).max(axis=1), np.nan),
        np.round(total, 3),
        np.round(_weighted(hours.corrected.reshape(shape), use), places),
        _mark(flags, sent),
    )  # fmt: skip
