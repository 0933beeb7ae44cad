"""A packet or a piece of garbage as one JSON object, and back."""

from __future__ import annotations

import hashlib
from typing import Any

from qingyuan.errors import BadInput

from .frame import Garbage
from .message import Message, build


def to_record(taken: Message | Garbage, offset: int = 0) -> dict[str, Any]:
    """Return what ``qingyuan hj212 decode --json`` prints: plain values, ``offset`` and ``bytes`` account for the input."""
    raw = taken.raw
    place = {"offset": offset, "bytes": len(raw), "raw_sha256": hashlib.sha256(raw).hexdigest()}
    if isinstance(taken, Garbage):
        return {"ok": False, "garbage": True, "faults": [taken.reason._asdict()], "raw_hex": raw.hex(), **place}
    record: dict[str, Any] = {"ok": taken.ok, "version": taken.version, "faults": [f._asdict() for f in taken.faults]}
    for name in ("qn", "st", "cn", "pw", "mn", "flag"):
        record[name] = getattr(taken, name)
    for name in ("pnum", "pno", "backfill", "encrypted"):
        if value := getattr(taken, name):
            record[name] = value
    return {**record, "cp": taken.cp, **place}


def from_record(record: Any) -> bytes:
    """Return the packet that a record describes; garbage with ``raw_hex`` comes back as it was.  Raises BadInput."""
    if not isinstance(record, dict):
        raise BadInput('每行应为一个JSON对象，如 {"st":"32","cn":"2011","mn":…,"cp":[{…}]}')
    try:
        if record.get("garbage"):
            return bytes.fromhex(record["raw_hex"])
        texts = {name: str(record.get(name) or "") for name in ("qn", "st", "cn", "pw", "mn")}
        numbers = {name: _number(record.get(name)) for name in ("flag", "pnum", "pno")}
        items = [{str(k): str(v) for k, v in item.items()} for item in record.get("cp") or []]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(f'字段不能用：{error!r}；cp 应为 [{{"字段":"值"}}…]，flag、pnum、pno 应为整数') from error
    return build(**texts, **numbers, cp=items, backfill=bool(record.get("backfill")))  # type: ignore[arg-type]


def _number(value: Any) -> int | None:
    return None if value is None else int(value)
