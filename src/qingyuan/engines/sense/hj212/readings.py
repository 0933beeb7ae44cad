"""From a message to readings: one per factor, named as the field names them.

DataTime of 2051/2061/2031 is the start of the period, of 2011 the moment (2017 Appendix C).  Values that are no number
become None and their text is kept; a negative or absurd number is the judge's business, not ours.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, NamedTuple

from .commands import KIND_OF
from .message import Message
from .times import read_time


class Reading(NamedTuple):
    """What a packet says about one factor over one period (or at one moment).

    ``kind`` is real, minute, hour, day, daytime, nighttime, cycle, single, check or five_minutes; ``began`` an aware
    datetime in UTC+8; ``value`` Avg or Rtd in the factor's unit (or Data, RS, RT, Info), ``low`` Min, ``high`` Max,
    ``mass`` Cou, ``corrected*`` the converted (折算) concentration; ``flag`` the data mark as sent, "" when none.
    ``sampled`` is SampleTime; ``text`` the first value that was no number; ``backfill`` 2025's RF.
    """

    factor: str
    kind: str
    began: dt.datetime
    value: float | None = None
    low: float | None = None
    high: float | None = None
    mass: float | None = None
    corrected: float | None = None
    flag: str = ""
    corrected_low: float | None = None
    corrected_high: float | None = None
    eflag: str = ""
    sampled: dt.datetime | None = None
    text: str = ""
    backfill: bool = False


_NUMBERS = {
    "avg": "value", "rtd": "value", "td": "value", "data": "value", "rs": "value", "rt": "value", "info": "value",
    "samplerd": "value", "min": "low", "max": "high", "cou": "mass", "zsavg": "corrected", "zsrtd": "corrected",
    "zsmin": "corrected_low", "zsmax": "corrected_high", "daydata": "value", "nightdata": "value",
}  # fmt: skip
_PART_OF_DAY = {"daydata": "daytime", "nightdata": "nighttime"}
_PLACE = {name: Reading._fields.index(column) for name, column in _NUMBERS.items()}
_PLACE |= {name: Reading._fields.index(name) for name in ("flag", "eflag")}
_SAMPLED, _TEXT, _KIND = (Reading._fields.index(name) for name in ("sampled", "text", "kind"))
_PLACE["sampletime"] = _SAMPLED
_IS_NUMBER = frozenset(_PLACE[name] for name in _NUMBERS)
_EMPTY = [Reading._field_defaults.get(name) for name in Reading._fields]


class _Meanings(dict[str, "tuple[tuple[str, str], int] | None"]):
    """What a key of the data region says: ((factor, part of the day), place in Reading or -1); None without a factor.

    A province has a few hundred keys; a stranger who sends others must not fill the memory.
    """

    def __missing__(self, key: str) -> tuple[tuple[str, str], int] | None:
        factor, hyphen, field = key.partition("-")
        name = field.lower()
        found = ((factor, _PART_OF_DAY.get(name, "")), _PLACE.get(name, -1)) if hyphen else None
        if len(self) > 20_000:
            self.clear()
        self[key] = found
        return found


_MEANINGS = _Meanings()


def to_number(text: str) -> float | None:
    """Return the finite number that a value's text is, or None ("", "NaN", "--", "6.90-12.49", words)."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def readings(message: Message) -> list[Reading]:
    """Return the readings of an upload, in the order in which the factors first appear.

    Empty for a packet that carries none, and for one without a readable DataTime (a fault of the message).  A field
    that comes twice for a factor: the last one wins here, both stay in ``message.cp``.
    """
    kind = KIND_OF.get(message.cn)
    if kind is None:
        return []
    began = read_time(message.get("DataTime"))
    if began is None:
        return []
    blank = [None, kind, began, *_EMPTY[3:-1], message.backfill]
    rows: dict[tuple[str, str], list[Any]] = {}
    for item in message.cp:
        for key, value in item.items():
            meaning = _MEANINGS[key]
            if meaning is None:
                continue
            owner, place = meaning
            row = rows.get(owner)
            if row is None:
                row = rows[owner] = blank.copy()
                row[0] = owner[0]
            if place in _IS_NUMBER:
                number = row[place] = to_number(value)
                if number is None and not row[_TEXT]:
                    row[_TEXT] = value
            elif place >= 0:
                row[place] = read_time(value) if place == _SAMPLED else value
    for (_, part), row in rows.items():
        row[_KIND] = part or kind
    return [Reading._make(row) for row in rows.values()]
