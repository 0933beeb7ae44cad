"""What some plants do that they should not, and the honest things that only look like it.

Each function lays one planting over the minutes of its facility.  ``HOW`` is the whole list; what is done not
to the minutes but to the figures reported from them is in reported.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from . import process
from .hearths import cold, furnace_mute, idle, lag, night_work, one_signal, unfollowed, unmetered
from .industries import decimals, industries
from .noise import normal, smooth, uniform
from .plan import Facility, Plan
from .process import CALIBRATING, CHINA_MINUTES, FAULT, MAINTENANCE, MANUAL, NORMAL, OVER, Minutes, minute_of
from .scene import Scene

Change = Callable[[Scene], None]


def lay(plan: Plan, facility: Facility, state: Minutes) -> None:
    """Lay every planting of one facility over its minutes, in the order of the plan."""
    for one in plan.planted_at.get(facility.code, ()):
        change = HOW.get(one.how)
        inside = (state.minutes >= minute_of(one.began)) & (state.minutes < minute_of(one.ended))
        if change is not None and inside.any():
            change(Scene(plan, facility, state, one, inside))


def scale(scene: Scene) -> None:
    """A treatment that fails honestly: the measured concentration rises (or a cheat's falls) ``by`` times."""
    scene.put(scene.one.factor, scene.get(scene.one.factor) * scene.number("by"))


def exceed(scene: Scene) -> None:
    """An honest failure of treatment: the converted concentration stands around ``times`` the permitted value."""
    factor = scene.one.factor
    shape = np.exp(0.05 * smooth(scene.of, scene.state.minutes, 60) + 0.02 * normal(scene.of ^ 1, scene.state.minutes))
    scene.put(factor, scene.level(factor).limit_value * scene.number("times") * shape * scene.thin(factor), scene.works())


def freeze(scene: Scene) -> None:
    """A value held by hand or software: every minute reads ``value`` (or the usual level)."""
    factor = scene.one.factor
    held = scene.one.settings.get("value")
    scene.put(factor, np.full(scene.inside.size, float(held) if held is not None else scene.level(factor).level * 0.83))
    scene.mark(factor, NORMAL, np.ones(scene.inside.size, bool))


def silence(scene: Scene) -> None:
    """A logger that sends nothing."""
    for mn, factor in scene.state.values:
        if mn == scene.one.mn:
            scene.state.values[mn, factor] = np.where(scene.inside, np.nan, scene.state.values[mn, factor])


def mute(scene: Scene) -> None:
    """One channel of a logger sends nothing while the others go on."""
    where = (scene.one.mn, scene.one.factor)
    scene.state.values[where] = np.where(scene.inside, np.nan, scene.state.values[where])


def zero(scene: Scene) -> None:
    """Exactly zero while the plant runs."""
    scene.put(scene.one.factor, np.zeros(scene.inside.size), scene.works())


def still(scene: Scene) -> None:
    """A value that trembles within a fraction of a per cent of its range."""
    factor = scene.one.factor
    base = scene.level(factor).level * 0.9
    scene.put(factor, base + scene.level(factor).limit_value * 0.0015 * normal(scene.of, scene.state.minutes))


def floor(scene: Scene) -> None:
    """Values about the detection limit while the plant runs."""
    lod = scene.number("lod", 0.6)
    scene.put(scene.one.factor, lod * (0.2 + 0.6 * uniform(scene.of, scene.state.minutes)), scene.works())


def negative(scene: Scene) -> None:
    """Values below zero under a normal mark."""
    scene.put(scene.one.factor, -0.5 - 2.0 * uniform(scene.of, scene.state.minutes))


def pegged(scene: Scene) -> None:
    """The instrument stands at the top of its range and says so."""
    scene.put(scene.one.factor, np.full(scene.inside.size, scene.level(scene.one.factor).limit_value * 3.0))
    scene.mark(scene.one.factor, OVER, scene.works())


def step(scene: Scene) -> None:
    """A sudden fall that no load change explains."""
    scene.put(scene.one.factor, scene.get(scene.one.factor) * scene.number("to", 0.25))


def hug(scene: Scene) -> None:
    """Kept just under the limit, hour after hour."""
    factor = scene.one.factor
    near = scene.level(factor).limit_value * (0.955 + 0.012 * smooth(scene.of, scene.state.minutes, 50) + 0.005 * normal(scene.of ^ 1, scene.state.minutes))
    scene.put(factor, np.minimum(near, scene.level(factor).limit_value * 0.992) * scene.thin(factor))


def wave(scene: Scene) -> None:
    """A formula in place of a measurement: the same curve every ``period`` minutes."""
    factor = scene.one.factor
    turn = 2 * np.pi * scene.state.minutes / scene.number("period", 60.0)
    scene.put(factor, scene.level(factor).level * (1.0 + 0.12 * np.sin(turn) + 0.03 * np.sin(3 * turn)))


def randomise(scene: Scene) -> None:
    """Random numbers of a narrow band in place of everything above a preset."""
    factor = scene.one.factor
    base = scene.level(factor).level * 0.8
    scene.put(factor, base * (0.97 + 0.06 * uniform(scene.of, scene.state.minutes)))


def replay(scene: Scene) -> None:
    """The minutes of some days ago, played again."""
    back = int(scene.number("days", 2)) * 1440
    shadow = process.run(scene.plan, scene.facility, scene.state.minutes - back)
    for factor in scene.pollutants() if not scene.one.factor else [scene.one.factor]:
        scene.put(factor, shadow.values[scene.one.mn, factor])


def borrow(scene: Scene) -> None:
    """Another outlet's minutes in place of one's own (``from_mn``, of any facility)."""
    source = scene.plan.point[str(scene.one.settings["from_mn"])]
    other = process.run(scene.plan, scene.plan.facility[source.facility], scene.state.minutes)
    for factor in scene.pollutants() if not scene.one.factor else [scene.one.factor]:
        if (source.mn, factor) in other.values:
            scene.put(factor, other.values[source.mn, factor])


def together(scene: Scene) -> None:
    """One raw signal for several pollutants, oxygen held."""
    shape = np.exp(0.25 * smooth(scene.of, scene.state.minutes, 90) + 0.06 * normal(scene.of ^ 1, scene.state.minutes))
    for factor in scene.pollutants():
        scene.put(factor, scene.level(factor).level * 0.8 * shape)
    scene.put("a19001", np.full(scene.inside.size, industries()[scene.plan.outlet[scene.plan.point[scene.one.mn].outlet].stream].stream.oxygen))


def open_air(scene: Scene) -> None:
    """The sample line drinks room air: oxygen near ambient, gases gone, flow as ever."""
    scene.put("a19001", 20.55 + 0.1 * normal(scene.of, scene.state.minutes), scene.works())
    for factor in scene.pollutants():
        scene.put(factor, scene.get(factor) * 0.06, scene.works())


def nitrogen(scene: Scene) -> None:
    """Nitrogen or zero gas in the sample line: gases and oxygen fall together."""
    for factor in (*scene.pollutants(), "a19001"):
        scene.put(factor, scene.get(factor) * 0.22, scene.works())


def dry_gas(scene: Scene) -> None:
    """Dry gas mixed in: moisture and gases fall together."""
    scene.put("a01014", scene.get("a01014") * 0.22, scene.works())
    for factor in scene.pollutants():
        scene.put(factor, scene.get(factor) * 0.35, scene.works())


def set_value(scene: Scene) -> None:
    """A state factor (oxygen, temperature, moisture, hearth …) that stands around ``value`` while the plant runs."""
    factor = scene.one.factor
    scene.put(factor, scene.number("value") + scene.number("spread", 0.3) * normal(scene.of, scene.state.minutes), scene.works())


def recompute(scene: Scene) -> None:
    """A changed reference: the converted concentration is ``by`` times what it should be."""
    state, factor = scene.state, scene.one.factor
    good = np.round(scene.get(factor) / scene.thin(factor), decimals(factor))
    state.corrected[scene.one.mn, factor] = np.where(scene.inside, np.round(good * scene.number("by"), decimals(factor)), good)


def calibrate(scene: Scene) -> None:
    """Calibration after calibration: ``times`` a day for twenty minutes."""
    each = 1440 // int(scene.number("times", 8))
    for factor in scene.pollutants():
        scene.mark(factor, CALIBRATING, (scene.state.minutes % each) < 20)


def cover(scene: Scene) -> None:
    """Exceedance under a device mark (maintenance or fault) that nothing else supports."""
    exceed(scene)
    scene.mark(scene.one.factor, MAINTENANCE if scene.one.settings.get("mark") == "M" else FAULT, scene.works())


def honest_cover(scene: Scene) -> None:
    """Maintenance that is maintenance: the values under the mark are as ever."""
    scene.mark(scene.one.factor, MAINTENANCE, scene.works())


def manual(scene: Scene) -> None:
    """Values typed in by hand, and marked so."""
    scene.mark(scene.one.factor, MANUAL, scene.works())


def broken(scene: Scene) -> None:
    """An instrument out of order for longer than a repair may take."""
    scene.mark(scene.one.factor, FAULT, np.ones(scene.inside.size, bool))


def thin_out(scene: Scene) -> None:
    """``minutes`` of every hour are never sent, and the hour is called normal all the same."""
    gone = scene.inside & (scene.state.minutes % 60 < int(scene.number("minutes")))
    for mn, factor in scene.state.values:
        if mn == scene.one.mn:
            scene.state.values[mn, factor] = np.where(gone, np.nan, scene.state.values[mn, factor])


def as_ever(scene: Scene) -> None:
    """Nothing happens to the readings: what is wrong is what is said about them."""


def honest_stop(scene: Scene) -> None:
    """A plant that stands still, reads zero and says so."""
    for factor in scene.pollutants():
        scene.put(factor, np.zeros(scene.inside.size), ~scene.works())


def no_flow(scene: Scene) -> None:
    """The plant runs, the flow meter says nothing leaves."""
    scene.put("a00000" if scene.plan.point[scene.one.mn].st == "31" else "w00000", np.zeros(scene.inside.size), scene.works())


def ghost(scene: Scene) -> None:
    """Nothing flows and nothing burns, and the pollutants go on moving as on a working day."""
    for factor in scene.pollutants():
        level = scene.level(factor)
        shape = np.exp(level.spread * (0.7 * smooth(scene.of, scene.state.minutes, 90) + 0.4 * normal(scene.of ^ 1, scene.state.minutes)))
        scene.put(factor, level.level * shape * 0.8, ~scene.works())
        scene.mark(factor, NORMAL, ~scene.works())


def nights(scene: Scene) -> None:
    """Clean only at night (22–06), with production as ever."""
    hour = ((scene.state.minutes + CHINA_MINUTES) % 1440) // 60
    scene.put(scene.one.factor, scene.get(scene.one.factor) * scene.number("by", 0.15), (hour >= 22) | (hour < 6))


def dilute(scene: Scene) -> None:
    """Clean water let in: flow rises ``by`` times and concentrations fall as many times, the load stays."""
    by = scene.number("by", 4.0)
    scene.put("w00000", scene.get("w00000") * by)
    for factor in scene.pollutants():
        scene.put(factor, scene.get(factor) / by)


def above_total(scene: Scene) -> None:
    """Ammonia above total nitrogen."""
    scene.put("w21003", scene.get("w21001") * 1.35)


def jumping(scene: Scene) -> None:
    """pH that jumps by several units within the hour."""
    scene.put("w01001", 7.0 + 3.2 * np.sign(np.sin(scene.state.minutes / 9.0)) * (0.6 + 0.4 * uniform(scene.of, scene.state.minutes)))


def stuck(scene: Scene) -> None:
    """pH that does not move at all."""
    scene.put("w01001", np.full(scene.inside.size, 7.32))


def exceed_one(scene: Scene) -> None:
    """One factor (``of``) stands above its limit; what is found of it speaks of the whole outlet."""
    exceed(replace(scene, one=replace(scene.one, factor=str(scene.one.settings["of"]))))


def calibrate_high(scene: Scene) -> None:
    """Twice a day the value climbs above the limit, and then the instrument is calibrated until it is over."""
    factor, minute = scene.one.factor, (scene.state.minutes + CHINA_MINUTES) % 1440
    for start in (300, 1260):
        climbs = (minute >= start) & (minute < start + 40)
        scene.put(factor, scene.level(factor).limit_value * 1.08 * scene.thin(factor), climbs & scene.works())
        scene.mark(factor, CALIBRATING, (minute >= start + 40) & (minute < start + 70))


def slow_flow(scene: Scene) -> None:
    """A flow probe turned aside, or a coefficient moved: speed and flow read ``by`` times what they are."""
    for factor in ("a01011", "a00000"):
        scene.put(factor, scene.get(factor) * scene.number("by"))


def patchy(scene: Scene) -> None:
    """Six hours of every night are flagged as a fault."""
    night = (scene.state.minutes + CHINA_MINUTES) % 1440 < 360
    for factor in scene.pollutants():
        scene.mark(factor, FAULT, night)


HOW: dict[str, Change] = {
    one.__name__: one
    for one in (scale, exceed, freeze, silence, mute, zero, still, floor, negative, pegged, step, hug, wave, randomise, replay, borrow, together,
                open_air, nitrogen, dry_gas, set_value, recompute, calibrate, cover, honest_cover, honest_stop, manual, broken, thin_out, as_ever, no_flow, ghost, nights, dilute, above_total, jumping,
                stuck, cold, idle, lag, unfollowed, unmetered, night_work, one_signal, exceed_one, furnace_mute, calibrate_high, slow_flow, patchy)
}  # fmt: skip
