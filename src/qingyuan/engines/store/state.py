"""What the lake holds and how old it is.  Every figure on a screen can carry the age of its oldest input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from . import asof, dimensions, manifest, order, schema


def info(data: Path | str, *, at: dt.datetime) -> dict[str, Any]:
    """Return counts, files, span, bytes per row and the age of the newest data."""
    current = manifest.load(data)
    rows, size = sum(one.rows for one in current.files), sum(one.bytes for one in current.files)
    levels: dict[str, int] = {}
    for one in current.files:
        levels[one.level] = levels.get(one.level, 0) + 1
    newest = max((one.ended for one in current.files), default=None)
    return {
        "generation": current.generation, "rows": rows, "files": levels, "bytes": size, "bytes_per_row": round(size / rows, 3) if rows else None,
        "position": current.position, "counts": current.counts,
        "began": _iso(min((one.began for one in current.files), default=None)), "newest": _iso(newest),
        "age_s": None if newest is None else round(at.timestamp() - newest / 1000), "points": dimensions.load(data).points.num_rows,
    }  # fmt: skip


def _iso(ms: int | None) -> str | None:
    return None if ms is None else dt.datetime.fromtimestamp(ms / 1000, dt.timezone(dt.timedelta(hours=8))).isoformat()


def ages(data: Path | str, *, at: dt.datetime, kinds: Iterable[str] = ("real", "minute", "hour")) -> dict[str, float | None]:
    """Return for every known mn the seconds since the end of its newest reading; None when it never spoke."""
    found: dict[str, float | None] = dict.fromkeys(dimensions.load(data).place_of)
    table = asof.latest(data, kinds=list(kinds))
    if not table.num_rows:
        return found
    places, words = order.codes(table.column("mn"))
    lengths = np.array([0 if kind == "real" else schema.KIND_MS.get(kind, 0) for kind in table.column("kind").to_pylist()], np.int64)
    newest = np.zeros(len(words), np.int64)
    np.maximum.at(newest, places, order.integers(table, "began") + lengths)
    for word, moment in zip(words, newest, strict=True):
        found[word] = max(at.timestamp() - int(moment) / 1000, 0.0)
    return found


def oldest_input(data: Path | str, mns: Iterable[str], *, at: dt.datetime) -> float | None:
    """Return the age in seconds of the stalest point behind a figure; None when one of them never spoke or there is none."""
    every = ages(data, at=at)
    mine = [every.get(mn) for mn in mns]
    return None if not mine or any(one is None for one in mine) else max(one for one in mine if one is not None)
