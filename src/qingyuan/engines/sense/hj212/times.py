"""Time on the wire: ``YYYYMMDDhhmmss`` or with three digits of milliseconds, in the device's idea of Beijing time.

Devices also send Unix milliseconds (13 digits) and stray tails; the first fourteen digits count, the text is kept.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

BEIJING = dt.timezone(dt.timedelta(hours=8))
"""Device time is UTC+8 by convention; no daylight saving."""


@lru_cache(maxsize=4096)
def read_time(text: str) -> dt.datetime | None:
    """Return the aware moment (UTC+8) of a device's time text, or None when it is none.  Never raises."""
    if not (text.isascii() and text.isdigit()):
        return None
    try:
        if len(text) == 13:
            return dt.datetime.fromtimestamp(int(text) / 1000, BEIJING)
        if len(text) < 14:
            return None
        thousandths = int(text[14:17].ljust(3, "0")) * 1000 if len(text) > 14 else 0
        return dt.datetime(
            int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:14]),
            thousandths, BEIJING,
        )  # fmt: skip
    except (ValueError, OverflowError, OSError):
        return None


def write_time(at: dt.datetime) -> str:
    """Return ``YYYYMMDDhhmmss`` of an aware moment, in UTC+8."""
    return at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def write_qn(at: dt.datetime) -> str:
    """Return a request number ``YYYYMMDDhhmmsszzz`` of an aware moment, in UTC+8."""
    at = at.astimezone(BEIJING)
    return at.strftime("%Y%m%d%H%M%S") + f"{at.microsecond // 1000:03d}"
