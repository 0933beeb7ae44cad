"""The cases in a rule's YAML: a few readings in, the findings expected out.  A lawyer can read and add one.

    point, points   medium, industry, reference_oxygen, outlet, mn        limits  factor, averaging, limit_value, kind, dates
    series          factor, kind, from, values | pieces, flags, step      marks   code, from, to, recorded, factors
    equipment       code, role, factor, rated, follows, name
    events          kind, from, to, factor, value, text                   expect  any fields of the finding; times without offset are China's
A piece is {minutes|hours|days: n} with one of constant: x, noise: [mean, deviation], ramp: [a, b], repeat: [..], missing: true.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from .finding import CHINA, Finding, milliseconds
from .frame import build
from .inforce import LawInForce
from .limits import LimitTable, from_row
from .rule import Rule
from .series import DAY, HOUR, MINUTE, STEP, Times, Values, day_start
from .stretch import Equipment, Event, Mark, Point, Stretch

LENGTH = {"minutes": MINUTE, "hours": HOUR, "days": DAY}
FACILITY, OUTLET, MN = "F", "F/DA001", "M1"
NAMES = ("mn", "facility", "outlet", "factor", "kind", "began", "value", "low", "high", "mass", "corrected", "flag", "received_at")


def at(text: str | dt.datetime | dt.date) -> int:
    """Return a time of a case in milliseconds; without an offset it is China's."""
    moment = dt.datetime.fromisoformat(str(text))
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))


def points_of(case: Mapping[str, Any]) -> dict[str, Point]:
    """Return the points of a case by mn; one gas point when nothing is said."""
    told = case.get("points") or [case.get("point") or {}]
    points = {}
    for one in told:
        mn, outlet = one.get("mn", MN), one.get("outlet", OUTLET)
        rest = {key: value for key, value in one.items() if key not in ("mn", "outlet", "factors")}
        points[mn] = Point(mn=mn, outlet=outlet, facility=FACILITY, outlet_name=outlet, factors=tuple(one.get("factors", ())), **rest)
    return points


def table(case: Mapping[str, Any], points: Mapping[str, Point]) -> pa.Table:
    """Return the readings of a case as the lake's table."""
    parts = []
    for number, one in enumerate(case["series"]):
        point = points[one.get("mn", next(iter(points)))]
        times, values, flags = _column(one, f"{case['name']}/{number}")
        keep = np.isfinite(values)
        count = int(keep.sum())
        corrected = np.asarray(one["corrected"], dtype=float)[keep] if "corrected" in one else np.full(count, np.nan)
        mass = np.full(count, one["mass"], dtype=float) if "mass" in one else np.full(count, np.nan)
        words = [[text] * count for text in (point.mn, FACILITY, point.outlet, one["factor"], one.get("kind", "minute"))]
        late = times[keep] + int(one.get("received_after", 60)) * 1000
        spread = float(one.get("spread", 0.0))
        columns = [*words, times[keep], values[keep], values[keep] - spread, values[keep] + spread, mass, corrected, list(flags[keep]), late]
        parts.append(pa.table(dict(zip(NAMES, columns, strict=True))))
    return pa.concat_tables(parts)


def _column(one: Mapping[str, Any], seed: str) -> tuple[Times, Values, np.ndarray[Any, Any]]:
    step = round(one["step"] * MINUTE) if "step" in one else STEP[one.get("kind", "minute")] or MINUTE
    if "values" in one:
        values = np.array([np.nan if value is None else value for value in one["values"]], dtype=float)
        flags = np.array(list(one.get("flags", "N" * len(values))))
    else:
        made = list(_pieces(one["pieces"], step, seed))
        values, flags = np.concatenate([piece for piece, _ in made]), np.concatenate([letters for _, letters in made])
    return at(one["from"]) + step * np.arange(len(values), dtype=np.int64), values, flags


def _pieces(pieces: list[dict[str, Any]], step: int, seed: str) -> Iterator[tuple[Values, np.ndarray[Any, Any]]]:
    source = np.random.default_rng(zlib.crc32(seed.encode()))
    for piece in pieces:
        count = round(next(piece[word] * length for word, length in LENGTH.items() if word in piece) / step)
        if "constant" in piece:
            values = np.full(count, float(piece["constant"]))
        elif "noise" in piece:
            mean, deviation = piece["noise"]
            values = np.round(source.normal(mean, deviation, count), piece.get("digits", 2))
        elif "ramp" in piece:
            first, last = piece["ramp"]
            values = np.asarray(np.round(np.linspace(first, last, count), piece.get("digits", 2)))
        elif "repeat" in piece:
            values = np.resize(np.asarray(piece["repeat"], dtype=float), count)
        else:
            values = np.full(count, np.nan)
        yield values, np.full(count, piece.get("flag", "N"))


