"""The clocks of a transfer, ours and the other side's, computed from its turns.  Criminal transfer measures 2017; detention measures 2014."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from qingyuan.clock import CHINA
from qingyuan.law import citation, deadlines, rulebook
from qingyuan.law.deadlines import Due

from .models import Transfer, TransferTurn
from .transfer_states import CLOCKS, Run


@dataclass(frozen=True)
class Running:
    """One clock of a transfer: ``due_at`` the moment for a clock of hours, ``done_at`` when it stopped; whose it is."""

    due: Due
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    is_late: bool
    is_ours: bool


def clocks_of_transfer(row: Transfer, at: dt.datetime) -> list[Running]:
    """Every clock that has started, in the order of the table."""
    turns = list(row.turns.all())
    found = [running(run, turns, at) for run in CLOCKS.get(row.kind, ())]
    return [clock for clock in found if clock is not None]


def running(run: Run, turns: list[TransferTurn], at: dt.datetime) -> Running | None:
    """The clock as its last start left it; None while nothing has started it."""
    start = next((turn for turn in reversed(turns) if turn.name == run.started_by), None)
    if start is None or (run.from_their_decision and start.decided_on is None):
        return None
    done = next((turn.moment for turn in turns if turn.name in run.stopped_by and (turn.moment, turn.pk) >= (start.moment, start.pk)), None)
    first = next((turn for turn in reversed(turns) if turn.name == run.counted_from), start) if run.counted_from else start
    if rulebook.load().get(f"procedure/{run.clock}", on=first.on)["unit"] == "hour":
        due, due_at = hours(run.clock, first.moment)
        if run.lapses and done is None and at > due_at:
            done = due_at
        return Running(due, due_at, done, (done or at) > due_at, run.is_ours)
    due = deadlines.due(run.clock, first.decided_on if run.from_their_decision and first.decided_on else first.on)
    return Running(due, None, done, due.is_late((done or at).astimezone(CHINA).date()), run.is_ours)


def hours(clock: str, started: dt.datetime) -> tuple[Due, dt.datetime]:
    """A clock counted in hours in the shape of the others, with the moment it runs out."""
    entry = rulebook.load().get(f"procedure/{clock}", on=started.date())
    until = deadlines.due_at(clock, started).astimezone(CHINA)
    cited = citation.parse_all(entry["citation"])
    said = f"自 {started.astimezone(CHINA):%Y-%m-%d %H:%M} 起{entry['budget']}小时，至 {until:%Y-%m-%d %H:%M} 止"
    due = Due(clock, entry["label"], entry["budget"], "hour", started.astimezone(CHINA).date(), until.date(), (said,), cited[0], False, entry["grade"], citations=cited)
    return due, until


def given(clock: str, label: str, started: dt.date, due_on: dt.date, cited: str, grade: str = "U") -> Due:
    """A day that somebody set, not the law: a listed supervision, a commitment."""
    parsed = citation.parse_all(cited)
    return Due(clock, label, (due_on - started).days, "day", started, due_on, (f"{started} 起，限 {due_on} 前",), parsed[0], False, grade, citations=parsed)
