"""Which files are the lake now.

Writers hold one lock, write files aside, rename them, and then replace the manifest in one rename: a reader sees the lake before or after,
never between.  A crash leaves at most files that no manifest names; the next writer removes them.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qingyuan.errors import BadInput, Corrupt

from . import layout

BUCKETS = 16
GRACE_MS = 3_600_000  # a replaced file stays this long for readers who still hold the old manifest


@dataclass(frozen=True)
class LakeFile:
    """One Parquet file; ``level`` hot|part; moments in ms since 1970, inclusive; hot files belong to no bucket."""

    path: str
    level: str
    generation: int
    rows: int
    began: int
    ended: int
    received: int
    bucket: int | None = None
    month: str | None = None
    bytes: int = 0


@dataclass(frozen=True)
class Manifest:
    """The lake at one generation.  ``position`` is the last spool record taken in, as (segment, offset)."""

    generation: int = 0
    buckets: int = BUCKETS
    position: tuple[int, int] | None = None
    files: tuple[LakeFile, ...] = ()
    rollups: tuple[LakeFile, ...] = ()
    latest: LakeFile | None = None
    parameters: tuple[str, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    def bucket_of(self, facility: str) -> int:
        """Return the bucket of a facility; it never changes in the life of a lake."""
        return zlib.crc32(facility.encode()) % self.buckets


def load(data: Path | str) -> Manifest:
    """Return the lake as it is now; an empty one where there is none."""
    try:
        raw = json.loads(layout.manifest(data).read_text("utf-8"))
    except FileNotFoundError:
        return Manifest()
    except (ValueError, OSError) as error:
        raise Corrupt(f"数据湖清单 {layout.manifest(data)} 无法读取（{error}）；请用 qingyuan lake ingest --rebuild 由原始报文重建") from error
    return Manifest(
        generation=raw["generation"], buckets=raw["buckets"], position=tuple(raw["position"]) if raw["position"] else None,
        files=tuple(LakeFile(**one) for one in raw["files"]), rollups=tuple(LakeFile(**one) for one in raw["rollups"]),
        latest=LakeFile(**raw["latest"]) if raw["latest"] else None, parameters=tuple(raw["parameters"]),
        dropped=tuple((path, at) for path, at in raw["dropped"]), counts=raw["counts"],
    )  # fmt: skip


def save(data: Path | str, manifest: Manifest) -> None:
    """Put a manifest in place of the old one; durable when this returns."""
    path = layout.manifest(data)
    aside = path.with_suffix(".tmp")
    with open(aside, "w", encoding="utf-8") as out:
        json.dump(asdict(manifest), out, ensure_ascii=False, separators=(",", ":"))
        out.flush()
        os.fsync(out.fileno())
    os.replace(aside, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def writing(data: Path | str, *, wait: bool = True) -> Iterator[Manifest]:
    """Hold the right to change the lake; files that a crash left behind are gone when this begins."""
    layout.lake(data).mkdir(parents=True, exist_ok=True)
    with open(layout.writer_lock(data), "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise BadInput(f"{data} 的数据湖正由另一进程写入；请等它结束") from error
        current = load(data)
        _sweep(data, current)
        yield current


def _sweep(data: Path | str, current: Manifest) -> None:
    """Remove files of a generation that never came to be."""
    for folder in ("hot", "readings", "hourly", "latest", "parameters"):
        for path in (layout.lake(data) / folder).rglob("*"):
            if path.is_file() and _generation(path) > current.generation:
                path.unlink()


def _generation(path: Path) -> int:
    if path.suffix == ".tmp":
        return 1 << 62
    tail = path.stem.rpartition("-")[2]
    return int(tail) if tail.isdigit() else 0


def write(data: Path | str, name: str, table: pa.Table, level: str, generation: int, *, bucket: int | None = None,
          month: str | None = None, row_group: int = 65_536) -> LakeFile:  # fmt: skip
    """Write a table aside, make it durable and give it its name; the columns ``began`` and ``received_at`` describe it."""
    path = layout.lake(data) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    words = [one.name for one in table.schema if pa.types.is_dictionary(one.type)]
    numbers = [one.name for one in table.schema if pa.types.is_floating(one.type)]
    packed = {one.name: "DELTA_BINARY_PACKED" for one in table.schema if pa.types.is_integer(one.type) or pa.types.is_timestamp(one.type)}
    pq.write_table(table, aside, compression="zstd", compression_level=3, use_dictionary=words + numbers, column_encoding=packed,
                   row_group_size=row_group, write_page_index=True)  # fmt: skip
    with open(aside, "rb") as handle:
        os.fsync(handle.fileno())
    os.replace(aside, path)
    sync_folder(path.parent)
    began, ended = _span(table, "began")
    received = _span(table, "received_at")[0] if "received_at" in table.column_names else began
    return LakeFile(name, level, generation, table.num_rows, began, ended, received, bucket, month, path.stat().st_size)


def _span(table: pa.Table, column: str) -> tuple[int, int]:
    import pyarrow.compute as pc

    if not table.num_rows:
        return 0, 0
    ends = pc.min_max(table.column(column).cast(pa.int64()))
    return int(ends["min"].as_py()), int(ends["max"].as_py())


def drop(current: Manifest, gone: list[str], at_ms: int) -> Manifest:
    """Name files that are no longer the lake; ``clean`` removes them after the grace."""
    return replace(current, dropped=(*current.dropped, *((path, at_ms) for path in gone)))


def clean(data: Path | str, current: Manifest, at_ms: int, grace_ms: int = GRACE_MS) -> Manifest:
    """Remove dropped files whose grace is over; return the manifest without them."""
    kept = []
    for path, since in current.dropped:
        if at_ms - since >= grace_ms:
            (layout.lake(data) / path).unlink(missing_ok=True)
        else:
            kept.append((path, since))
    return replace(current, dropped=tuple(kept))
