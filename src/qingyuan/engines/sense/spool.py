"""The spool: what arrived, byte for byte, before anybody is told that it arrived.

Bytes are appended to preallocated segment files (``ledger/segment.py`` gives their shape) and one ``sync`` makes a
whole group durable.  Only after ``sync`` returns may an answer leave.  The writer never looks into a packet; garbage,
wrong check codes and unknown senders are kept like everything else.

    DATA/spool/0000000001.seg …   segments, numbered from 1
    DATA/spool/durable            how far the newest segment has been synced, for readers in other processes
    DATA/spool/writer.lock        one writer at a time

A crash leaves a segment without footer.  The next writer closes it, saying in the footer which bytes at its end are
only the unfinished last write, and begins a new one: nothing that was synced is ever written over.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from qingyuan.engines.ledger import segment
from qingyuan.errors import BadInput

from .spool_reading import (
    ROOM_FOR_FOOTER,
    STAMP,
    Lost,
    Position,
    SpoolRecord,
    durable_mark,
    numbers,
    path_of,
    read,
    read_one,
)

__all__ = ["SEGMENT_BYTES", "Arrival", "Lost", "Position", "Spool", "SpoolRecord", "close_after_crash", "durable_mark", "numbers", "path_of", "read", "read_one"]

SEGMENT_BYTES = 32 << 20
Arrival = tuple[int, str, bytes]


class Spool:
    """The one writer of a spool folder.

    ``append`` lays records down, ``sync`` makes all appended records durable.  An OSError from either (disk full,
    I/O error) means that nothing since the last good ``sync`` is safe: append those records again later.  After a
    failed sync the segment is left and a new one begun, because what the kernel kept of it is unknown.
    """

    def __init__(self, folder: Path | str, *, at_us: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.folder = Path(folder)
        self.segment_bytes = segment_bytes
        self.recovered: list[segment.Contents] = []
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise BadInput(f"{self.folder} 正被另一个网关写入；一个数据目录只能有一个网关，请先停止它") from error
        self._mark = os.open(self.folder / "durable", os.O_RDWR | os.O_CREAT, 0o644)
        self._fd = -1
        self.number = self.offset = self.synced = self.records = 0
        self._spare: Path | None = None
        self._preparing: threading.Thread | None = None
        self._recover()
        self._begin(at_us)

    # -- writing ---------------------------------------------------------------------------------------------------

    def append(self, arrivals: Sequence[Arrival]) -> list[Position]:
        """Write records after the last one; they are not durable before ``sync``.  Returns their positions."""
        pack_stamp = STAMP.pack
        payloads = []
        for at_us, peer, raw in arrivals:
            name = peer.encode("utf-8", "replace")[:255]
            payloads.append(pack_stamp(at_us, len(name)) + name + raw)
        positions: list[Position] = []
        while payloads:
            fitting = self._how_many_fit(payloads)
            if not fitting:
                self._rotate(arrivals[len(positions)][0])
                continue
            positions += self._write(payloads[:fitting])
            payloads = payloads[fitting:]
        return positions

    def _how_many_fit(self, payloads: list[bytes]) -> int:
        if self._fd < 0:
            return 0
        room = self.segment_bytes - ROOM_FOR_FOOTER - self.offset
        total = sum(map(len, payloads)) + segment.RECORD_BYTES * len(payloads)
        if total <= room:
            return len(payloads)
        fitting = 0
        for payload in payloads:
            room -= segment.RECORD_BYTES + len(payload)
            if room < 0:
                break
            fitting += 1
        if not fitting and self.records == 0:
            return 1  # larger than a whole segment: let this file grow
        return fitting

    def _write(self, payloads: list[bytes]) -> list[Position]:
        data, offsets = segment.pack(self.number, self.offset, payloads)
        _write_all(self._fd, data, self.offset)
        self.offset += len(data)
        self.records += len(payloads)
        if self._spare is None and self.offset > self.segment_bytes // 2:
            self._prepare_spare()
        number = self.number
        return [Position(number, offset) for offset in offsets]

    def sync(self) -> Position:
        """Make everything appended durable (fdatasync) and tell readers; returns the durable end."""
        if self._fd < 0:
            raise OSError("the spool has no open segment")
        end = self.offset
        if end != self.synced:
            try:
                os.fdatasync(self._fd)
            except OSError:
                self._abandon()
                raise
            self.synced = end
            self._tell()
        return Position(self.number, end)

    def _tell(self) -> None:
        os.pwrite(self._mark, segment.pack_mark(self.number, self.synced), 0)

    # -- segments --------------------------------------------------------------------------------------------------

    def _rotate(self, at_us: int) -> None:
        if self._fd >= 0:
            self.sync()
            self._close_segment()
        self._begin(at_us)

    def rotate(self, at_us: int) -> None:
        """Close the open segment and begin the next; does nothing when the open one is empty."""
        if self._fd < 0 or self.records:
            self._rotate(at_us)

    def _begin(self, at_us: int) -> None:
        there = numbers(self.folder)
        number = there[-1] + 1 if there else 1
        spare = self._take_spare()
        fd = os.open(spare, os.O_RDWR)
        try:
            _write_all(fd, segment.header(number, at_us), 0)
            os.fdatasync(fd)
            os.rename(spare, path_of(self.folder, number))
            _sync_folder(self.folder)
        except OSError:
            os.close(fd)
            raise
        self._fd, self.number, self.offset, self.records = fd, number, segment.HEADER_BYTES, 0
        self.synced = self.offset
        self._tell()

    def _close_segment(self) -> None:
        self.synced = _finish(self._fd, self.number, self.offset, self.records, [])
        self._tell()
        os.close(self._fd)
        self._fd = -1

    def _abandon(self) -> None:
        os.close(self._fd)
        self._fd = -1
        with contextlib.suppress(OSError):
            close_after_crash(self.folder, self.number, synced=self.synced)

    def _prepare_spare(self) -> None:
        """Fill the next segment with zeros in a thread, so that rotation costs no more than a rename."""
        if self._preparing is None or not self._preparing.is_alive():
            self._preparing = threading.Thread(target=self._fill_spare, name="spool-spare", daemon=True)
            self._preparing.start()

    def _fill_spare(self) -> None:
        with contextlib.suppress(OSError):  # a full disk shows when the segment is needed
            self._spare = _fill(self.folder / "next.tmp", self.segment_bytes)

    def _take_spare(self) -> Path:
        if self._preparing is not None:
            self._preparing.join()
            self._preparing = None
        spare, self._spare = self._spare, None
        return spare if spare is not None else _fill(self.folder / "next.tmp", self.segment_bytes)

    def _recover(self) -> None:
        """Close what a crash left open; drop a newest segment in which nothing was ever written."""
        there = numbers(self.folder)
        if not there:
            return
        newest = there[-1]
        mark = durable_mark(self.folder)
        synced = mark.offset if mark is not None and mark.segment == newest else None
        found = close_after_crash(self.folder, newest, synced=synced)
        if found is not None:
            self.recovered.append(found)

    def close(self) -> None:
        """Sync, close the segment with its footer, let the next writer in."""
        try:
            if self._fd >= 0:
                self.sync()
                self._close_segment()
        finally:
            if self._preparing is not None:
                self._preparing.join()
            (self.folder / "next.tmp").unlink(missing_ok=True)
            os.close(self._mark)
            os.close(self._lock)


def _fill(path: Path, size: int) -> Path:
    """A file of ``size`` zero bytes, really written: later fdatasyncs then touch no metadata."""
    block = bytes(1 << 20)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        done = 0
        while done < size:
            done += os.write(fd, block[: min(len(block), size - done)])
        os.fsync(fd)
    except OSError:
        os.close(fd)
        path.unlink(missing_ok=True)
        raise
    os.close(fd)
    return path


def _write_all(fd: int, data: bytes, offset: int) -> None:
    """A disk that is nearly full takes a part and says so in the return value alone."""
    written = 0
    while written < len(data):
        written += os.pwrite(fd, data[written:] if written else data, offset + written)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _finish(fd: int, number: int, offset: int, records: int, torn: list[tuple[int, int]]) -> int:
    """Write the footer at ``offset``, cut the room behind it off, sync; returns the length of the file."""
    closing = segment.footer(number, offset, records, torn)
    _write_all(fd, closing, offset)
    os.ftruncate(fd, offset + len(closing))
    os.fsync(fd)
    return offset + len(closing)


def close_after_crash(folder: Path, number: int, *, synced: int | None) -> segment.Contents | None:
    """Give an open segment its footer; returns what was found, None when it was closed in good order.

    Bytes that are neither record nor zero stay where they are: torn ones are named in the footer, damaged ones are
    not, so every later reading reports them.
    """
    path = path_of(folder, number)
    with open(path, "r+b") as file:
        data = file.read()
        found = segment.contents(data, number, synced=synced)
        if found.closed:
            file.truncate(max(found.ended, segment.HEADER_BYTES) if not found.damages else len(data))  # room the crash left
            return None
        torn = [(damage.offset, damage.ended) for damage in found.torn]
        _finish(file.fileno(), number, found.ended, len(found.records), torn)
    return found
