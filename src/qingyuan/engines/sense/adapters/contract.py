"""What an adapter is, and the two things all of them need."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.hj212.times import write_qn, write_time

Translate = Callable[[str, bytes, dt.datetime], list[bytes]]


@dataclass(frozen=True)
class Adapter:
    """``topics`` are MQTT filters; ``translate(topic, payload, at)`` gives HJ 212 packets and never raises."""

    name: str
    topics: tuple[str, ...]
    translate: Translate


def real_time(mn: str, values: Mapping[str, float], when: dt.datetime, at: dt.datetime, *, pw: str = "123456", st: str = "44") -> bytes:
    """A 2011 packet of 2025's form (Flag 8: no answer wanted) with one instantaneous value per factor code.

    ``when`` is the moment of measuring, ``at`` of arrival.  ST 44 is electricity-use monitoring (2025, grade B).
    """
    items: list[dict[str, str]] = [{"DataTime": write_time(when)}]
    items += [{f"{code}-Rtd": spelled(value), f"{code}-Flag": "N"} for code, value in values.items()]
    return build(qn=write_qn(at), st=st, cn="2011", pw=pw, mn=mn, flag=8, cp=items)


def spelled(value: float) -> str:
    """A number as HJ 212 writes it: no exponent."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def is_number(value: object) -> bool:
    """Whether a JSON value is a finite number that fits a packet."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e12


def is_name(text: object, most: int = 24) -> bool:
    """Whether a text may stand as MN or factor code."""
    return isinstance(text, str) and 0 < len(text) <= most and text.isascii() and all(c.isalnum() or c == "_" for c in text)
