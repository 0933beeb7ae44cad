"""Recompute everything: every record, every leaf, every node, every signature; name what differs.

A problem names the segment and the position.  A changed bit in a record is found by the record's check sum, to the
record; a change by someone who also corrected the check sum is found by the sealed root, to the sealed stretch.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qingyuan.errors import Corrupt

from . import checkpoint, layout, log, proof, segment
from .entry import Entry
from .sealing import read_mark, records_of


@dataclass(frozen=True)
class Problem:
    """Bytes ``[offset, ended)`` of ``file`` are not what was sealed (or written); ``segment`` is 0 outside the spool."""

    file: str
    segment: int
    offset: int
    ended: int
    reason: str

    def __str__(self) -> str:
        where = f"缓存段 {self.segment}" if self.segment else self.file
        return f"{where} 第 {self.offset}–{self.ended} 字节：{self.reason}"


@dataclass(frozen=True)
class Report:
    """What was checked and what was wrong."""

    segments: int
    records: int
    leaves: int
    sealed_records: int
    problems: tuple[Problem, ...]


def fsck(data_dir: Path | str) -> Report:
    """Check the spool and the ledger of a data directory.  Reads every byte; changes nothing."""
    ledger = log.Log(data_dir)
    problems = list(_ledger_problems(data_dir, ledger))
    leaves = _by_segment(ledger, problems)
    there = {int(p.stem): p for p in layout.spool(data_dir).glob("*.seg") if p.stem.isdigit()}
    mark = read_mark(layout.spool(data_dir))
    records = sealed = 0
    for number in sorted(there):
        data = there[number].read_bytes()
        found = segment.contents(data, number, synced=mark[1] if mark is not None and mark[0] == number == max(there) else None)
        records += len(found.records)
        problems += [Problem(there[number].name, number, d.offset, d.ended, d.reason) for d in found.damages]
        if not found.closed and number != max(there):
            problems.append(Problem(there[number].name, number, found.ended, len(data), "closed segment has lost its footer"))
        for entry in leaves.pop(number, []):
            sealed += int(entry.place.get("records", 0))
            problems += _leaf_problems(there[number].name, data, number, entry)
    for number, entries in leaves.items():
        end = max(int(e.place.get("ended", e.place.get("length", 0))) for e in entries)
        problems.append(Problem(f"{number:010d}.seg", number, 0, end, "sealed segment is missing"))
    return Report(len(there), records, ledger.size, sealed, tuple(problems))


def _by_segment(ledger: log.Log, problems: list[Problem]) -> dict[int, list[Entry]]:
    leaves: dict[int, list[Entry]] = defaultdict(list)
    for index in range(ledger.size):
        try:
            entry = ledger.entry(index)
        except Corrupt as error:
            problems.append(Problem("entries.seg", 0, index, index + 1, str(error)))
            continue
        if entry.kind in ("spool", "segment"):
            leaves[entry.place["segment"]].append(entry)
    return leaves


def _leaf_problems(name: str, data: bytes, number: int, entry: Entry) -> Iterator[Problem]:
    if entry.kind == "segment":
        length = entry.place["length"]
        if len(data) != length or hashlib.sha256(data).digest() != entry.digest:
            yield Problem(name, number, 0, max(length, len(data)), "file is not the one that was sealed when it was closed")
        return
    began, ended = entry.place["began"], entry.place["ended"]
    found = records_of(data, number, began, ended)
    root = proof.root([proof.leaf_hash(data[r.offset : r.ended]) for r in found])
    if root != entry.digest or len(found) != entry.place["records"]:
        yield Problem(name, number, began, ended, f"sealed stretch of {entry.place['records']} records has changed")


def _ledger_problems(data_dir: Path | str, ledger: log.Log) -> Iterator[Problem]:
    for damage in ledger.damages:
        yield Problem("entries.seg", 0, damage.offset, damage.ended, damage.reason)
    right = ledger.recomputed_hashes()
    stored = layout.hashes(data_dir).read_bytes() if layout.hashes(data_dir).exists() else b""
    if stored != right:
        at = next((i for i in range(0, len(right), 32) if stored[i : i + 32] != right[i : i + 32]), len(right))
        yield Problem("hashes", 0, at, at + 32, "stored hash is not the one the leaves give")
    yield from _checkpoint_problems(data_dir, ledger, right)


def _checkpoint_problems(data_dir: Path | str, ledger: log.Log, right: bytes) -> Iterator[Problem]:
    def get(level: int, index: int) -> bytes:
        at = proof.stored_index(level, index) * 32
        return right[at : at + 32]

    for name, text in _notes(data_dir):
        try:
            public = checkpoint.read_public_key(layout.public_key(data_dir))
            said = checkpoint.read(text, public)
        except (Corrupt, OSError) as error:
            yield Problem(name, 0, 0, len(text), f"checkpoint cannot be believed: {error}")
            continue
        if said.size > ledger.size:
            yield Problem("entries.seg", 0, ledger.ended, ledger.ended, f"{ledger.size} leaves where a checkpoint signed {said.size}")
        elif proof.tree_root(said.size, get) != said.root:
            yield Problem("entries.seg", 0, 0, ledger.ended, f"the first {said.size} leaves are not those that were signed")


def _notes(data_dir: Path | str) -> Iterator[tuple[str, str]]:
    try:
        for text in layout.checkpoints(data_dir).read_text(encoding="utf-8", errors="replace").split("==\n"):
            if text:
                yield "checkpoints", text
        yield "checkpoint", layout.checkpoint(data_dir).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
