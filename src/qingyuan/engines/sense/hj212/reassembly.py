"""Packets sent in parts, put together again.

Every part is a packet of its own, with its own check code, consecutive QN and its own DataTime (2017 Appendix C.47 to
C.50), so each can be read alone and nothing waits for the rest.  What is joined here are decoded items, never text.
The key is (MN, ST, CN, DataTime, PNUM), not QN.  Time is an argument; parts that do not come are given up on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from .faults import Fault, fault
from .message import Message

Key = tuple[str, str, str, str, int]


@dataclass(slots=True)
class Whole:
    """A message out of one or more parts.  ``cp`` are the items of all parts in the order of PNO, DataTime once.

    ``complete`` is False when parts were still missing at the time-out; ``missing`` are their numbers.
    """

    parts: tuple[Message, ...]
    cp: list[dict[str, str]]
    complete: bool = True
    missing: tuple[int, ...] = ()
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    began: dt.datetime
    parts: dict[int, Message] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Reassembly:
    """Collects parts.  ``patience`` from the first part on; at most ``limit`` unfinished messages, the oldest goes first."""

    patience: dt.timedelta = dt.timedelta(seconds=60)
    limit: int = 1024
    _groups: dict[Key, _Group] = field(default_factory=dict)

    def add(self, message: Message, at: dt.datetime) -> list[Whole]:
        """Take a message; return what it completes (itself when it is not in parts) and what has to be given up."""
        if message.pnum is None or message.pno is None or message.pnum == 1:
            return [Whole((message,), message.cp)]
        given_up = self.expire(at)
        key = (message.mn, message.st, message.cn, message.get("DataTime"), message.pnum)
        group = self._groups.setdefault(key, _Group(at))
        known = group.parts.get(message.pno)
        if known is not None:
            code = "part_repeated" if known.cp == message.cp else "part_conflict"
            group.faults.append(fault(code, f"PNO={message.pno}"))
        group.parts[message.pno] = message
        if len(group.parts) == message.pnum:
            return [*given_up, self._close(key)]
        while len(self._groups) > self.limit:
            given_up.append(self._close(next(iter(self._groups))))
        return given_up

    def expire(self, at: dt.datetime) -> list[Whole]:
        """Return the unfinished messages whose patience has run out, incomplete as they are."""
        late = [key for key, group in self._groups.items() if at - group.began >= self.patience]
        return [self._close(key) for key in late]

    @property
    def waiting(self) -> int:
        """How many messages are unfinished."""
        return len(self._groups)

    def _close(self, key: Key) -> Whole:
        group = self._groups.pop(key)
        parts = tuple(group.parts[number] for number in sorted(group.parts))
        missing = tuple(n for n in range(1, key[4] + 1) if n not in group.parts)
        faults = list(group.faults)
        if missing:
            faults.append(fault("parts_missing", "缺第" + "、".join(map(str, missing[:20])) + "包"))
        return Whole(parts, _joined(parts), not missing, missing, faults)


def _joined(parts: tuple[Message, ...]) -> list[dict[str, str]]:
    items: list[dict[str, str]] = []
    for number, part in enumerate(parts):
        for item in part.cp:
            rest = {k: v for k, v in item.items() if k != "DataTime"} if number else item
            if rest:
                items.append(rest)
    return items
