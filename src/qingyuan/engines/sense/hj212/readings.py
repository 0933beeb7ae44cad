"""From a message to readings: one per factor, named as the field names them.

DataTime of 2051/2061/2031 is the start of the period, of 2011 the moment (2017 Appendix C).  Values that are no number
become None and their text is kept; a negative or absurd number is the judge's business, not ours.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

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
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for item in message.cp:
        for key, value in item.items():
            factor, hyphen, name = key.partition("-")
            if hyphen:
                _put(rows, factor, kind, name.lower(), value)
    return [
        Reading(factor, kind_of_row, began, backfill=message.backfill, **values)  # type: ignore[arg-type]
        for (factor, kind_of_row), values in rows.items()
    ]


def _put(rows: dict[tuple[str, str], dict[str, object]], factor: str, kind: str, name: str, value: str) -> None:
    row = rows.setdefault((factor, _PART_OF_DAY.get(name, kind)), {})
    column = _NUMBERS.get(name)
    if column is not None:
        number = to_number(value)
        row[column] = number
        if number is None and not row.get("text"):
            row["text"] = value
    elif name == "flag":
        row["flag"] = value
    elif name == "eflag":
        row["eflag"] = value
    elif name == "sampletime":
        row["sampled"] = read_time(value)
