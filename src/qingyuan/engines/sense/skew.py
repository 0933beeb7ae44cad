"""What time each device believes it is.

A packet's QN is the moment of sending by the device's clock.  The network only delays, so of several packets the one
with the greatest (device time − arrival) tells the offset best.  The device's time is never changed: it is kept as it
was sent, and the corrected time stands beside it.

    DATA/gateway/skew/2026-11-24.jsonl    {"at", "mn", "offset_s"}: positive when the device is ahead
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from .gateway_journal import lines_of

SAMPLES = 8
NEWS_S = 2.0  # a change of the estimate that is worth a line
HOURLY_S = 3600.0
LIMIT_S = 120.0  # beyond this the device is reported


@dataclass(slots=True)
class Estimate:
    """The running estimate for one device.  Times in microseconds since 1970."""

    samples: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    told: float | None = None
    told_us: int = 0

    @property
    def offset_s(self) -> float | None:
        """Seconds by which the device is ahead of us; None before the first sample."""
        return max(self.samples) if self.samples else None

    def take(self, device_us: int, received_us: int) -> bool:
        """Take one sample; true when the estimate is news: the first, a change of more than NEWS_S, or an hour old."""
        offset = (device_us - received_us) / 1e6
        now = self.offset_s
        if now is not None and abs(offset - now) > 10 * NEWS_S:
            self.samples.clear()  # the clock was set: what came before says nothing about it
        self.samples.append(offset)
        estimate = max(self.samples)
        if self.told is not None and abs(estimate - self.told) <= NEWS_S and (received_us - self.told_us) / 1e6 < HOURLY_S:
            return False
        self.told, self.told_us = estimate, received_us
        return True

    @property
    def is_beyond(self) -> bool:
        """Whether the device's clock is wrong by more than LIMIT_S."""
        offset = self.offset_s
        return offset is not None and abs(offset) > LIMIT_S


class SkewLedger:
    """The offsets of all devices over time, as far as the journal goes."""

    def __init__(self) -> None:
        self._times: dict[str, list[dt.datetime]] = {}
        self._offsets: dict[str, list[float]] = {}

    @classmethod
    def load(cls, data_dir: Path | str, since: dt.datetime | None = None) -> SkewLedger:
        """Read the journal of a data directory from ``since`` (aware) on."""
        ledger = cls()
        for line in lines_of(Path(data_dir) / "gateway" / "skew", since):
            ledger.add(line["mn"], line["at"], float(line["offset_s"]))
        return ledger

    def add(self, mn: str, at: dt.datetime, offset_s: float) -> None:
        """Note that at ``at`` (ours) the device was ``offset_s`` ahead; in order of time per device."""
        self._times.setdefault(mn, []).append(at)
        self._offsets.setdefault(mn, []).append(offset_s)

    def offset(self, mn: str, at: dt.datetime) -> float | None:
        """The last offset known at ``at``; the first one for an earlier time; None for a device never measured."""
        times = self._times.get(mn)
        if not times:
            return None
        return self._offsets[mn][max(0, bisect.bisect_right(times, at) - 1)]

    def corrected(self, mn: str, device_time: dt.datetime) -> dt.datetime:
        """The device's time as our clock would have shown it; unchanged where nothing is known."""
        offset = self.offset(mn, device_time)
        return device_time if offset is None else device_time - dt.timedelta(seconds=offset)
