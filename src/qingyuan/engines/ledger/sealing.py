"""Spool segments become leaves, so that from then on no bit of them can change unseen.

Within a minute the synced part of the open segment is sealed: one leaf "spool" per stretch, whose digest is the Merkle
root over its records.  So a single packet can be proved with a few hashes and without its neighbours.  When a segment
is closed one leaf "segment" adds the digest of the whole file, torn and damaged bytes included.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from . import layout, log, proof, segment
from .entry import Entry

MOST_RECORDS = 1 << 16


@dataclass(frozen=True)
class Sealed:
    """What one call sealed: leaves, records in them, and the tree after it."""

    leaves: int
    records: int
    size: int


def seal(data_dir: Path | str, at: dt.datetime) -> Sealed:
    """Seal everything synced in the spool and not yet sealed, then sign a checkpoint.  Cheap when there is nothing new.

    ``at`` is aware.  To be called at least once a minute.
    """
    ledger = log.opened(data_dir)
    upto, closed = already(ledger)
    entries: list[Entry] = []
    for number, path in _segments(layout.spool(data_dir)):
        if number not in closed:
            entries += _of_segment(path, number, upto.get(number, segment.HEADER_BYTES), at)
    if entries:
        log.append_entries(data_dir, entries)
    signed = log.sign_checkpoint(data_dir, at)
    return Sealed(len(entries), sum(int(e.place.get("records", 0)) for e in entries if e.kind == "spool"), signed.size)


@dataclass
class _Known:
    """What the first ``seen`` leaves say."""

    seen: int = 0
    upto: dict[int, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)


_known: WeakKeyDictionary[log.Log, _Known] = WeakKeyDictionary()


def already(ledger: log.Log) -> tuple[dict[int, int], set[int]]:
    """How far each segment is sealed, and which are sealed whole; reads only leaves not read before."""
    known = _known.setdefault(ledger, _Known())
    for index in range(known.seen, ledger.size):
        entry = ledger.entry(index)
        if entry.kind == "spool":
            number = entry.place["segment"]
            known.upto[number] = max(entry.place["ended"], known.upto.get(number, 0))
        elif entry.kind == "segment":
            known.closed.add(entry.place["segment"])
    known.seen = ledger.size
    return known.upto, known.closed


def _segments(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(p.stem), p) for p in folder.glob("*.seg") if p.stem.isdigit())


def _of_segment(path: Path, number: int, start: int, at: dt.datetime) -> Iterator[Entry]:
    mark = read_mark(path.parent)  # before the bytes: what it covers is then surely in them
    data = path.read_bytes()
    end = min(len(data), mark[1]) if mark is not None and mark[0] == number else len(data)
    records, ended, is_closed = [], start, False
    for part in segment.walk(data, number, start, end, synced=end):
        if isinstance(part, segment.Damage):
            continue
        if part.flags & segment.CLOSES:
            is_closed = True
            continue
        records.append(part)
        if len(records) == MOST_RECORDS:
            yield _stretch(data, number, ended, records, at)
            ended, records = records[-1].ended, []
    if records:
        yield _stretch(data, number, ended, records, at)
    if is_closed:
        yield Entry("segment", hashlib.sha256(data).digest(), at, {"segment": number, "length": len(data)})


def read_mark(folder: Path) -> tuple[int, int] | None:
    """(segment, offset) up to which the writer of a spool folder has synced; None when it has not said."""
    try:
        return segment.unpack_mark((folder / "durable").read_bytes())
    except FileNotFoundError:
        return None


def _stretch(data: bytes, number: int, began: int, records: list[segment.Record], at: dt.datetime) -> Entry:
    root = proof.root([proof.leaf_hash(data[r.offset : r.ended]) for r in records])
    return Entry("spool", root, at, {"segment": number, "began": began, "ended": records[-1].ended, "records": len(records)})


def records_of(data: bytes, number: int, began: int, ended: int) -> list[segment.Record]:
    """The good records of a sealed stretch."""
    return [p for p in segment.walk(data, number, began, min(ended, len(data)), synced=ended) if isinstance(p, segment.Record)]
