"""The ledger: an append-only Merkle log of digests with signed checkpoints.

Everyone may append (the worker seals spool segments, records seal their events, a bundle seals itself); one lock
serialises them.  A leaf is durable before its number is given back.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qingyuan.errors import Corrupt

from . import checkpoint, files, layout, proof, segment
from .entry import Entry

_NUMBER = 1


class Log:
    """The leaves and the stored tree of one data directory, opened for reading; ``size`` is the number of leaves."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir)
        try:
            self._data = layout.entries(data_dir).read_bytes()
        except FileNotFoundError:
            self._data = b""
        self._records: list[segment.Record] = []
        self.ended = len(self._data) and segment.HEADER_BYTES
        self.damages: list[segment.Damage] = []
        if self._data and segment.read_header(self._data) is None:
            self.damages.append(segment.Damage(0, segment.HEADER_BYTES, "segment header does not match"))
        for part in segment.walk(self._data, _NUMBER, segment.HEADER_BYTES, len(self._data)):
            if isinstance(part, segment.Damage):
                if not part.torn:
                    self.damages.append(part)
                continue
            self._records.append(part)
            self.ended = part.ended
        try:
            self._hashes = layout.hashes(data_dir).read_bytes()
        except FileNotFoundError:
            self._hashes = b""

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._records)

    def leaf_bytes(self, index: int) -> bytes:
        """The data of leaf ``index``."""
        record = self._records[index]
        return self._data[record.payload_at : record.ended]

    def entry(self, index: int) -> Entry:
        """Leaf ``index``, parsed; raises Corrupt."""
        return Entry.from_bytes(self.leaf_bytes(index))

    def entries(self) -> list[Entry]:
        """All leaves."""
        return [self.entry(index) for index in range(self.size)]

    def get(self, level: int, index: int) -> bytes:
        """The stored hash of a complete subtree; Corrupt when the file is too short."""
        at = proof.stored_index(level, index) * 32
        found = self._hashes[at : at + 32]
        if len(found) != 32:
            raise Corrupt("账本的散列文件不完整；请运行 qingyuan lake fsck")
        return found

    def root(self, size: int | None = None) -> bytes:
        """The root over the first ``size`` leaves (all, when None)."""
        return proof.tree_root(self.size if size is None else size, self.get)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf ``index`` under the root of ``size`` leaves."""
        return proof.inclusion(index, size, self.get)

    def recomputed_hashes(self) -> bytes:
        """The stored tree as the leaves say it should be."""
        hashes = bytearray()
        for index in range(self.size):
            _grow(hashes, index, self.leaf_bytes(index))
        return bytes(hashes)


def _grow(hashes: bytearray, size: int, leaf: bytes) -> None:
    """Add to a stored tree of ``size`` leaves what one more leaf completes."""

    def get(level: int, index: int) -> bytes:
        at = proof.stored_index(level, index) * 32
        return bytes(hashes[at : at + 32])

    for one in proof.appended(size, proof.leaf_hash(leaf), get):
        hashes += one


def append(
    data_dir: Path | str, digests: Sequence[bytes], *, kind: str, at: dt.datetime, places: Sequence[Mapping[str, Any]] | None = None
) -> int:
    """Add one leaf per digest (32 bytes each), in order, durably; return the number of the first.

    ``places`` says of each what it is and where, in JSON-able facts.
    """
    facts = places if places is not None else [{}] * len(digests)
    return append_entries(data_dir, [Entry(kind, digest, at, place) for digest, place in zip(digests, facts, strict=True)])


def append_entries(data_dir: Path | str, entries: Sequence[Entry]) -> int:
    """Add entries durably; return the number of the first."""
    with files.locked(layout.lock(data_dir)):
        log = Log(data_dir)
        if log.damages:
            raise Corrupt(f"账本 entries.seg 第 {log.damages[0].offset} 字节处已损坏，不能再写入；请先从备份恢复")
        first = log.size
        hashes = _tree_of(log)
        leaves = [entry.to_bytes() for entry in entries]
        head = b"" if log.ended else segment.header(_NUMBER, 0)
        data, _ = segment.pack(_NUMBER, log.ended + len(head), leaves)
        files.append_synced(layout.entries(data_dir), head + data, log.ended)
        for n, leaf in enumerate(leaves):
            _grow(hashes, first + n, leaf)
        _append_hashes(data_dir, hashes, first)
        return first


def _tree_of(log: Log) -> bytearray:
    """The stored tree, made again when a crash left it short."""
    expected = proof.stored_count(log.size) * 32
    return bytearray(log._hashes[:expected] if len(log._hashes) >= expected else log.recomputed_hashes())


def _append_hashes(data_dir: Path | str, hashes: bytearray, first: int) -> None:
    start = proof.stored_count(first) * 32
    path = layout.hashes(data_dir)
    if not path.exists() or path.stat().st_size < start:
        files.write_whole(path, bytes(hashes))
    else:
        files.append_synced(path, bytes(hashes[start:]), start)


def sign_checkpoint(data_dir: Path | str, at: dt.datetime) -> checkpoint.Checkpoint:
    """Sign the tree as it stands and keep the checkpoint; returns the last one when nothing was added since."""
    with files.locked(layout.lock(data_dir)):
        log = Log(data_dir)
        key = checkpoint.signing_key(layout.key(data_dir))
        public = key.public_key().public_bytes_raw()
        if not layout.public_key(data_dir).exists():
            files.write_whole(layout.public_key(data_dir), (checkpoint.verifier_line(public) + "\n").encode())
        last = last_checkpoint(data_dir)
        if last is not None and last.size == log.size:
            return last
        signed = checkpoint.sign(log.size, log.root(), at, key)
        history = layout.checkpoints(data_dir)
        files.append_synced(history, (signed.text + "==\n").encode(), history.stat().st_size if history.exists() else 0)
        files.write_whole(layout.checkpoint(data_dir), signed.text.encode())
        return signed


def last_checkpoint(data_dir: Path | str) -> checkpoint.Checkpoint | None:
    """The newest checkpoint, its signature checked with the ledger's own key; None when there is none yet."""
    try:
        text = layout.checkpoint(data_dir).read_text(encoding="utf-8")
        line = layout.public_key(data_dir).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return checkpoint.read(text, checkpoint.read_verifier_line(line)[1])


def key_mode(data_dir: Path | str) -> int:
    """The permission bits of the private key."""
    return os.stat(layout.key(data_dir)).st_mode & 0o777
