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


def yesterday(at: dt.datetime) -> dt.datetime:
    """The midnight in China with which the day before ``at`` began."""
    today = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - dt.timedelta(days=1)


def monotonic() -> float:
    """Seconds on a clock that never goes back, for waiting and measuring."""
    return _time.monotonic()
