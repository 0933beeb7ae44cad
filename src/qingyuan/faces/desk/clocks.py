"""Legal clocks on a screen: whose they are, and what it means when they have run out.

A period of the party (to answer, to ask for a hearing, to pay, to sue) that is over is not our delay: it is over.
"""

from __future__ import annotations

import datetime as dt

from qingyuan.records.cases.clocks import CaseClock, clocks_of, is_of_party
from qingyuan.records.cases.models import Case


def is_over(clock: CaseClock, on: dt.date) -> bool:
    return clock.due.due_on < on


def nearest_of_ours(case: Case, on: dt.date) -> CaseClock | None:
    """The running clock of the agency that ends first; None when nothing runs against us."""
    running = [clock for clock in clocks_of(case, on) if clock.done_on is None and not is_of_party(clock)]
    return min(running, key=lambda clock: clock.due.due_on, default=None)


def shown(case: Case, on: dt.date, at: dt.datetime | None = None) -> list[tuple[CaseClock, bool]]:
    """Every clock with whether it is the party's: ours that run first, then the party's that run, then what is over."""
    rows = [(clock, is_of_party(clock)) for clock in clocks_of(case, on, at)]
    return sorted(rows, key=lambda row: (row[0].done_on is not None, row[1] and is_over(row[0], on), row[1], row[0].due.due_on))
