"""A table of readings as sorted series: cut once for all facilities in it, by views into its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from .series import Index, Series, Times, Values
from .stretch import COLUMNS, Equipment, Event, Mark, Point, Stretch, in_order

ARRAYS = ("began", *COLUMNS, "flag", "received_at")
NAMES = ("mn", "factor", "kind")


def build(
    table: pa.Table,
    *,
    facility: str,
    began: int,
    ended: int,
    points: dict[str, Point],
    marks: Sequence[Mark] = (),
    events: Sequence[Event] = (),
    until: int | None = None,
    heard: dict[str, int] | None = None,
    equipment: Sequence[Equipment] = (),
) -> Stretch:
    """Build a stretch from a readings table in any order, with any duplicates.

    Of two rows for one (mn, factor, kind, began) the later received wins, then the later in the spool.
    """
    return Stretch(
        facility=facility,
        began=began,
        ended=ended,
        all_series=tuple(split(table, points)),
        points=points,
        marks=in_order(marks),
        events=in_order(events),
        until=until,
        heard=heard or {},
        equipment=tuple(equipment),
    )


def split(table: pa.Table, points: Mapping[str, Point]) -> list[Series]:
    """Return the sorted, deduplicated series of a readings table, by point, factor and kind; rows of unknown points are left out.

    A table whose series lie together, each in the order of time, as the lake gives it, is not copied.
    """
    if not table.num_rows:
        return []
    columns = _arrays(table)
    codes, words = zip(*(_names(table.column(name)) for name in NAMES), strict=True)
    first = _starts(codes)
    if not _is_in_order(codes, first, columns["began"]):
        order = _order(codes, columns)
        codes, columns = tuple(one[order] for one in codes), {name: column[order] for name, column in columns.items()}
        first = _starts(codes)
    found: list[Series] = []
    moments: dict[tuple[str, str], Times] = {}
    for start, stop in zip(first.tolist(), [*first[1:].tolist(), len(codes[0])], strict=True):
        mn, factor, kind = (choices[code[start]] for code, choices in zip(codes, words, strict=True))
        if mn in points:
            arrays = {name: columns[name][start:stop] for name in ARRAYS}
            arrays["began"] = moments[mn, kind] = _shared(arrays["began"], moments.get((mn, kind)))
            found.append(Series(point=mn, outlet=points[mn].outlet, factor=factor, kind=kind, **arrays))
    return sorted(found, key=lambda one: (one.point, one.factor, one.kind))


def columns_of(table: pa.Table) -> tuple[list[list[str]], dict[str, Any]]:
    """Return the words (mn, factor, kind) of each row, and the other columns as arrays."""
    words = []
    for name in NAMES:
        code, choices = _names(table.column(name))
        words.append([choices[place] for place in code.tolist()])
    return words, _arrays(table)


def joined(early: Iterable[Series], late: Iterable[Series]) -> list[Series]:
    """Return the series of two spans that follow each other as series of both, by point and factor."""
    before = {(one.point, one.factor): one for one in early}
    moments: dict[str, Times] = {}
    found = []
    for one in late:
        first = before.pop((one.point, one.factor), None)
        if first is not None:
            arrays: dict[str, Any] = {name: np.concatenate((getattr(first, name), getattr(one, name))) for name in ARRAYS}
            arrays["began"] = moments[one.point] = _shared(arrays["began"], moments.get(one.point))
            one = replace(one, **arrays)
        found.append(one)
    return sorted([*before.values(), *found], key=lambda one: (one.point, one.factor))


def _shared(moments: Times, like: Times | None) -> Times:
    """Return ``like`` where it holds the same moments: factors of one point that share an array need not be aligned."""
    return like if like is not None and len(like) == len(moments) and np.array_equal(like, moments) else moments


Codes = np.ndarray[Any, np.dtype[np.int32]]


def _names(column: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    """Return a code for each row, and the words that the codes stand for."""
    coded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
    return np.asarray(coded.indices.to_numpy(zero_copy_only=False)), [str(word) for word in coded.dictionary.to_pylist()]


def _starts(codes: Sequence[Codes]) -> Index:
    """Return the rows at which a new series begins."""
    changes = codes[0][1:] != codes[0][:-1]
    for one in codes[1:]:
        changes |= one[1:] != one[:-1]
    return np.concatenate(([0], np.flatnonzero(changes) + 1)).astype(np.int64)


def _is_in_order(codes: Sequence[Codes], first: Index, began: Times) -> bool:
    """Return whether every series lies together and every row is later than the one before it."""
    later = began[1:] > began[:-1]
    later[first[1:] - 1] = True
    heads = [tuple(int(code[row]) for code in codes) for row in first.tolist()]
    return bool(later.all()) and len(set(heads)) == len(heads)


def _arrays(table: pa.Table) -> dict[str, Any]:
    columns: dict[str, Any] = {"began": _times(table, "began"), "received_at": _times(table, "received_at")}
    for name in COLUMNS:
        columns[name] = _floats(table, name)
    columns["flag"] = _letters(table)
    for name in ("segment", "offset"):
        if name in table.column_names:
            columns[name] = np.asarray(table.column(name).to_numpy(), dtype=np.int64)
    return columns


def _times(table: pa.Table, name: str) -> Times:
    column = table.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ms", tz="UTC") if column.type.tz else pa.timestamp("ms")).cast(pa.int64())
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _floats(table: pa.Table, name: str) -> Values:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)


def _letters(table: pa.Table) -> np.ndarray[Any, np.dtype[np.uint8]]:
    column = table.column("flag")
    codes, words = _names(column.fill_null("N") if column.null_count else column)
    letters = np.array([ord(word[0]) if word else ord("N") for word in words] or [ord("N")], dtype=np.uint8)
    return letters[codes]


def _order(codes: Sequence[Codes], columns: dict[str, Any]) -> Index:
    """Return the row order that brings series together, sorts by time, and keeps the last version of each reading."""
    key = np.zeros(len(codes[0]), dtype=np.int64)
    for one in codes:
        key = key * (int(one.max()) + 1) + one
    versions = [columns[name] for name in ("offset", "segment") if name in columns]
    order = np.lexsort((*versions, columns["received_at"], columns["began"], key))
    sorted_key, sorted_began = key[order], columns["began"][order]
    is_last = np.append((sorted_key[1:] != sorted_key[:-1]) | (sorted_began[1:] != sorted_began[:-1]), True)
    return order[is_last]
