"""SenML packs (RFC 8428), which many IoT gateways publish.

    topic    senml/<mn>
    payload  [{"bn": "urn:dev:…:", "bt": 1764000000, "n": "d20001", "u": "A", "v": 12.3}, …]

Names end in the HJ 212 factor code (after the last ``:`` or ``/``); the MN is the last part of the topic.  Records of
one moment become one packet; base time, base value and relative times are resolved (§4.6).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from .contract import Adapter, is_name, is_number, real_time

CHINA = dt.timezone(dt.timedelta(hours=8))
_RELATIVE = 1 << 28  # §4.5.3: a smaller time is relative to now


def translate(topic: str, payload: bytes, at: dt.datetime) -> list[bytes]:
    """One packet per moment, oldest first."""
    mn = topic.rpartition("/")[2]
    try:
        pack = json.loads(payload)
    except (ValueError, RecursionError):
        return []
    if not isinstance(pack, list) or not is_name(mn):
        return []
    moments: dict[float, dict[str, float]] = {}
    base: dict[str, Any] = {"bn": "", "bt": 0, "bv": 0}
    for record in pack:
        if not isinstance(record, dict):
            return []
        base.update({key: record[key] for key in base if key in record})
        code = re.split(r"[:/]", f"{base['bn']}{record.get('n', '')}")[-1]
        time, value = record.get("t", 0), record.get("v")
        if not is_name(code, 8) or not all(map(is_number, (time, value, base["bt"], base["bv"]))):
            continue
        moments.setdefault(float(base["bt"] + time), {})[code] = float(base["bv"] + value)
    packets = []
    for seconds, values in sorted(moments.items()):
        when = _moment(seconds, at)
        if when is not None:
            packets.append(real_time(mn, values, when, at))
    return packets


def _moment(seconds: float, at: dt.datetime) -> dt.datetime | None:
    try:
        if seconds < _RELATIVE:
            return (at + dt.timedelta(seconds=seconds)).astimezone(CHINA)
        return dt.datetime.fromtimestamp(seconds, CHINA)
    except (ValueError, OverflowError, OSError):
        return None


ADAPTER = Adapter("senml", ("senml/#",), translate)

EXAMPLES = [
    ("senml/M2", b'[{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1764000000,"n":"d20001","u":"A","v":12.3},{"n":"d20002","v":1.5}]', {"d20001": "12.3", "d20002": "1.5"}),
    ("senml/M2", b'[{"n":"d20001","v":2,"t":-5}]', {"d20001": "2"}),
]
