"""Reading a spool: every durable record after a position, and no damage passed over in silence.

Any process may read while the gateway writes; ``spool.py`` is the writer and gives these names on.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qingyuan.engines.ledger import segment
from qingyuan.errors import BadInput, Corrupt

ROOM_FOR_FOOTER = 4096
STAMP = struct.Struct("<qB")


class Position(NamedTuple):
    """Where a record stands; ordered as written."""

    segment: int
    offset: int


class SpoolRecord(NamedTuple):
    """One arrival: ``received_at`` in microseconds since 1970 by the gateway's clock, ``peer`` as ``host:port``."""

    position: Position
    received_at: int
    peer: str
    raw: bytes


def path_of(folder: Path, number: int) -> Path:
    """The file of segment ``number``."""
    return folder / f"{number:010d}.seg"


def numbers(folder: Path) -> list[int]:
    """The numbers of the segments there are, rising."""
    return sorted(int(p.stem) for p in folder.glob("*.seg") if p.stem.isdigit())


def durable_mark(folder: Path) -> Position | None:
    """How far the writer says it has synced; None when it never said, or what it said is unreadable."""
    try:
        said = segment.unpack_mark((folder / "durable").read_bytes())
    except OSError:
        return None
    return Position(*said) if said is not None else None


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            yield b""
            return
        with contextlib.closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as data:
            yield data


class Lost(NamedTuple):
    """A stretch of a segment that had been synced and can no longer be read; ``read`` passes it to ``on_damage``."""

    segment: int
    offset: int
    ended: int
    reason: str


def read(folder: Path | str, after: Position | None = None, *, on_damage: list[Lost] | None = None) -> Iterator[SpoolRecord]:
    """Every durable record after ``after`` (None: from the beginning), in order, up to what is synced now.

    Damaged bytes are never passed over in silence: they are appended to ``on_damage``, or, when that is None, end the
    reading with Corrupt naming segment and offset.  Torn bytes at the end of a crash are no damage.
    """
    folder = Path(folder)
    there = numbers(folder)  # first, and then the mark: a segment begun in between is left for the next reading
    mark = durable_mark(folder)
    for number in there:
        if after is not None and number < after.segment:
            continue
        start = after.offset if after is not None and number == after.segment else None
        yield from _read_segment(folder, number, start, newest=number == there[-1], mark=mark, on_damage=on_damage)


def read_one(folder: Path | str, position: Position) -> SpoolRecord:
    """The record that stands at ``position``, read alone.

    BadInput when the spool has no such segment or no record begins there; Corrupt when its bytes were changed.
    """
    number, offset = position
    path = path_of(Path(folder), number)
    if not path.exists():
        raise BadInput(f"缓存中没有第 {number} 段（{path.name}）；它可能已归档移走")
    with _mapped(path) as data:
        part = segment.read_record(data, number, offset, len(data)) if offset >= segment.HEADER_BYTES else None
        found = _record(data, number, part) if part is not None and not part.flags & segment.CLOSES else None
        if found is None and bytes(data[offset : offset + len(segment.MARK)]) == segment.MARK:
            raise Corrupt(f"缓存段 {number} 第 {offset} 字节处的记录已损坏；请用 qingyuan lake fsck 定位，并从备份或备机恢复该段")
    if found is None:
        raise BadInput(f"缓存段 {number} 的第 {offset} 字节处没有记录的开头")
    return found


def _read_segment(
    folder: Path, number: int, after: int | None, *, newest: bool, mark: Position | None, on_damage: list[Lost] | None
) -> Iterator[SpoolRecord]:
    with _mapped(path_of(folder, number)) as data:
        end, footer = _end_of(data, number, newest, mark)
        offset = segment.HEADER_BYTES
        if after is not None:
            first = segment.read_record(data, number, after, end)
            offset = first.ended if first is not None else after
        synced = len(data) if not newest else mark.offset if mark is not None and mark.segment == number else None
        for part in segment.walk(data, number, offset, end, synced=synced):
            if isinstance(part, segment.Damage):
                _report(number, part, footer, on_damage)
            elif not part.flags & segment.CLOSES:
                record = _record(data, number, part)
                if record is None:
                    _report(number, segment.Damage(part.offset, part.ended, "not a record of a spool"), footer, on_damage)
                else:
                    yield record


def _record(data: mmap.mmap | bytes, number: int, part: segment.Record) -> SpoolRecord | None:
    payload = data[part.payload_at : part.ended]
    if len(payload) < STAMP.size or len(payload) < STAMP.size + payload[STAMP.size - 1]:
        return None
    received_at, named = STAMP.unpack_from(payload)
    begins = STAMP.size + named
    peer = payload[STAMP.size : begins].decode("utf-8", "replace")
    return SpoolRecord(Position(number, part.offset), received_at, peer, payload[begins:])


def _end_of(data: mmap.mmap | bytes, number: int, newest: bool, mark: Position | None) -> tuple[int, segment.Footer | None]:
    """How far a reader may go, and the footer if the segment is closed."""
    closing = _footer_at_end(data, number)
    if closing is not None or not newest or mark is None or mark.segment != number:
        return len(data), closing
    return min(mark.offset, len(data)), None


def _footer_at_end(data: mmap.mmap | bytes, number: int) -> segment.Footer | None:
    tail_at = max(segment.HEADER_BYTES, len(data) - ROOM_FOR_FOOTER)
    where = bytes(data[tail_at:]).rfind(segment.MARK)
    if where < 0:
        return None
    last = segment.read_record(data, number, tail_at + where, len(data))
    if last is None or not last.flags & segment.CLOSES or last.ended != len(data):
        return None
    return segment.read_footer(data[last.payload_at : last.ended])


def _report(number: int, damage: segment.Damage, footer: segment.Footer | None, on_damage: list[Lost] | None) -> None:
    torn = (damage.offset, damage.ended) in footer.torn if footer is not None else damage.torn
    if torn:
        return
    if on_damage is None:
        raise Corrupt(
            f"缓存段 {number} 第 {damage.offset}–{damage.ended} 字节已损坏（{damage.reason}）；"
            "请用 qingyuan lake fsck 定位，并从备份或备机恢复该段"
        )
    on_damage.append(Lost(number, damage.offset, damage.ended, damage.reason))
