"""Worlds with one planted source: a river that carries loads to a section, a wind that carries a plume to a station, a car among plants.

The forward models are not the ones the tracing inverts: velocities, dispersion, decoys, gaps and noise are drawn, and the
tracing is told only what an authority would know (nominal velocity, hourly data with holes, a wind mast, permits).
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from qingyuan.engines.trace.candidate import moved
from qingyuan.engines.trace.loads import Loads
from qingyuan.engines.trace.river import Network, Reach, Standing, Warned
from qingyuan.engines.trace.track import Fix
from qingyuan.engines.trace.wind import Receptor, Source, Wind

START = dt.datetime(2026, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HOURS = 24 * 14
MODES = ("raised", "dark", "small")


def river(seed: int):
    """(network, warned, loads, truth) or None when the section noticed nothing: there is then nothing to trace."""
    pick = np.random.default_rng(seed)
    reaches, outlets = _tree(pick)
    section = Standing("S1", "出境断面", "R0", reaches[0].length_km)
    network = Network(tuple(reaches), (section,), tuple(outlets))
    above = network.upstream("S1", 168)
    base = {one.outlet.id: float(pick.lognormal(1.2, 0.9)) for one in above}
    permitted = [one for one in above if "w21003" in one.outlet.factors]
    if not permitted:
        return None
    truth = permitted[int(pick.integers(len(permitted)))]
    mode = MODES[int(pick.integers(3))]
    loads = {name: _usual(pick, level) for name, level in base.items()}
    at, length = int(pick.integers(190, 230)), int(pick.integers(4, 13))
    flow = float(pick.uniform(8, 30))
    extra = np.zeros(HOURS)
    extra[at : at + length] = float(pick.uniform(0.8, 2.0)) * flow * 3.6
    if mode == "small":
        loads[truth.outlet.id] *= 0.2
    paths = {one.outlet.id: _path(pick, one) for one in above}
    usual = sum(_arrives(loads[one.outlet.id], paths[one.outlet.id]) for one in above)
    noise = pick.normal(1, 0.04, HOURS) / (flow * 3.6)
    warned = _warning((usual + _arrives(extra, paths[truth.outlet.id])) * noise, flow)
    without = _warning(usual * noise, flow)
    if warned is None or (without is not None and without.began <= warned.ended):
        return None  # the section saw nothing, or would have warned without the planted source
    told = {}
    for one in above:
        name = one.outlet.id
        series = loads[name] + (extra if one is truth and mode != "dark" else 0)
        told[name] = _told(pick, series, (at, at + length) if one is truth and mode == "dark" else None)
    for one in above:  # no permit for the factor: mostly no instrument for it either
        if one is not truth and pick.random() < (0.05 if "w21003" in one.outlet.factors else 0.8):
            del told[one.outlet.id]
    return network, warned, told, truth.outlet.id


def _tree(pick):
    reaches = [Reach("R0", "清河", "", float(pick.uniform(4, 12)), float(pick.uniform(0.3, 0.9)))]
    for number in range(1, int(pick.integers(9, 18))):
        down = reaches[int(pick.integers(max(0, number - 4), number))].id
        reaches.append(Reach(f"R{number}", f"支流{number}", down, float(pick.uniform(3, 18)), float(pick.uniform(0.2, 0.9))))
    outlets = []
    for number in range(int(pick.integers(16, 34))):
        on = reaches[int(pick.integers(len(reaches)))]
        factors = frozenset({"w21003", "w01018"} if pick.random() < 0.75 else {"w01018"})
        outlets.append(Standing(f"O{number:02d}", f"排口{number}", on.id, float(pick.uniform(0, on.length_km)), f"F{number:02d}", factors))
    return reaches, outlets


def _usual(pick, level):
    hours = np.arange(HOURS)
    daily = 1 + 0.25 * np.sin(2 * math.pi * (hours - pick.uniform(0, 24)) / 24)
    series = level * daily * pick.lognormal(0, 0.18, HOURS)
    for _ in range(int(pick.integers(0, 4))):  # honest surges at any time, the window included
        start = int(pick.integers(0, HOURS - 8))
        series[start : start + int(pick.integers(2, 8))] *= pick.uniform(1.5, 3)
    return series


def _path(pick, one):
    """The true travel time in hours, around the nominal one."""
    return one.hours * pick.uniform(0.8, 1.25)


def _arrives(series, hours):
    """The load at the section: late by the true travel time, spread by dispersion, some of it lost on the way."""
    width = max(1.0, 0.12 * hours)
    lags = np.arange(0, int(hours + 5 * width) + 2)
    kernel = np.exp(-0.5 * ((lags - hours) / width) ** 2)
    return np.convolve(series * math.exp(-0.004 * hours), kernel / kernel.sum())[:HOURS]


def _warning(seen, flow):
    """What a section's station would report: the first two hours in a row well above the week before."""
    for hour in range(180, HOURS - 1):
        past = seen[hour - 150 : hour - 12]
        bar = past.mean() + 4 * past.std()
        if seen[hour] > bar and seen[hour + 1] > bar:
            end = hour + 1
            while end < HOURS and seen[end] > past.mean() + 2 * past.std():
                end += 1
            excess = float(seen[hour:end].mean() - past.mean())
            return Warned("S1", "w21003", START + dt.timedelta(hours=hour), START + dt.timedelta(hours=end), excess, flow)
    return None


def _told(pick, series, dark):
    hours = int(START.timestamp()) + 3600 * np.arange(HOURS)
    keep = pick.random(HOURS) > pick.uniform(0, 0.06)
    if pick.random() < 0.15:  # an honest gap somewhere
        gap = int(pick.integers(0, HOURS - 10))
        keep[gap : gap + int(pick.integers(3, 10))] = False
    if dark:
        keep[dark[0] : dark[1]] = False
    return Loads(hours[keep], series[keep])


