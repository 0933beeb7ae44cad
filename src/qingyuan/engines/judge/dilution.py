"""What was let into the sample line: state and pollutants fall together while the stack flows on as it was."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import condition
from .episodes import while_holds
from .finding import Finding
from .inforce import LawInForce
from .series import DAY
from .stretch import Stretch

GASES = ("a21026", "a21002")


def fallen_together(stretch: Stretch, law: LawInForce, factor: str, share: float) -> Iterator[Finding]:
    """Yield the hours in which ``factor`` and a gas are both below a share of their three days' medians at usual flow, unmarked.

    Reads ``law.p``: gas (share of the gas), alike (how far flow may differ), hours.
    """
    for series in stretch.series(kind="hour", factors=(factor,)):
        unmarked = series.normal & ~condition.upset(stretch, series) & condition.moving(stretch, series)
        low = condition.over_usual(series, np.where(unmarked, series.value, np.nan), 3 * DAY, stretch.began - 2 * DAY) < share
        if not low.any():
            continue
        alike = np.abs(condition.departure(stretch, series, condition.VELOCITY) - 1) < law.p["alike"]
        gases = [condition.departure(stretch, series, gas) < law.p["gas"] for gas in GASES]
        also = condition.others(stretch, series, *GASES, condition.VELOCITY)
        yield from while_holds(stretch, law, series, low & alike & np.any(gases, axis=0), hours=law.p["hours"], also=also)
