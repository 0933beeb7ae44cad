"""Transmission rate and valid rate of each point, factor and day; time online.

    传输率 transmission   hours received ÷ hours due          有效率 valid   valid hours ÷ hours received
    传输有效率             the product

An hour is received when a 2061 packet gives the factor a value for it, however late; it is valid when the device marked
it N (or did not mark it).  Due are 24 hours a day, less those the caller takes out (a facility that is shut down and has
said so).  The definition is the one in use for the yearly assessment of automatic monitoring (grade U: not verified
against the text); marks made by people on the platform are the judge's business and change nothing here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .gateway_journal import CHINA, lines_of
from .hj212.message import parse
from .hj212.readings import readings
from .spool import SpoolRecord

HOURS = 24


@dataclass(frozen=True)
class Rate:
    """One point, factor and legal day; shares between 0 and 1, None where nothing is due or received."""

    mn: str
    factor: str
    day: dt.date
    due: int
    received: int
    valid: int

    @property
    def transmission(self) -> float | None:
        """传输率: received ÷ due."""
        return min(1.0, self.received / self.due) if self.due else None

    @property
    def validity(self) -> float | None:
        """有效率: valid ÷ received."""
        return self.valid / self.received if self.received else None

    @property
    def effective(self) -> float | None:
        """传输有效率: transmission × validity; 0 when nothing was received."""
        if not self.due:
            return None
        return (self.transmission or 0.0) * (self.validity or 0.0)


def of_day(records: Iterable[SpoolRecord], day: dt.date, *, stopped_hours: Mapping[str, int] | None = None) -> list[Rate]:
    """The rates of ``day`` (China time) from spool records, in order of point and factor.

    ``records`` may hold anything; duplicates count once, the last version of an hour decides whether it is valid.
    ``stopped_hours``: by MN, hours that are not due.
    """
    hours: dict[tuple[str, str], dict[dt.datetime, bool]] = {}
    for record in records:
        if b"CN=2061" not in record.raw:
            continue
        message = parse(record.raw)
        if not message.crc_ok:
            continue
        for reading in readings(message):
            if reading.kind == "hour" and reading.value is not None and reading.began.astimezone(CHINA).date() == day:
                hours.setdefault((message.mn, reading.factor), {})[reading.began] = reading.flag in ("", "N", "n")
    rates = []
    for (mn, factor), found in sorted(hours.items()):
        due = HOURS - (stopped_hours or {}).get(mn, 0)
        rates.append(Rate(mn, factor, day, due, len(found), sum(found.values())))
    return rates


def online_seconds(data_dir: Path | str, day: dt.date, until: dt.datetime | None = None) -> dict[str, float]:
    """Seconds each device was connected on ``day`` (China time); for today give ``until``, the moment now."""
    began = dt.datetime.combine(day, dt.time(), CHINA)
    ended = began + dt.timedelta(days=1)
    if until is not None:
        ended = min(ended, until)
    lines = lines_of(Path(data_dir) / "gateway" / "sessions", began - dt.timedelta(days=7))
    return _online(lines, began, ended)


def _online(lines: Iterable[Mapping[str, Any]], began: dt.datetime, ended: dt.datetime) -> dict[str, float]:
    since: dict[str, dt.datetime] = {}
    total: dict[str, float] = {}

    def add(mn: str, start: dt.datetime, stop: dt.datetime) -> None:
        seconds = (min(stop, ended) - max(start, began)).total_seconds()
        if seconds > 0:
            total[mn] = total.get(mn, 0.0) + seconds

    for line in lines:
        mn = line["mn"]
        if line["kind"] == "online":
            since.setdefault(mn, line["at"])
        elif line["kind"] == "offline" and mn in since:
            add(mn, since.pop(mn), line["at"])
        elif line["kind"] == "restart":  # a gateway that was killed could not write who went offline
            for other, start in since.items():
                add(other, start, line["at"])
            since.clear()
    for mn, start in since.items():
        add(mn, start, ended)
    return total