def stretch(case: Mapping[str, Any], readings: pa.Table | None = None, window: tuple[int, int] | None = None) -> Stretch:
    """Return the stretch of a case: its window is the whole days its readings (or ``window:``) touch."""
    points = points_of(case)
    readings = table(case, points) if readings is None else readings
    times = np.asarray(readings.column("began").to_numpy(), dtype=np.int64)
    began, ended = window or _window(case, times)
    marks = [_mark(one) for one in case.get("marks", ())]
    events = [_event(one) for one in case.get("events", ())]
    heard = dict.fromkeys(case.get("heard", ()), began - 30 * DAY)
    meters = [_meter(one) for one in case.get("equipment", ())]
    return build(
        readings, facility=FACILITY, began=began, ended=ended, points=points, marks=marks, events=events, heard=heard, equipment=meters
    )


def _window(case: Mapping[str, Any], times: Times) -> tuple[int, int]:
    if "window" in case:
        return at(case["window"][0]), at(case["window"][1])
    edges = day_start(np.array([times.min(), times.max()]))
    return int(edges[0]), int(edges[1]) + DAY


def _mark(one: Mapping[str, Any]) -> Mark:
    began, ended = at(one["from"]), at(one["to"])
    recorded = at(one["recorded"]) if "recorded" in one else began
    return Mark(one.get("outlet", OUTLET), one["code"], began, ended, recorded, tuple(one.get("factors", ())), review=one.get("review", ""))


def _event(one: Mapping[str, Any]) -> Event:
    began = at(one["from"]) if "from" in one else -(2**62)
    ended = at(one["to"]) if "to" in one else 2**62
    value = float(one.get("value", "nan"))
    return Event(one.get("outlet", OUTLET), one["kind"], began, ended, one.get("factor", ""), value, str(one.get("text", "")))


def _meter(one: Mapping[str, Any]) -> Equipment:
    return Equipment(one["code"], one.get("name", one["code"]), one["role"], one.get("mn", MN), one["factor"], float(one["rated"]), one.get("follows", ""))


def limits(case: Mapping[str, Any]) -> LimitTable:
    """Return the limits of a case."""
    rows = ({"outlet": OUTLET, "unit": "mg/m³", "kind": "permit", "citation": "样例", **one} for one in case.get("limits", ()))
    return LimitTable(from_row(row) for row in rows)


def law(rule: Rule, case: Mapping[str, Any], on: dt.date) -> LawInForce:
    """Return the law a case is judged by; ``parameters:`` in the case override the rule's."""
    return LawInForce(rule, rule.on(on, case.get("parameters")), limits(case))


def judged(rule: Rule, case: Mapping[str, Any], given: Stretch) -> list[Finding]:
    """Return what the rule finds in a case's stretch."""
    day = dt.datetime.fromtimestamp(given.began / 1000, tz=CHINA).date()
    return rule.function(given, law(rule, case, day))


def disagreements(rule: Rule, case: Mapping[str, Any]) -> list[str]:
    """Return one line per expectation that does not hold; empty when the case holds."""
    from .finding import ordered

    found = ordered(judged(rule, case, stretch(case)))
    expected = case["expect"]
    if len(found) != len(expected):
        return [f"{rule.name}「{case['name']}」应有{len(expected)}条，实得{len(found)}条：" + "；".join(f"{f.title} {f.began}–{f.ended}" for f in found)]
    lines = []
    for want, got in zip(expected, found, strict=True):
        for name, value in want.items():
            actual = getattr(got, name)
            if name in ("began", "ended"):
                agrees = milliseconds(actual) == at(value)
            elif isinstance(value, int | float):
                agrees = abs(actual - value) <= 1e-6 * max(1.0, abs(value))
            else:
                agrees = actual == value
            if not agrees:
                lines.append(f"{rule.name}「{case['name']}」{name} 应为 {value}，实为 {actual}")
    return lines
