"""A leaf: what kind of thing, its digest, when it was entered, and where it is.

The leaf's bytes are JSON in one fixed spelling (keys sorted, no blanks, UTF-8), so that anyone can write them again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qingyuan.errors import Corrupt


def spelled(value: Any) -> bytes:
    """``value`` as JSON in the fixed spelling."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Entry:
    """``kind`` spool | segment | event | bundle …; ``digest`` 32 bytes; ``at`` aware; ``place`` JSON-able facts."""

    kind: str
    digest: bytes
    at: dt.datetime
    place: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The leaf's data."""
        return spelled({"at": self.at.isoformat(), "digest": self.digest.hex(), "kind": self.kind, "place": dict(self.place)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """The inverse; Corrupt when the bytes are no entry in the fixed spelling."""
        try:
            said = json.loads(data)
            entry = cls(said["kind"], bytes.fromhex(said["digest"]), dt.datetime.fromisoformat(said["at"]), said["place"])
        except (ValueError, KeyError, TypeError) as error:
            raise Corrupt("账本条目读不出来") from error
        if entry.to_bytes() != bytes(data):
            raise Corrupt("账本条目不是固定写法，已被改动")
        return entry
