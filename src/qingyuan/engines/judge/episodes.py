"""Runs cut into days: how something that lasts becomes findings that do not depend on where a window was cut.

A run that crosses midnight belongs to each day it touches on which, seen with a fixed look-back, it is long enough.  So the
findings of a day are a function of that day and its look-back, and any split of a window gives the same findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .series import DAY, Times, day_start
from .stretch import Stretch


@dataclass(frozen=True)
class Piece:
    """The part of a run that one day sees: [began, ended) in ms; ``anchor`` where it begins within its day."""

    began: int
    ended: int
    anchor: int


def by_day(began: Times, ended: Times, stretch: Stretch, *, longer_than: int, look_back: int | None = None) -> Iterator[Piece]:
    """Yield the pieces of runs that last at least ``longer_than`` ms as seen from each judged day.

    Look-back is ``longer_than`` unless given; the rule's declared look-back must not be smaller.
    """
    back = longer_than if look_back is None else look_back
    long_enough = np.flatnonzero(ended - began >= longer_than)
    for one in long_enough:
        first = max(int(day_start(began[one : one + 1])[0]), stretch.began)
        for midnight in range(first, min(int(ended[one]), stretch.ended), DAY):
            start = max(int(began[one]), midnight - back)
            end = min(int(ended[one]), midnight + DAY)
            if end - start >= longer_than and end > midnight:
                yield Piece(start, end, max(start, midnight))
