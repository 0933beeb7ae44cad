"""Reading only what can matter: row groups are left out by their statistics, then rows by value.

Files are sorted by series, so one series of a bucket-month lies in one or two row groups.  (Arrow's dataset scanner reads all of
them here: 90 ms against 8 ms for one series of a million rows.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from . import layout
from .manifest import LakeFile
from .schema import READINGS, empty

Mask = npt.NDArray[np.bool_]
SLICES = 256


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for: words by column (None: any), ``began`` in [low, high) ms, received until ``known`` ms."""

    words: dict[str, list[str]] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    known: int | None = None

    def may_hold(self, group: Any, places: dict[str, int]) -> bool:
        """Say whether a row group's statistics leave room for a wanted row."""
        for name, words in self.words.items():
            seen = group.column(places[name]).statistics
            if seen is not None and seen.has_min_max and not any(seen.min <= word <= seen.max for word in words):
                return False
        seen = group.column(places["began"]).statistics
        if seen is not None and seen.has_min_max:
            first, last = (int(at.timestamp() * 1000) for at in (seen.min, seen.max))
            if (self.high is not None and first >= self.high) or (self.low is not None and last < self.low):
                return False
        return True

    def mask(self, table: pa.Table) -> Mask:
        """Return which rows are wanted."""
        keep = np.ones(table.num_rows, bool)
        for name, words in self.words.items():
            keep &= _is_one_of(table.column(name), set(words))
        if self.low is not None or self.high is not None:
            began = np.asarray(table.column("began").cast(pa.int64()).to_numpy(), np.int64)
            keep &= (began >= (self.low if self.low is not None else began)) & ((began < self.high) if self.high is not None else True)
        if self.known is not None:
            keep &= np.asarray(table.column("received_at").cast(pa.int64()).to_numpy(), np.int64) <= self.known
        return keep

    def needs(self) -> set[str]:
        """Return the columns that the mask looks at."""
        return set(self.words) | ({"began"} if self.low is not None or self.high is not None else set()) | ({"received_at"} if self.known is not None else set())


ANYTHING = Wanted()


def _is_one_of(column: pa.ChunkedArray, words: set[str]) -> Mask:
    parts = []
    for chunk in column.chunks:
        known = np.array([word in words for word in chunk.dictionary.to_pylist()] or [False], bool)
        parts.append(known[np.asarray(chunk.indices.to_numpy(zero_copy_only=False), np.int64)])
    return np.concatenate(parts) if parts else np.empty(0, bool)


def scan_files(data: Path | str, files: Sequence[LakeFile], wanted: Wanted = ANYTHING, columns: Sequence[str] | None = None,
               shape: pa.Schema = READINGS) -> pa.Table:  # fmt: skip
    """Return the wanted rows of some files, in no particular order.  Raises FileNotFoundError when one is gone."""
    names = list(columns) if columns is not None else shape.names
    shape_of = pa.schema([shape.field(name) for name in names])
    found = [one for file in files if (one := _scan(str(layout.lake(data) / file.path), wanted, names, shape)).num_rows]
    return pa.concat_tables([one.select(names) for one in found]) if found else empty(shape_of)


def _scan(path: str, wanted: Wanted, names: list[str], shape: pa.Schema) -> pa.Table:
    words = [one.name for one in shape if pa.types.is_dictionary(one.type)]
    about = _about(path, Path(path).stat().st_mtime_ns)
    needed = [name for name in shape.names if name in names or name in wanted.needs()]
    with pq.ParquetFile(path, read_dictionary=words, metadata=about) as file:
        places = {name: place for place, name in enumerate(file.schema_arrow.names)}
        groups = [one for one in range(about.num_row_groups) if wanted.may_hold(about.row_group(one), places)]
        table = file.read_row_groups(groups, columns=needed)
    return _kept(table, wanted.mask(table))


def _kept(table: pa.Table, keep: Mask) -> pa.Table:
    """Return the rows to keep: as slices, without a copy, where they lie together."""
    edges = np.flatnonzero(np.diff(keep, prepend=False, append=False))
    if len(edges) > 2 * SLICES:
        return table.filter(pa.array(keep))
    slices = [table.slice(first, last - first) for first, last in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True)]
    return pa.concat_tables(slices) if slices else table.slice(0, 0)


@lru_cache(maxsize=512)
def _about(path: str, _written: int) -> pq.FileMetaData:
    """Keep the footers of files: they never change under one name and moment."""
    return pq.read_metadata(path)
