"""Sorting rows and choosing versions: kind → facility → point → factor → time, and of several versions the last one received.

Kinds come first so that whoever wants a year of hours does not decode the minutes that lie between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .schema import KEY, SERIES, VERSION, empty

Index = npt.NDArray[np.int64]
_TIME_BITS = 42  # ms since 1970 until the year 2109; a wilder clock falls back to the slow way


def codes(column: pa.ChunkedArray | pa.Array) -> tuple[Index, list[str]]:
    """Return a code for each row and the words, sorted, so that codes sort like words."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    words = [word or "" for word in array.dictionary.to_pylist()]
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.empty(len(words) + 1, np.int64)
    rank[np.array(order, np.int64)] = np.arange(len(words)) if words else 0
    rank[-1] = 0
    indices = np.asarray(array.indices.fill_null(len(words)).to_numpy(zero_copy_only=False), np.int64)
    return rank[indices], [words[place] for place in order]


def integers(table: pa.Table, name: str) -> Index:
    """Return a column of times or integers as int64."""
    return np.asarray(table.column(name).cast(pa.int64()).to_numpy(), np.int64)


def series_codes(table: pa.Table) -> Index:
    """Return one code for each row that sorts by facility, mn, factor and kind."""
    key = np.zeros(table.num_rows, np.int64)
    for name in SERIES:
        these, words = codes(table.column(name))
        key = key * max(len(words), 1) + these
    return key


def compact_codes(key: Index) -> Index:
    """Return equal order in the smallest integers."""
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def is_sorted(table: pa.Table) -> bool:
    """Say whether rows lie in the order of the lake, one version of each."""
    first, words = _heads(table, SERIES)
    heads = list(zip(*words, strict=True))
    return _is_later(table, first) and all(one < two for one, two in pairwise(heads))


def is_grouped(table: pa.Table) -> bool:
    """Say whether the rows of every series (mn, factor, kind) lie together, each later than the one before it."""
    if not table.num_rows:
        return True
    first, words = _heads(table, KEY[:3])
    heads = list(zip(*words, strict=True))
    return len(set(heads)) == len(heads) and _is_later(table, first)


def _heads(table: pa.Table, names: Sequence[str]) -> tuple[Index, list[list[str]]]:
    """Return the rows at which any of some columns of words changes, and the words of each column there."""
    columns = [table.column(name).combine_chunks() for name in names]
    columns = [one if pa.types.is_dictionary(one.type) else one.dictionary_encode() for one in columns]
    places = [np.asarray(one.indices.fill_null(-1).to_numpy(zero_copy_only=False)) for one in columns]
    changes = np.zeros(max(table.num_rows - 1, 0), bool)
    for one in places:
        changes |= one[1:] != one[:-1]
    first = np.concatenate(([0], np.flatnonzero(changes) + 1)).astype(np.int64)
    return first, [one.take(pa.array(first)).cast(pa.string()).fill_null("").to_pylist() for one in columns]


def _is_later(table: pa.Table, first: Index) -> bool:
    began = integers(table, "began")
    later = began[1:] > began[:-1]
    later[first[1:] - 1] = True
    return bool(later.all())


def sort(table: pa.Table, *, latest_only: bool = False) -> pa.Table:
    """Return rows in the order of the lake; with ``latest_only`` one row for each (mn, factor, kind, began): the last received."""
    if table.num_rows == 0:
        return empty(table.schema)
    table = table.unify_dictionaries().combine_chunks()
    if is_sorted(table):
        return table
    key, began = series_codes(table), integers(table, "began")
    if key.max() >= 1 << 20:
        key = compact_codes(key)
    if key.max() < 1 << 20 and began.min() >= 0 and began.max() < 1 << _TIME_BITS:
        both: tuple[Index, ...] = ((key << _TIME_BITS) | began,)
    else:
        both = (began, key)
    order: Any = np.lexsort((*(integers(table, name) for name in reversed(VERSION)), *both))
    if latest_only:
        changes = np.zeros(order.size, bool)
        changes[-1] = True
        for part in both:
            changes[:-1] |= part[order[1:]] != part[order[:-1]]
        order = order[changes]
    return table.take(pa.array(order))
