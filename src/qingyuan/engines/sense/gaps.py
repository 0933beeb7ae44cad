"""Which periods are missing, and which of them to ask for now.

Pure.  Fed with (mn, command code, DataTime) of everything that arrives; asked from time to time what is due.  Hours
and minutes are looked for over the last two days.  Asking has a budget: a logger on a radio line must not be buried,
and one that never answers is left alone for a day.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Container
from dataclasses import dataclass, field
from typing import NamedTuple

LOOK_BACK = dt.timedelta(hours=48)
STEP_S = {"2061": 3600, "2051": 600}
LATE = {"2061": dt.timedelta(minutes=75), "2051": dt.timedelta(minutes=15)}


class Pull(NamedTuple):
    """Ask ``mn`` for the periods of command ``cn`` that start in [began, ended] (both are starts of periods, aware)."""

    mn: str
    cn: str
    began: dt.datetime
    ended: dt.datetime


@dataclass(frozen=True)
class Budget:
    """How much asking is allowed."""

    per_device_and_hour: int = 4
    all_per_minute: int = 60
    periods_at_once: int = 24
    tries: int = 3  # for one window
    rest_after_silence: dt.timedelta = dt.timedelta(hours=24)
    silences: int = 2


@dataclass
class _Line:
    """What is known of one device and command."""

    step_s: int
    seen: set[int] = field(default_factory=set)
    tries: dict[int, int] = field(default_factory=dict)

    def see(self, start: int, sets_step: bool) -> None:
        if sets_step and self.seen:
            nearest = min(abs(start - one) for one in self.seen)
            if 60 <= nearest < self.step_s:
                self.step_s = nearest
        self.seen.add(start)

    def windows(self, now: int, late: int, most: int) -> list[tuple[int, int]]:
        """Runs of missing periods between the first seen and what should have come by now, newest first."""
        oldest = now - int(LOOK_BACK.total_seconds())
        if self.seen and min(self.seen) < oldest:
            self.seen = {one for one in self.seen if one >= oldest}
        runs: list[tuple[int, int]] = []
        due = range(min(self.seen), now - late - self.step_s, self.step_s) if self.seen else range(0)
        if self.seen.issuperset(due):
            return []
        for start in due:
            if start in self.seen:
                continue
            if runs and runs[-1][1] == start - self.step_s and (start - runs[-1][0]) // self.step_s < most:
                runs[-1] = (runs[-1][0], start)
            else:
                runs.append((start, start))
        return runs[::-1]


class GapFinder:
    """All devices.  Not thread-safe; times are aware."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self._lines: dict[tuple[str, str], _Line] = {}
        self._asked: dict[str, deque[dt.datetime]] = {}
        self._pulled: deque[dt.datetime] = deque()
        self._turn: deque[tuple[str, str]] = deque()
        self._silent: dict[str, int] = {}
        self._resting: dict[str, dt.datetime] = {}

    def see(self, mn: str, cn: str, start: dt.datetime) -> None:
        """A packet of command ``cn`` for the period from ``start`` has arrived."""
        if cn in STEP_S:
            line = self._lines.setdefault((mn, cn), _Line(STEP_S[cn]))
            line.see(int(start.timestamp()), cn == "2051" and len(line.seen) < 20)

    def answered(self, mn: str) -> None:
        """The device took a command: it is not silent."""
        self._silent.pop(mn, None)

    def silent(self, mn: str, at: dt.datetime) -> None:
        """The device did not answer a command; after a few of these it is left alone for a while."""
        self._silent[mn] = self._silent.get(mn, 0) + 1
        if self._silent[mn] >= self.budget.silences:
            self._resting[mn] = at + self.budget.rest_after_silence
            self._silent.pop(mn)

    def missing(self, mn: str, cn: str, at: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """The windows missing now, newest first; each bound is the start of a period."""
        line = self._lines.get((mn, cn))
        if line is None:
            return []
        runs = line.windows(int(at.timestamp()), int(LATE[cn].total_seconds()), self.budget.periods_at_once)
        return [(_moment(began), _moment(ended)) for began, ended in runs]

    def due(self, at: dt.datetime, online: Container[str], *, turns: int = 1) -> list[Pull]:
        """What to ask for now, of devices that are online, within the budget; each pull counts as asked.

        A call looks at one part in ``turns`` of the devices, so that a province does not hold up the acknowledgements.
        """
        if not self._turn:
            self._turn.extend(self._lines)
        while self._pulled and at - self._pulled[0] >= dt.timedelta(minutes=1):
            self._pulled.popleft()
        pulls: list[Pull] = []
        for _ in range(min(len(self._turn), -(-len(self._lines) // turns))):
            mn, cn = self._turn.popleft()
            line = self._lines[mn, cn]
            if mn not in online or self._is_resting(mn, at):
                continue
            for began, ended in self.missing(mn, cn, at):
                if len(self._pulled) >= self.budget.all_per_minute or not self._may_ask(mn, at):
                    break
                key = int(began.timestamp())
                if line.tries.get(key, 0) >= self.budget.tries:
                    continue
                line.tries[key] = line.tries.get(key, 0) + 1
                self._asked[mn].append(at)
                self._pulled.append(at)
                pulls.append(Pull(mn, cn, began, ended))
        return pulls

    def _is_resting(self, mn: str, at: dt.datetime) -> bool:
        return mn in self._resting and at < self._resting[mn]

    def _may_ask(self, mn: str, at: dt.datetime) -> bool:
        asked = self._asked.setdefault(mn, deque())
        while asked and at - asked[0] >= dt.timedelta(hours=1):
            asked.popleft()
        return len(asked) < self.budget.per_device_and_hour


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.timezone(dt.timedelta(hours=8)))
