"""Bulk work: many packets in, arrow columns out; equal to the message decoder packet by packet.

``decode`` takes packets one after the other in one buffer with their bounds (a spool segment has both).  A compiled
kernel (kernels.py) reads those that are exactly as the standard asks, the message decoder reads the rest, and the rows
come out in the order of the packets.  Without Numba, and while the kernel is still being compiled, the message decoder
reads all: slower, the same result.

    packets   packet int32, crc_ok, version, qn, st, cn, mn, flag, pnum, pno, backfill, faults list<string>
    readings  packet int32, factor, kind, began, value, low, high, mass, corrected, corrected_low, corrected_high,
              flag, eflag, sampled, text, backfill
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .commands import COMMANDS, KIND_OF
from .frame import Garbage, take_frame
from .keyring import KeyRing
from .message import Message, parse
from .readings import readings
from .systems import SYSTEMS
from .versions import VERSIONS

_TEXT = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("ms", tz="UTC")

PACKETS = pa.schema(
    [
        ("packet", pa.int32()),
        ("crc_ok", pa.bool_()),
        ("version", pa.int16()),
        ("qn", pa.string()),
        ("st", _TEXT),
        ("cn", _TEXT),
        ("mn", _TEXT),
        ("flag", pa.int16()),
        ("pnum", pa.int32()),
        ("pno", pa.int32()),
        ("backfill", pa.bool_()),
        ("faults", pa.list_(pa.string())),
    ]
)
READINGS = pa.schema(
    [("packet", pa.int32()), ("factor", _TEXT), ("kind", _TEXT), ("began", _TIME)]
    + [
        (name, pa.float64())
        for name in ("value", "low", "high", "mass", "corrected", "corrected_low", "corrected_high")
    ]
    + [("flag", _TEXT), ("eflag", _TEXT), ("sampled", _TIME), ("text", pa.string()), ("backfill", pa.bool_())]
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The packets and the readings of a batch; ``odd`` counts the packets the message decoder had to read."""

    packets: pa.Table
    readings: pa.Table
    odd: int


def bounds_of(raws: Iterable[bytes]) -> tuple[bytes, np.ndarray]:
    """Return packets joined to one buffer, and their bounds (int64, one more than packets)."""
    parts = list(raws)
    return b"".join(parts), np.concatenate([[0], np.cumsum([len(p) for p in parts], dtype=np.int64)]).astype(np.int64)


def split(stream: bytes) -> np.ndarray:
    """Return the bounds of a byte stream's packets and pieces of garbage (int64); every byte lies between two of them."""
    buffer, bounds = bytearray(stream), [0]
    while buffer:
        taken = take_frame(buffer, quiet=True)
        size = len(taken.raw) if taken else len(buffer)
        if taken is None:
            buffer.clear()
        if isinstance(taken, Garbage) and not size:
            break
        bounds.append(bounds[-1] + size)
    return np.array(bounds, dtype=np.int64)


def decode(buffer: bytes, bounds: np.ndarray, keys: KeyRing | None = None, *, engine: str = "auto") -> Columns:
    """Decode the packets ``buffer[bounds[i]:bounds[i + 1]]``.  Never raises on content.

    ``engine``: "kernel" compiles if need be and waits, "oracle" is the message decoder, "auto" takes the kernel when it
    is ready and starts getting it ready otherwise.
    """
    kernel = None if engine == "oracle" else _kernel(wait=engine == "kernel")
    if kernel is None:
        odd = np.arange(len(bounds) - 1)
        return Columns(*_slowly(buffer, bounds, odd, keys), len(odd))
    packets, rows, odd = _quickly(kernel, buffer, bounds)
    if len(odd):
        slow_packets, slow_rows = _slowly(buffer, bounds, odd, keys)
        packets, rows = _in_order(packets, slow_packets), _in_order(rows, slow_rows)
    return Columns(packets, rows, len(odd))


def _in_order(one: pa.Table, other: pa.Table) -> pa.Table:
    both = pa.concat_tables([one, other]).unify_dictionaries()
    order = np.argsort(both["packet"].to_numpy(), kind="stable")
    return both.take(pa.array(order)).combine_chunks()


# the message decoder, as rows


def _slowly(buffer: bytes, bounds: np.ndarray, which: np.ndarray, keys: KeyRing | None) -> tuple[pa.Table, pa.Table]:
    packets: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for i in which:
        message = parse(buffer[bounds[i] : bounds[i + 1]], keys)
        packets.append(_packet(int(i), message))
        rows.extend(
            (int(i), r.factor, r.kind, r.began, r.value, r.low, r.high, r.mass, r.corrected, r.corrected_low)
            + (r.corrected_high, r.flag, r.eflag, r.sampled, r.text or None, r.backfill)
            for r in readings(message)
        )
    return _table(packets, PACKETS), _table(rows, READINGS)


