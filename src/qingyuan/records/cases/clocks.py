"""The legal clocks of a case: budget, holes, arithmetic, article. "Overdue" is computed here and stored nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from qingyuan.law import deadlines, rulebook
from qingyuan.law.deadlines import Due

from .models import Case


@dataclass(frozen=True)
class CaseClock:
    """One clock as a screen shows it; ``done_on`` stops it.

    ``is_wait``: the day after which the next step is open (the party's own period), so it is never late.
    """

    due: Due
    done_on: dt.date | None
    days_left: int
    is_late: bool
    is_wait: bool = False

    @property
    def is_still(self) -> bool:
        """Whether it stands still in an open suspension."""
        return self.due.due_on == dt.date.max

    @property
    def label(self) -> str:
        return self.due.label


def clocks_of(case: Case, on: dt.date) -> list[CaseClock]:
    """Every clock that has started, the running ones first, by urgency."""
    rows = [clock("decision_90", case.filed_on, case.decided_on or stopped(case), on, holes(case))]
    if case.notice_served_on:
        rows.append(clock("statement", case.notice_served_on, case.waived_on or case.decided_on, on))
        rows.append(clock("hearing_request", case.notice_served_on, case.waived_on or case.hearing_requested_on or case.decided_on, on))
    if case.decided_on:
        rows.append(clock("service", case.decided_on, case.served_on or case.annulled_on, on))
        rows.append(clock("publication", case.decided_on, case.published_on or case.annulled_on, on))
    if case.served_on:
        ended = case.annulled_on or case.closed_on
        rows.append(clock("payment", case.served_on, paid_on(case) or ended, on))
        rows.append(clock("reconsideration", case.served_on, ended, on))
        rows.append(clock("litigation", case.served_on, ended, on))
    if case.annulled_on and case.published_on:
        rows.append(clock("withdraw_publication", case.annulled_on, case.publication_withdrawn_on, on))
    return sorted(rows, key=lambda row: (row.done_on is not None, row.due.due_on))


def clock(name: str, started: dt.date, done_on: dt.date | None, on: dt.date, suspensions: tuple[deadlines.Suspension, ...] = ()) -> CaseClock:
    due = deadlines.due(name, started, suspensions=suspensions)
    left = due.left if due.due_on == dt.date.max else (due.due_on - (done_on or on)).days
    is_wait = rulebook.load().entry(f"procedure/{name}").get("meaning") == "earliest"
    return CaseClock(due, done_on, left, not is_wait and due.is_late(done_on or on), is_wait)


def holes(case: Case) -> tuple[deadlines.Suspension, ...]:
    """The days the decision clock does not count."""
    return tuple(deadlines.Suspension(began=s.on, ended=s.ended, ground=s.ground, citation=s.citation) for s in case.suspensions.all())


def stopped(case: Case) -> dt.date | None:
    """A case that ended without a decision stops its clock on the day it closed."""
    return case.closed_on if case.decided_on is None else None


def paid_on(case: Case) -> dt.date | None:
    """The day the fine was paid in full."""
    paid = 0
    for payment in case.payments.all():
        paid += payment.amount_fen
        if paid >= (case.fine_fen or 0):
            return payment.on
    return None

