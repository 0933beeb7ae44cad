"""Who is there: one row per device, written every few seconds for the desk's device page.

    DATA/gateway/devices.parquet    mn, is_online, peer, since, last_at, packets, faults, last_fault, offset_s, version
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("mn", "is_online", "peer", "since", "last_at", "packets", "faults", "last_fault", "offset_s", "version")


@dataclass(slots=True)
class DeviceState:
    """Times in microseconds since 1970 (0: never); counts since the gateway started; ``offset_s`` None before it is known."""

    mn: str
    is_online: bool = False
    peer: str = ""
    since_us: int = 0
    last_us: int = 0
    packets: int = 0
    faults: int = 0
    last_fault: str = ""
    offset_s: float | None = None
    version: int = 0


def write(data_dir: Path | str, states: list[DeviceState]) -> None:
    """Write the table aside and put it in place."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = pa.timestamp("us", tz="Asia/Shanghai")
    kinds = [pa.string(), pa.bool_(), pa.string(), times, times, pa.int64(), pa.int64(), pa.string(), pa.float64(), pa.int32()]
    rows = [
        (s.mn, s.is_online, s.peer, s.since_us or None, s.last_us or None, s.packets, s.faults, s.last_fault, s.offset_s, s.version) for s in states
    ]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)] if rows else [pa.array([], k) for k in kinds]
    folder = Path(data_dir) / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / ".devices.tmp"
    pq.write_table(pa.table(dict(zip(COLUMNS, columns, strict=True))), aside)
    os.replace(aside, folder / "devices.parquet")


def read(data_dir: Path | str) -> list[dict[str, object]]:
    """The rows of the table, as the gateway last wrote them; empty when it never did."""
    import pyarrow.parquet as pq

    path = Path(data_dir) / "gateway" / "devices.parquet"
    return pq.read_table(path).to_pylist() if path.exists() else []


def is_fresh(data_dir: Path | str, at: dt.datetime, most_s: float = 60.0) -> bool:
    """Whether the table was written within the last ``most_s`` seconds: whether the gateway is alive."""
    path = Path(data_dir) / "gateway" / "devices.parquet"
    return path.exists() and at.timestamp() - path.stat().st_mtime < most_s
