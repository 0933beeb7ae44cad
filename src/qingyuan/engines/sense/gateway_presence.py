"""Who is there: one row per device, written every few seconds for the desk's device page.

    DATA/gateway/devices.parquet    mn, is_online, peer, since, last_at, packets, faults, last_fault, offset_s, version
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from .gateway_journal import moment

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

    def row(self) -> dict[str, object]:
        """The row of the table."""
        return {
            "mn": self.mn, "is_online": self.is_online, "peer": self.peer, "since": moment(self.since_us) if self.since_us else None,
            "last_at": moment(self.last_us) if self.last_us else None, "packets": self.packets, "faults": self.faults,
            "last_fault": self.last_fault, "offset_s": self.offset_s, "version": self.version,
        }  # fmt: skip


def write(data_dir: Path | str, states: list[DeviceState]) -> None:
    """Write the table aside and put it in place."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = pa.timestamp("ms", tz="Asia/Shanghai")
    kinds = [pa.string(), pa.bool_(), pa.string(), times, times, pa.int64(), pa.int64(), pa.string(), pa.float64(), pa.int32()]
    schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)))
    folder = Path(data_dir) / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / ".devices.tmp"
    pq.write_table(pa.Table.from_pylist([state.row() for state in states], schema=schema), aside)
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