def air(seed: int, *, receptors: int = 1):
    """(receptors, winds, sources, loads, truth): plants within 20 km, one of them smells; the wind turns, the mast is noisy."""
    pick = np.random.default_rng(seed)
    middle = (104.2, 36.5)
    sources = []
    for number in range(40):
        lon, lat = moved(*middle, float(pick.uniform(0, 360)), float(20 * math.sqrt(pick.random())))
        sources.append(Source(f"F{number:02d}", f"工厂{number}", lon, lat, frozenset({"a24088"} if pick.random() < 0.6 else {"a21002"})))
    emitting = [one for one in sources if "a24088" in one.factors and _km(middle, one) > 0.6]
    truth = emitting[int(pick.integers(len(emitting)))]
    directions, speeds = _blowing(pick)
    places = []
    for _ in range(60):
        if len(places) == receptors:
            break
        hour = float(pick.uniform(2, 18)) if not places else float(np.clip(places[0][2] + pick.uniform(-2, 2), 2, 19))
        place = _carried(pick, truth, directions, speeds, hour)
        if place is not None:
            places.append(place)
    seen = [Receptor(lon, lat, START + dt.timedelta(hours=hour)) for lon, lat, hour in places]
    winds = [Wind(START + dt.timedelta(minutes=10 * n), max(0.0, float(s * pick.normal(1, 0.1))), float(d + pick.normal(0, 8)) % 360)
             for n, (d, s) in enumerate(zip(directions, speeds, strict=True))]  # fmt: skip
    return seen, winds, sources, {}, truth.facility


def _km(middle, one):
    from qingyuan.engines.trace.candidate import distance_km

    return distance_km(*middle, one.lon, one.lat)


def _blowing(pick):
    """Ten-minute winds of twenty hours: a slow turn, gusts, never quite calm."""
    steps = 6 * 20
    direction = float(pick.uniform(0, 360)) + np.cumsum(pick.normal(0, 3.0, steps))
    return direction % 360, np.clip(2.4 + np.cumsum(pick.normal(0, 0.12, steps)), 0.8, 6)


def _carried(pick, truth, directions, speeds, hour):
    """Where a puff let out by the true source has gone after some minutes of true wind, a little to the side: a nose stands there."""
    minutes = float(pick.uniform(8, 70))
    lon, lat, left = truth.lon, truth.lat, hour * 60 - minutes
    for minute in range(int(minutes)):
        step = min(int((left + minute) // 10), len(speeds) - 1)
        lon, lat = moved(lon, lat, float(directions[step] + 180 + pick.normal(0, 10)), float(speeds[step]) * 0.06)
    side = float(pick.normal(0, 0.12)) * minutes * 2.4 * 0.06
    lon, lat = moved(lon, lat, float(pick.uniform(0, 360)), abs(side))
    return lon, lat, hour


def drive(seed: int):
    """(track, sources, truth): two rounds of a car among twenty plants; one of them leaks under a wavering wind."""
    pick = np.random.default_rng(seed)
    middle = (104.2, 36.5)
    sources = [
        Source(f"F{n:02d}", f"工厂{n}", *moved(*middle, float(pick.uniform(0, 360)), float(2.2 * math.sqrt(pick.random()))),
               frozenset({"a24088"} if pick.random() < 0.6 else {"a21002"})) for n in range(20)
    ]  # fmt: skip
    leaking = [one for one in sources if "a24088" in one.factors]
    truth = leaking[int(pick.integers(len(leaking)))]
    blow, speed, rate = float(pick.uniform(0, 360)), float(pick.uniform(1.2, 4)), float(pick.uniform(4e4, 2e5))
    track, corners = [], [(-2.0, y) if (n % 2 == 0) else (2.0, y) for n, y in enumerate(np.repeat(np.arange(-2, 2.4, 0.45), 2))]
    second = 0
    for start, stop in zip(corners, corners[1:], strict=False):
        length = math.hypot(stop[0] - start[0], stop[1] - start[1])
        for part in np.arange(0, 1, 0.02 / max(length, 0.02)):
            x, y = start[0] + (stop[0] - start[0]) * part, start[1] + (stop[1] - start[1]) * part
            lon, lat = moved(*moved(*middle, 90, x), 0, y)
            way = blow + float(pick.normal(0, 9))
            value = float(pick.lognormal(4.1, 0.25)) + _plume(truth, lon, lat, way, speed, rate)
            track.append(Fix(START + dt.timedelta(seconds=second), lon, lat, value, way % 360, max(0.1, speed * float(pick.normal(1, 0.15)))))
            second += 2
    return track, sources, truth.facility


def _plume(one, lon, lat, blow, speed, rate):
    """Gaussian plume at the ground, neutral air; µg/m³."""
    from qingyuan.engines.trace.candidate import bearing, distance_km

    km = max(distance_km(one.lon, one.lat, lon, lat), 0.03)
    angle = math.radians((bearing(one.lon, one.lat, lon, lat) - (blow + 180) + 180) % 360 - 180)
    along, across = km * 1000 * math.cos(angle), km * 1000 * math.sin(angle)
    if along <= 0:
        return 0.0
    wide, high = 0.08 * along / math.sqrt(1 + 0.0001 * along) + 8, 0.06 * along / math.sqrt(1 + 0.0015 * along) + 5
    return rate / (math.pi * speed * wide * high) * math.exp(-0.5 * (across / wide) ** 2) * 60
