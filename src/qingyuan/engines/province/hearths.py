"""What is done to hearths and to meters: cold fires, one signal for all thermocouples, treatment that idles, work by night."""

from __future__ import annotations

import numpy as np

from . import process
from .industries import FURNACE, industries
from .noise import key, normal
from .process import CHINA_MINUTES
from .scene import Scene


def cold(scene: Scene) -> None:
    """A hearth below its temperature in several five-minute spells a day, with waste on the grate."""
    spell = (scene.state.minutes % 120) < scene.number("minutes", 15)
    for factor in ("i33311", "i33312", "i33321", "i33322"):
        scene.put(factor, 805.0 + 6.0 * normal(scene.of, scene.state.minutes), spell & scene.works())


def idle(scene: Scene) -> None:
    """A meter that reads ``share`` of its usual current while production runs."""
    scene.put(scene.one.factor, scene.get(scene.one.factor) * scene.number("share", 0.01), scene.works())


def lag(scene: Scene) -> None:
    """Treatment that starts (or stops) ``minutes`` late (early) at every change of shift."""
    load = scene.state.load > 0.02
    late = int(scene.number("minutes", 40))
    trade, of = industries()[scene.facility.industry], key(scene.plan.seed, scene.facility.code)
    stops = scene.plan.stops_of.get(scene.facility.code, ())
    then = process.condition(trade, of, stops, scene.state.minutes + (late if scene.one.settings.get("edge") == "stop" else -late))[0] > 0.02
    scene.put(scene.one.factor, np.full(scene.inside.size, 1.0), load & ~then)


def unfollowed(scene: Scene) -> None:
    """An order to stop, or a ban, under which production goes on at ``share`` of its usual current."""
    rated = next(one.rated for one in scene.plan.metered[scene.one.mn] if one.factor == scene.one.factor)
    scene.put(scene.one.factor, rated * scene.number("share", 0.7) * (1 + 0.03 * normal(scene.of, scene.state.minutes)))


def unmetered(scene: Scene) -> None:
    """Machines behind the main meter and behind no other: the total is ``by`` times what the rest adds up to."""
    scene.put(scene.one.factor, scene.get(scene.one.factor) * scene.number("by"))


def night_work(scene: Scene) -> None:
    """A line that runs at full load by night and hardly by day."""
    rated = next(one.rated for one in scene.plan.metered[scene.one.mn] if one.factor == scene.one.factor)
    hour = (scene.state.minutes + CHINA_MINUTES) // 60 % 24
    share = np.where((hour >= 22) | (hour < 6), 0.82, 0.28)
    scene.put(scene.one.factor, rated * share * (1 + 0.03 * normal(scene.of, scene.state.minutes)))


def one_signal(scene: Scene) -> None:
    """One thermocouple's signal on every channel of the hearth."""
    for factor in FURNACE:
        scene.put(factor, scene.get(scene.one.factor))


def furnace_mute(scene: Scene) -> None:
    """No thermocouple of the hearth is told."""
    for factor in FURNACE:
        values = scene.state.values[scene.one.mn, factor]
        scene.state.values[scene.one.mn, factor] = np.where(scene.inside, np.nan, values)
