"""What meters say about production and treatment: off below 5 % of rated, idle to 20 %, running above (our default).

The law asks that treatment runs with the process (GB 37822-2019 10.1.2, GB 4915-2013 4.3.2); thresholds are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .series import HOUR, Mask, Series, Times, Values, align
from .stretch import Equipment, Stretch

OFF, RUNNING = 0.05, 0.20


@dataclass(frozen=True)
class Pair:
    """A production unit and the treatment that follows it, at the moments both meters spoke."""

    production: Series
    treatment: Series
    made: Equipment
    treated: Equipment
    began: Times
    load: Values
    effort: Values

    @property
    def producing(self) -> Mask:
        """Return when production ran."""
        return self.load > RUNNING * self.made.rated

    @property
    def treating(self) -> Mask:
        """Return when treatment ran."""
        return self.effort > RUNNING * self.treated.rated

    @property
    def untreated(self) -> Mask:
        """Return when production ran and treatment was off."""
        return self.producing & (self.effort < OFF * self.treated.rated)


def meter(stretch: Stretch, unit: Equipment) -> Series | None:
    """Return the minute series of a unit's meter."""
    return stretch.find(unit.mn, unit.factor, "minute")


def pairs(stretch: Stretch) -> Iterator[Pair]:
    """Yield every treatment unit with the production it follows, both metered."""
    units = {unit.code: unit for unit in stretch.equipment}
    for treated in stretch.equipment:
        made = units.get(treated.follows)
        if made is None or treated.role != "treatment":
            continue
        production, treatment = meter(stretch, made), meter(stretch, treated)
        if production is not None and treatment is not None:
            here, there = align(production.began, treatment.began)
            yield Pair(production, treatment, made, treated, production.began[here], production.value[here], treatment.value[there])


def outlet_power(stretch: Stretch, outlet: str, times: Times, *, least: bool = False) -> Values:
    """Return the share of rated power at which production behind an outlet ran at each moment; NaN without a meter.

    Units metered by the outlet's own logger; where there are none, all production of the facility.  Of several units the
    busiest counts, or the idlest (``least``): "nothing ran" and "everything ran" are the two safe statements.
    """
    share = np.full(len(times), np.nan)
    pick = np.fmin if least else np.fmax
    for series in production_meters(stretch, outlet):
        rated = next(unit.rated for unit in stretch.equipment if (unit.mn, unit.factor) == (series.point, series.factor))
        here, there = align(times, series.began)
        share[here] = pick(share[here], series.value[there] / rated)
    return share


def production_meters(stretch: Stretch, outlet: str) -> list[Series]:
    """Return the meters of an outlet's production units, or of all the facility's where the outlet has none of its own."""
    found = [meter(stretch, unit) for unit in stretch.equipment if unit.role == "production"]
    known = [series for series in found if series is not None]
    return [series for series in known if series.outlet == outlet] or known


def late_starts(pair: Pair) -> Iterator[tuple[int, int]]:
    """Yield (production began, treatment began) where treatment followed within two hours, not before."""
    rises = np.flatnonzero(pair.producing[1:] & ~pair.producing[:-1]) + 1
    for row in rises:
        start = int(pair.began[row])
        later = np.flatnonzero(pair.treating[row:] & (pair.began[row:] < start + 2 * HOUR))
        if not pair.treating[row] and len(later):
            yield start, int(pair.began[row + later[0]])


def early_stops(pair: Pair) -> Iterator[tuple[int, int]]:
    """Yield (treatment stopped, production stopped) where treatment stopped first, within the two hours before."""
    falls = np.flatnonzero(~pair.producing[1:] & pair.producing[:-1]) + 1
    for row in falls:
        end = int(pair.began[row])
        before = np.flatnonzero(pair.treating[:row] & (pair.began[:row] >= end - 2 * HOUR))
        if not pair.treating[row - 1] and len(before):
            yield int(pair.began[before[-1]]) + pair.treatment.step, end
