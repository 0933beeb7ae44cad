"""The worker: loops that ask "is something due?", claim it by an update that must touch one row, do it, and sleep.

    ingest   packets of the spool become rows of the lake
    judge    yesterday and today are judged again; new findings become clues
    seal     closed and open spool segments, and the trail of the records, get their place in the ledger
    compact  the day's many small files become few, by facility and month
    export   the registry's points and limits go to the engines
    remind   legal clocks that come near reach the person who must act, once
    index    cases become findable by any two characters
    numbers  reserved numbers nobody used come back, explained
    clues    clocks of clues that ran out go up the line, once; the waiting list moves on as people have room
    learn    what became of clues and cases goes back to the rules that found them

Two workers may run side by side: the claim decides.  A worker that dies lets go when its lease ends.
"""

from __future__ import annotations

import datetime as dt
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from typing import TextIO

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import Q

from qingyuan import clock
from qingyuan.engines import ledger
from qingyuan.engines.judge import run as judge
from qingyuan.engines.judge.settling import settled
from qingyuan.engines.store import asof, compact, ingest
from qingyuan.records.cases import door as cases
from qingyuan.records.cases import reminders, search
from qingyuan.records.clues import door as clues
from qingyuan.records.clues import governor, timing
from qingyuan.records.docket import numbering
from qingyuan.records.registry import door as registry
from qingyuan.records.registry.models import Loop
from qingyuan.records.reports import basin

LEASE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Due:
    """One loop: what it does with the data folder at a moment, and how often."""

    name: str
    every: dt.timedelta
    work: Callable[[Path, dt.datetime], object]


def take_in(data: Path, at: dt.datetime) -> object:
    return ingest.ingest(data)


def judge_recent(data: Path, at: dt.datetime) -> object:
    began = clock.yesterday(at)
    found = judge.judge(data, began=began, ended=at)
    ripe = settled(found, at=at, heard=heard(data))
    fresh = clues.take_findings([finding.as_json() for finding in ripe], at=at)
    clues.let_lapse({finding.id for finding in found}, since=began, at=at)
    return fresh


def heard(data: Path) -> dict[str, dt.datetime]:
    """When the gateway last had a packet of each point."""
    rows = asof.latest(data).select(["mn", "received_at"]).to_pylist()
    last: dict[str, dt.datetime] = {}
    for row in rows:
        last[row["mn"]] = max(row["received_at"], last.get(row["mn"], row["received_at"]))
    return last


def remind(data: Path, at: dt.datetime) -> object:
    return reminders.turn(at)


def index_cases(data: Path, at: dt.datetime) -> object:
    return search.index_missing()


def take_numbers_back(data: Path, at: dt.datetime) -> object:
    return numbering.return_overdue(at=at)


def move_clues(data: Path, at: dt.datetime) -> object:
    governor.govern_all(at)
    return timing.turn(at)


def watch_sections(data: Path, at: dt.datetime) -> object:
    return basin.watch(at)


def learn(data: Path, at: dt.datetime) -> object:
    return cases.hand_outcomes(data)


def compact_lake(data: Path, at: dt.datetime) -> object:
    return compact.compact(data, at=at)


def seal_all(data: Path, at: dt.datetime) -> object:
    ledger.seal(data, at)
    return registry.seal_events(data, at)


def export(data: Path, at: dt.datetime) -> object:
    return registry.export_dimensions(data)


LOOPS = (
    Due("export", dt.timedelta(minutes=5), export),
    Due("ingest", dt.timedelta(seconds=2), take_in),
    Due("judge", dt.timedelta(seconds=10), judge_recent),
    Due("seal", dt.timedelta(seconds=30), seal_all),
    Due("remind", dt.timedelta(minutes=1), remind),
    Due("index", dt.timedelta(minutes=1), index_cases),
    Due("numbers", dt.timedelta(minutes=5), take_numbers_back),
    Due("clues", dt.timedelta(minutes=1), move_clues),
    Due("sections", dt.timedelta(minutes=5), watch_sections),
    Due("learn", dt.timedelta(minutes=10), learn),
    Due("compact", dt.timedelta(hours=1), compact_lake),
)


def run(*, once: bool, out: TextIO, stop: Flag | None = None) -> None:
    """Go round the loops until told to stop; ``once`` takes every loop one time, due or not."""
    stop = stop or stop_on_signal()
    data = settings.QINGYUAN_DATA
    data.mkdir(parents=True, exist_ok=True)
    for loop in LOOPS:
        Loop.objects.get_or_create(name=loop.name, defaults={"next_at": clock.now()})
    while not stop.is_set():
        for loop in LOOPS:
            if (once or claim(loop, clock.now())) and not stop.is_set():
                take_turn(loop, data, out)
        if once:
            return
        close_old_connections()
        stop.wait(0.5)


def claim(loop: Due, at: dt.datetime) -> bool:
    """True when this worker, and no other, may take the loop now."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    return Loop.objects.filter(free, name=loop.name, next_at__lte=at).update(lease_until=at + LEASE) == 1


def take_turn(loop: Due, data: Path, out: TextIO) -> None:
    """Do it once; an error is written down and the loop comes round again."""
    error = ""
    try:
        loop.work(data, clock.now())
    except Exception:
        error = traceback.format_exc()
        print(f"{loop.name}: {error}", file=out, flush=True)
        connection.close()
    done = clock.now()
    Loop.objects.filter(name=loop.name).update(lease_until=None, next_at=done + loop.every, last_error=error[-4000:], done_at=done)


def stop_on_signal() -> Flag:
    stop = Flag()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
