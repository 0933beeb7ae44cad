"""The legal clocks of a case: budget, holes, arithmetic, article. "Overdue" is computed here and stored nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from qingyuan.clock import CHINA
from qingyuan.law import deadlines, rulebook
from qingyuan.law.deadlines import Due

from .daily import served_orders
from .laboratory import clocks_of_sampling
from .liaison import ANSWERED_WITHIN
from .measures import approval_clock, clocks_of_measure
from .models import Case, Liaison
from .transfer_clocks import Running, clocks_of_transfer, given


@dataclass(frozen=True)
class CaseClock:
    """One clock as a screen shows it; ``done_on`` stops it.

    ``is_wait``: the day after which the next step is open (the party's own period), so it is never late; ``is_theirs``: the
    police or another body has to act; ``due_at``: the moment, for a clock of hours.
    """

    due: Due
    done_on: dt.date | None
    days_left: int
    is_late: bool
    is_wait: bool = False
    is_theirs: bool = False
    due_at: dt.datetime | None = None

    @property
    def is_still(self) -> bool:
        """Whether it stands still in an open suspension."""
        return self.due.due_on == dt.date.max

    @property
    def label(self) -> str:
        return self.due.label


OF_THE_PARTY = ("payment", "reconsideration", "litigation", "rectification_plan")


def is_of_party(clock: CaseClock) -> bool:
    """Whether somebody else has to act, or we have to wait until they have: never our delay."""
    return clock.is_wait or clock.is_theirs or clock.due.clock in OF_THE_PARTY


def clocks_of(case: Case, on: dt.date, at: dt.datetime | None = None) -> list[CaseClock]:
    """Every clock that has started, the running ones first, by urgency; ``at`` for clocks of hours, else the end of the day."""
    rows = [*clocks_of_procedure(case, on), *clocks_beside(case, on, at or dt.datetime.combine(on, dt.time(23, 59), CHINA))]
    return sorted(rows, key=lambda row: (row.done_on is not None, row.due.due_on))


def clocks_of_procedure(case: Case, on: dt.date) -> list[CaseClock]:
    """Filing to performance: the ordinary road."""
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
    fell_on = case.annulled_on or case.changed_on
    if fell_on and case.published_on and case.published_on <= fell_on:
        rows.append(clock("withdraw_publication", fell_on, case.publication_withdrawn_on, on))
    return rows


def clocks_beside(case: Case, on: dt.date, at: dt.datetime) -> list[CaseClock]:
    """Measures, transfers, liaison, supervision, commitments, samples, orders to correct."""
    rows = [shown(due, done_on, on) for row in case.measures.all() for due, done_on in clocks_of_measure(row)]
    rows += [of_running(found, on) for row in case.measures.all() if (found := approval_clock(row, at)) is not None]
    rows += [of_running(found, on) for row in case.transfers.all() for found in clocks_of_transfer(row, at)]
    rows += [of_liaison(row, on) for row in case.liaisons.all() if row.due_on]
    for row in case.supervisions.all():
        rows.append(shown(given("supervision", f"挂牌督办（{row.body}）", row.on, row.due_on, "platform_practice"), row.released_on, on))
    for row in case.commitments.all():
        promised = shown(given("commitment", "核查整改承诺", row.on, row.due_on, "penalty_law:33"), row.checked_on, on)
        rows.append(promised)
    for row in case.samplings.all():
        rows += [replace(shown(due, done_on, on), is_theirs=is_theirs, is_wait=is_wait) for due, done_on, is_theirs, is_wait in clocks_of_sampling(row)]
    return rows + [clock("correction_reinspection", served, None, on) for served in reinspections(case)]


def of_running(found: Running, on: dt.date) -> CaseClock:
    done_on = found.done_at.astimezone(CHINA).date() if found.done_at else None
    return CaseClock(found.due, done_on, (found.due.due_on - (done_on or on)).days, found.is_late, is_theirs=not found.is_ours, due_at=found.due_at)


def of_liaison(row: Liaison, on: dt.date) -> CaseClock:
    """An answer owed: ours to an inquiry or an opinion of the procuratorate, theirs to our letter."""
    cited = {"consultation_reply": "criminal_transfer_measures:24", "procuratorate_transfer": "criminal_transfer_measures:14"}
    name = ANSWERED_WITHIN.get(row.kind, "liaison")
    due = given(name, f"{row.get_kind_display()}（{row.body}）", row.on, row.due_on or row.on, cited.get(name, "platform_practice"), "A" if name in cited else "U")
    return replace(shown(due, row.ended_on, on), is_theirs=row.kind == "letter")


def reinspections(case: Case) -> list[dt.date]:
    """Days of service of orders to correct that nobody has looked at again, in cases on the way to a daily penalty."""
    return [served for order, served in served_orders(case) if order.kind == "second_correction_order"]


def shown(due: Due, done_on: dt.date | None, on: dt.date) -> CaseClock:
    return CaseClock(due, done_on, (due.due_on - (done_on or on)).days, due.is_late(done_on or on))


def clock(name: str, started: dt.date, done_on: dt.date | None, on: dt.date, suspensions: tuple[deadlines.Suspension, ...] = ()) -> CaseClock:
    due = deadlines.due(name, started, suspensions=suspensions)
    left = due.left if due.due_on == dt.date.max else (due.due_on - (done_on or on)).days
    is_wait = rulebook.load().entry(f"procedure/{name}").get("meaning") == "earliest"
    return CaseClock(due, done_on, left, not is_wait and due.is_late(done_on or on), is_wait)


def holes(case: Case) -> tuple[deadlines.Suspension, ...]:
    """The days the decision clock does not count: what was suspended, and a hearing from its notice to its end."""
    written = [deadlines.Suspension(began=s.on, ended=s.ended, ground=s.ground, citation=s.citation) for s in case.suspensions.all()]
    heard = [deadlines.Suspension(began=row.on, ended=row.closed_on or row.cancelled_on, ground="hearing") for row in case.hearings.all()]
    return tuple(sorted([*written, *heard], key=lambda hole: hole.began))


def stopped(case: Case) -> dt.date | None:
    """A case that ended without a decision stops its clock on the day it closed."""
    return case.closed_on if case.decided_on is None else None


def paid_on(case: Case) -> dt.date | None:
    """The day the fine was paid in full."""
    paid = 0
    for payment in case.payments.filter(measure=None):
        paid += payment.amount_fen
        if paid >= (case.fine_fen or 0):
            return payment.on
    return None

