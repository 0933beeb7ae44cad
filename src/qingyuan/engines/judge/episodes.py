"""Runs cut into days: how something that lasts becomes findings that do not depend on where a window was cut.

A run that crosses midnight belongs to each day it touches on which, seen with a fixed look-back, it is long enough.  So the
findings of a day are a function of that day and its look-back, and any split of a window gives the same findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .finding import Finding
from .inforce import LawInForce
from .series import DAY, HOUR, Mask, Series, Times, day_start, runs
from .stretch import Stretch
from .working import Node, sum_of

Describe = Callable[[slice], tuple[list[Node], dict[str, Any]]]


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


def while_holds(
    stretch: Stretch,
    law: LawInForce,
    series: Series,
    holds: Mask,
    *,
    hours: float,
    also: Iterable[Series] = (),
    describe: Describe | None = None,
    severity: str | None = None,
    tolerance: int | None = None,
    words: dict[str, Any] | None = None,
) -> list[Finding]:
    """Return one finding per day for each time a condition on a series holds on for at least ``hours``.

    ``value`` is the duration in hours.  ``describe`` is given the rows of a piece and returns sums for the working and
    words for the title; ``words`` are more words for it.  One missing reading does not end a run (``tolerance``, ms).
    """
    first, last = runs(holds, series.began, 2 * series.step if tolerance is None else tolerance)
    if not len(first):
        return []
    found = []
    pieces = by_day(series.began[first], series.began[last - 1] + series.step, stretch, longer_than=round(hours * HOUR))
    for piece in pieces:
        nodes, told = describe(series.between(piece.began, piece.ended)) if describe else ([], {})
        length = duration(piece.began, piece.ended)
        found.append(
            law.finding(
                stretch, series, piece.began, piece.ended, value=length["value"], unit="小时", limit_value=hours, also=also,
                steps=[*nodes, length], severity=severity, anchor=piece.anchor, **{"hours": length["value"], **told, **(words or {})},
            )  # fmt: skip
        )
    return found


def duration(began: int, ended: int) -> Node:
    """Return the working of a duration in hours; both ends in milliseconds."""
    return sum_of("持续时长", "(ended - began) / 3600000", {"ended": ended, "began": began}, "小时")
