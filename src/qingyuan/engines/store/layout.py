"""Where things lie under DATA.  Only this file knows (and sense/spool.py, for what is inside spool/)."""

from __future__ import annotations

from pathlib import Path

from qingyuan.engines.ledger import layout as ledger


def spool(data: Path | str) -> Path:
    """Raw segments, written by the gateway alone."""
    return Path(data) / "spool"


def ledger_hashes(data: Path | str) -> Path:
    """The stored tree of the ledger, which the ledger alone writes."""
    return ledger.hashes(data)


def lake(data: Path | str) -> Path:
    """Everything derived from the spool."""
    return Path(data) / "lake"


def rebuilt(data: Path | str) -> Path:
    """A data directory beside the lake in which it is rebuilt before it takes the lake's place."""
    return Path(data) / "rebuild"


def manifest(data: Path | str) -> Path:
    """The list of files that are the lake now."""
    return lake(data) / "manifest.json"


def writer_lock(data: Path | str) -> Path:
    """Held by whoever changes the lake."""
    return lake(data) / "writer.lock"


def hot(generation: int) -> str:
    """A micro-batch, relative to the lake."""
    return f"hot/{generation:010d}.parquet"


def part(month: str, bucket: int, generation: int) -> str:
    """One sorted file of a bucket-month, relative to the lake; month as 2026-09."""
    return f"readings/{month}/b{bucket:03d}-{generation:010d}.parquet"


def rollup(month: str, bucket: int, generation: int) -> str:
    """The hourly roll-up of one bucket-month, relative to the lake."""
    return f"hourly/{month}/b{bucket:03d}-{generation:010d}.parquet"


def latest(generation: int) -> str:
    """The last value of every series, relative to the lake."""
    return f"latest/{generation:010d}.parquet"


def parameters(generation: int) -> str:
    """Instrument parameters and states as reported, one small file for each ingest that had any, relative to the lake."""
    return f"parameters/{generation:010d}.parquet"


def dimension(data: Path | str, name: str) -> Path:
    """A dimension table written by the registry's door."""
    return Path(data) / "dimensions" / f"{name}.parquet"


def journal(data: Path | str, name: str) -> Path:
    """A folder of small append-only files: marks, events."""
    return Path(data) / name
