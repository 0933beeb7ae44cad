"""Meters that publish one JSON object per reading.

    topic    meter/<anything>
    payload  {"mn": "…", "time": "2026-11-24T08:00:00+08:00", "values": {"d20001": 12.3}, "pw": "…", "st": "44"}

``time`` is optional (then the moment of arrival), ``pw`` and ``st`` too.  A time without offset is China time.
"""

from __future__ import annotations

import datetime as dt
import json

from .contract import Adapter, is_name, is_number, real_time

CHINA = dt.timezone(dt.timedelta(hours=8))


def translate(topic: str, payload: bytes, at: dt.datetime) -> list[bytes]:
    """One packet per object; values that are no numbers are left out."""
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return []
    if not isinstance(said, dict) or not is_name(said.get("mn")) or not isinstance(said.get("values"), dict):
        return []
    values = {code: float(value) for code, value in said["values"].items() if is_name(code, 8) and is_number(value)}
    pw, st = said.get("pw", "123456"), said.get("st", "44")
    when = _moment(said.get("time"), at)
    if not values or when is None or not is_name(pw) or not is_name(st, 2):
        return []
    return [real_time(said["mn"], values, when, at, pw=pw, st=st)]


def _moment(text: object, at: dt.datetime) -> dt.datetime | None:
    if text is None:
        return at
    try:
        when = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
        when = when.replace(tzinfo=CHINA) if when is not None and when.tzinfo is None else when
        return when.astimezone(CHINA) if when is not None else None
    except (ValueError, OverflowError):
        return None


ADAPTER = Adapter("plain_json", ("meter/#",), translate)

EXAMPLES = [
    ("meter/7", b'{"mn":"M1","time":"2026-11-24T08:00:00+08:00","values":{"d20001":12.3,"d20002":0}}', {"d20001": "12.3", "d20002": "0"}),
    ("meter/7", b'{"mn":"M1","values":{"d20001":1e-3,"note":"x"}}', {"d20001": "0.001"}),
]
