"""The ledger: an append-only Merkle log of digests with signed checkpoints.

Everyone may append (the worker seals spool segments, records seal their events, a bundle seals itself); one lock
serialises them.  A leaf is durable before its number is given back.
"""

from __future__ import annotations

import datetime as dt
import mmap
import os
import threading
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qingyuan.errors import Corrupt

from . import checkpoint, files, layout, proof, segment
from .entry import Entry

_NUMBER = 1


class Log:
    """The leaves and the stored tree of one data directory, opened for reading; ``size`` is the number of leaves.

    ``refresh`` takes in what was appended since.  The files are mapped, not read: a year of leaves costs two numbers each.
    """

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir)
        self._data: mmap.mmap | bytes = b""
        self._hashes: mmap.mmap | bytes = b""
        self._starts, self._ends = array("Q"), array("Q")
        self.ended = 0
        self.damages: list[segment.Damage] = []
        self.refresh()

    def refresh(self) -> Log:
        """Read on from where the last reading ended; returns itself."""
        self._data, self._hashes = _mapped(layout.entries(self.data_dir)), _mapped(layout.hashes(self.data_dir))
        if not self.ended and self._data:
            self.ended = segment.HEADER_BYTES
            if segment.read_header(self._data) is None:
                self.damages.append(segment.Damage(0, segment.HEADER_BYTES, "segment header does not match"))
        for part in segment.walk(self._data, _NUMBER, self.ended, len(self._data)):
            if isinstance(part, segment.Damage):
                if not part.torn:
                    self.damages.append(part)
                continue
            self._starts.append(part.payload_at)
            self._ends.append(part.ended)
            self.ended = part.ended
        return self

    @property
    def is_behind_itself(self) -> bool:
        """Whether the file is now shorter than what was read from it: another file, to be read anew."""
        try:
            return layout.entries(self.data_dir).stat().st_size < self.ended
        except FileNotFoundError:
            return self.ended > 0

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._starts)

    def leaf_bytes(self, index: int) -> bytes:
        """The data of leaf ``index``."""
        return self._data[self._starts[index] : self._ends[index]]

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


def _mapped(path: Path) -> mmap.mmap | bytes:
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.fstat(file.fileno()).st_size else b""
    except FileNotFoundError:
        return b""


_opened: dict[Path, Log] = {}
_opening = threading.RLock()


def opened(data_dir: Path | str) -> Log:
    """The log of a data directory, kept between calls and read on: for whoever comes back every minute."""
    path = Path(data_dir).absolute()
    with _opening:
        kept = _opened.get(path)
        if kept is None or kept.damages or kept.is_behind_itself:
            kept = _opened[path] = Log(path)
            return kept
        return kept.refresh()


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
    with files.locked(layout.lock(data_dir)), _opening:
        log = opened(data_dir)
        if log.damages:
            raise Corrupt(f"账本 entries.seg 第 {log.damages[0].offset} 字节处已损坏，不能再写入；请先从备份恢复")
        first, leaves = log.size, [entry.to_bytes() for entry in entries]
        head = b"" if log.ended else segment.header(_NUMBER, 0)
        data, _ = segment.pack(_NUMBER, log.ended + len(head), leaves)
        if len(log._hashes) < proof.stored_count(first) * 32:
            files.write_whole(layout.hashes(data_dir), log.recomputed_hashes())  # a crash came between leaves and tree
            log.refresh()
        fresh = _completed(log, leaves)
        files.append_synced(layout.entries(data_dir), head + data, log.ended)
        files.append_synced(layout.hashes(data_dir), fresh, proof.stored_count(first) * 32)
        return first


def _completed(log: Log, leaves: Sequence[bytes]) -> bytes:
    """The stored hashes that ``leaves`` add to the tree."""
    fresh: list[bytes] = []
    stored = proof.stored_count(log.size)

    def get(level: int, index: int) -> bytes:
        at = proof.stored_index(level, index)
        return log.get(level, index) if at < stored else fresh[at - stored]

    for number, leaf in enumerate(leaves, log.size):
        fresh += proof.appended(number, proof.leaf_hash(leaf), get)
    return b"".join(fresh)


def sign_checkpoint(data_dir: Path | str, at: dt.datetime) -> checkpoint.Checkpoint:
    """Sign the tree as it stands and keep the checkpoint; returns the last one when nothing was added since."""
    with files.locked(layout.lock(data_dir)), _opening:
        log = opened(data_dir)
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