def _packet(i: int, m: Message) -> tuple[Any, ...]:
    faults = [f.code for f in m.faults]
    return i, m.crc_ok, m.version, m.qn, m.st, m.cn, m.mn, m.flag, m.pnum, m.pno, m.backfill, faults


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [_array(list(column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == _TIME:
        values = [None if v is None else int(v.timestamp() * 1000) for v in values]
    if kind == pa.int32() or kind == pa.int16():
        values = [v if v is None or v < 2**15 else None for v in values] if kind == pa.int16() else values
    return pa.array(values, type=pa.string()).dictionary_encode() if kind == _TEXT else pa.array(values, type=kind)


# the kernel

_loading: threading.Thread | None = None
_loaded: Any = None


def _kernel(*, wait: bool) -> Any:
    """Return the compiled kernel's module, or None while it is not ready (or Numba is not there)."""
    global _loading
    if _loaded is None and (_loading is None or wait):
        if _loading is None:
            _loading = threading.Thread(target=_load, name="hj212-kernel", daemon=True)
            _loading.start()
        if wait:
            _loading.join()
    return _loaded or None


def _load() -> None:
    global _loaded
    if sys.byteorder != "little":
        return
    try:
        kernels = _import_kernels()
    except ImportError:
        return
    _quickly(kernels, b"", np.zeros(1, dtype=np.int64))
    _loaded = kernels


def _import_kernels() -> Any:
    """Import the kernel with a cache folder of its own for each state of its sources.

    Numba looks only at the file of the outermost function; a change in a file beside it would go unseen.
    """
    from numba import config

    here = Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in ("kernels.py", "kernel_head.py", "words.py", "crc.py"))
    folder = here / "__pycache__" / f"kernels-{hashlib.sha256(sources).hexdigest()[:12]}"
    before = config.CACHE_DIR
    if not before and os.access(here, os.W_OK):
        config.CACHE_DIR = str(folder)
    try:
        from . import kernels
    finally:
        config.CACHE_DIR = before
    return kernels


def is_ready() -> bool:
    """Whether the kernel is compiled; asking starts the compilation."""
    return _kernel(wait=False) is not None


_KINDS = sorted(set(KIND_OF.values()))
_SYSTEM_TABLE = np.array([f"{n:02d}" in SYSTEMS for n in range(100)])
_COMMAND_TABLE = np.zeros(10_000, dtype=np.int64)
_KIND_TABLE = np.full(10_000, -1, dtype=np.int64)
for _cn, _command in COMMANDS.items():
    if _cn not in ("2072", "2081"):  # their DataTime is checked by the message decoder
        _COMMAND_TABLE[int(_cn)] = sum(1 << VERSIONS.index(v) for v in _command.versions)
    if _cn in KIND_OF:
        _KIND_TABLE[int(_cn)] = _KINDS.index(KIND_OF[_cn])
_KIND_NAMES = pa.array(_KINDS)
_ST_NAMES = pa.array([f"{n:02d}" for n in range(100)])
_CN_NAMES = pa.array([f"{n:04d}" for n in range(10_000)])


def _quickly(kernel: Any, buffer: bytes, bounds: np.ndarray) -> tuple[pa.Table, pa.Table, np.ndarray]:
    """Run the kernel; return its packets, its rows, and which packets it left alone."""
    buf = np.frombuffer(buffer, dtype=np.uint8)
    count, most = len(bounds) - 1, kernel.hyphens(buf) + 1  # of a row's pairs each has one
    odd, heads = np.ones(count, dtype=np.bool_), np.zeros((count, 8), dtype=np.int64)
    mns, begans, qns = np.empty(count, np.int32), np.empty(count, np.int64), np.empty((count, 17), np.uint8)
    columns = np.empty((4, most), np.int32)  # packet, factor, and the kernel's own notes
    numbers, marks, sampled = np.empty((7, most)), np.empty((2, most), np.int32), np.empty(most, np.int64)
    slots = kernel.SLOTS
    tables = np.zeros((4, 3, slots), np.uint64)
    tables[kernel.COUNT, 1, 0] = 1  # the empty mark
    spans = np.zeros((slots, 2), dtype=np.int64)
    rows = kernel.decode(
        buf, bounds, _SYSTEM_TABLE, _COMMAND_TABLE, _KIND_TABLE, odd, heads, mns, begans, qns, columns, numbers, marks,
        sampled, tables, spans,
    )  # fmt: skip
    good = np.flatnonzero(~odd)
    names = [buffer[a:b].decode("ascii") for a, b in spans[: int(tables[kernel.COUNT, 2, 0])].tolist()]
    chosen = slice(None) if len(good) == count else good
    packets = _quick_packets(good, heads[chosen], mns[chosen], qns[chosen], names)
    owner = columns[0, :rows]
    readings_ = _quick_rows(
        owner, columns[1, :rows], heads, begans, numbers[:, :rows], marks[:, :rows], sampled[:rows], tables[2:]
    )
    return packets, readings_, np.flatnonzero(odd)


def _quick_packets(good: np.ndarray, heads: np.ndarray, mns: np.ndarray, qns: np.ndarray, names: list[str]) -> pa.Table:
    version = np.array(VERSIONS, dtype=np.int16)[heads[:, 0] >> 2]
    is_odd_mn = (heads[:, 7] - heads[:, 6]) != np.where(version == 2005, 14, 24)
    offsets = np.concatenate([[0], np.cumsum(is_odd_mn)]).astype(np.int32)
    qn_offsets = np.arange(0, 17 * len(good) + 1, 17, dtype=np.int32)
    parts = heads[:, 3] < 0
    arrays = [
        pa.array(good.astype(np.int32)),
        pa.array(np.ones(len(good), dtype=np.bool_)),
        pa.array(version),
        pa.StringArray.from_buffers(len(good), pa.py_buffer(qn_offsets), pa.py_buffer(np.ascontiguousarray(qns))),
        pa.DictionaryArray.from_arrays(heads[:, 1].astype(np.int32), _ST_NAMES),
        pa.DictionaryArray.from_arrays(heads[:, 2].astype(np.int32), _CN_NAMES),
        pa.DictionaryArray.from_arrays(mns, pa.array(names, type=pa.string())),
        pa.array(heads[:, 0].astype(np.int16)),
        pa.array(heads[:, 3].astype(np.int32), mask=parts),
        pa.array(heads[:, 4].astype(np.int32), mask=parts),
        pa.array(heads[:, 5] == 1),
        pa.ListArray.from_arrays(offsets, pa.array(["mn_odd"] * int(offsets[-1]), type=pa.string())),
    ]
    return pa.Table.from_arrays(arrays, schema=PACKETS)


def _quick_rows(
    owner: np.ndarray, factor: np.ndarray, heads: np.ndarray, begans: np.ndarray, numbers: np.ndarray,
    marks: np.ndarray, sampled: np.ndarray, tables: np.ndarray,
) -> pa.Table:  # fmt: skip
    order, counts = tables
    factors = pa.array([_unpacked(code) for code in order[0, : int(counts[0, 0])]], type=pa.string())
    texts = pa.array([_unpacked(code) for code in order[1, : int(counts[1, 0])]], type=pa.string())
    per_packet = np.bincount(owner, minlength=len(heads))
    kinds = np.repeat(_KIND_TABLE[heads[:, 2]].astype(np.int32), per_packet)
    arrays = [
        pa.array(owner),
        _named(factor, factors),
        _named(kinds, _KIND_NAMES),
        _with_nulls(np.repeat(begans, per_packet), None, _TIME),
        *(_with_nulls(column, ~np.isnan(column), pa.float64()) for column in numbers),
        _named(marks[0], texts),
        _named(marks[1], texts),
        _with_nulls(sampled, sampled != np.iinfo(np.int64).min, _TIME),
        pa.nulls(len(owner), pa.string()),
        pa.array(np.repeat(heads[:, 5] == 1, per_packet)),
    ]
    return pa.Table.from_arrays(arrays, schema=READINGS)


def _named(indices: np.ndarray, names: pa.Array) -> pa.DictionaryArray:
    """A dictionary column; that the kernel's indices lie within its own tables need not be checked again."""
    return pa.DictionaryArray.from_arrays(indices, names, safe=False)


def _with_nulls(values: np.ndarray, valid: np.ndarray | None, kind: pa.DataType) -> pa.Array:
    """An arrow array over the numbers themselves; ``valid`` False makes a null."""
    if valid is None or valid.all():
        bitmap = None
    elif not valid.any():
        return pa.nulls(len(values), kind)
    else:
        bitmap = pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bitmap, pa.py_buffer(np.ascontiguousarray(values))])


def _unpacked(code: np.uint64) -> str:
    return int(code).to_bytes(8, "little").rstrip(b"\0").decode("ascii")
