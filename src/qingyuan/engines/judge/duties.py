"""Duties with a last day, told as dated facts: what was due, and what was done of it.

    due event    kind e.g. report_due; [began, ended) the period and its last day (half-open); value: how often; text: its name
    done event   kind e.g. report; began: the moment it was done; same outlet and factor
A duty is judged on the day after its last day, so that the finding of a day never waits for a later one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from .finding import Finding
from .inforce import LawInForce
from .series import DAY, Series
from .stretch import Event, Stretch
from .working import fact, sum_of


def undone(stretch: Stretch, law: LawInForce, due: str, done: str) -> Iterator[Finding]:
    """Yield one finding for each duty that was done less often than due when its last day had passed."""
    for duty in stretch.events_of(due):
        if not stretch.began <= duty.ended < min(stretch.ended, stretch.known_until):
            continue
        times = 1.0 if math.isnan(duty.value) else duty.value
        given = sum(duty.began <= one.began < duty.ended for one in stretch.events_of(done, duty.outlet, duty.factor or None) if one.factor == duty.factor)
        step = sum_of("尚欠次数", "due - done", {"due": times, "done": given}, "次")
        if step["value"] > 0:
            yield law.finding(
                stretch, place(stretch, duty), duty.ended, duty.ended + DAY, value=given, unit="次", limit_value=times,
                steps=[fact("应履行事项", duty.text), step], due=times, duty=duty.text,
            )  # fmt: skip


def place(stretch: Stretch, event: Event) -> Series:
    """Return what a finding on an event hangs on: its outlet's point, or the facility's first outlet."""
    first = min((point.outlet for point in stretch.points.values()), default="")
    return stretch.place(event.outlet or first, event.factor)
