"""Which findings may be acted on yet.

A finding about what is missing is true only when what was missing does not come any more.  Devices send their backlog
after an outage, dischargers have until noon of the next day to mark and to fill in (store/journal), and a point that is
talking at this moment is late, not silent.  Live and retro still find the same; this only says what is ripe.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from qingyuan.engines.store.journal import deadline_of

from .finding import Finding

# rules that find what is missing in a day, and so wait for the day's deadline
OF_WHOLE_DAYS = frozenset(
    ["incomplete_day", "incomplete_hour", "capture_rate_low", "factor_missing", "furnace_temperature_missing", "arrival_rate_low", "transmission_rate_low"]
)
SILENCE = "offline"
TALKING = dt.timedelta(minutes=15)  # a point heard this recently is on the line (setting of the platform)


def settled(findings: Iterable[Finding], *, at: dt.datetime, heard: Mapping[str, dt.datetime]) -> list[Finding]:
    """Return the findings that are ripe at ``at``; ``heard`` is when the gateway last had a packet of each point.

    A silence counts only while the point is silent and the gateway hears others: when nobody was heard for as
    long, the outage is ours.
    """
    is_our_outage = not heard or at - max(heard.values()) > TALKING
    return [finding for finding in findings if is_ripe(finding, at, heard, is_our_outage)]


def is_ripe(finding: Finding, at: dt.datetime, heard: Mapping[str, dt.datetime], is_our_outage: bool) -> bool:
    if finding.rule in OF_WHOLE_DAYS:
        return at >= deadline_of(finding.ended - dt.timedelta(milliseconds=1))
    if finding.rule == SILENCE:
        last = heard.get(finding.point)
        is_talking = last is not None and at - last <= TALKING
        return not is_our_outage and not is_talking
    return True
