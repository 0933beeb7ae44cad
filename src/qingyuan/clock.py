"""The only place that asks what time it is.  Everywhere else time is an argument.

A legal day is a day in China (UTC+8, no daylight saving since 1991).
"""

from __future__ import annotations

import datetime as dt
import time as _time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """This moment, aware, in China's time zone."""
    return dt.datetime.now(CHINA)


def today() -> dt.date:
    """The legal day it is in China."""
    return now().date()


def monotonic() -> float:
    """Seconds on a clock that never goes back, for waiting and measuring."""
    return _time.monotonic()
