"""A segment: a file of checksummed records, written once from front to back.

This file knows bytes only: no socket, no clock, no meaning of a payload.  The spool writes packets into segments and
the ledger writes its own entries into one; both are read, checked and proved by the same forty lines below.

    header   32 bytes   magic · segment number · created (µs since 1970) · CRC-32
    record   16 bytes   magic · payload length · flags · CRC-32 over (segment, offset, length, flags, payload)
             payload
    footer   a record with flag CLOSES: JSON {"records": n, "torn": [[from, to], …]}
    zeros    preallocated room, cut off when the segment is closed

The position is part of the checksum, so a record copied elsewhere, or left over from an earlier use of the same
blocks, does not pass for one written here.  A record with flag STARTS is the first of a group commit: whatever stands
before it had been synced when it was written.  Hence the difference between *torn* (a crash during the last write;
nobody was told it was kept) and *damaged* (bytes that had been synced and are no longer what they were).
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAGIC = b"QYSEG001"
MARK = b"\x9dQY\x0a"
STARTS = 1
CLOSES = 2
HEADER_BYTES = 32
RECORD_BYTES = 16
LARGEST_PAYLOAD = 16 << 20

_DURABLE = struct.Struct("<QQ")
_HEADER = struct.Struct("<8sQqI")
_RECORD = struct.Struct("<4sIII")
_PLACE = struct.Struct("<QQII")

Bytes = bytes | bytearray | memoryview | mmap.mmap


@dataclass(frozen=True, slots=True)
class Record:
    """One good record: it fills ``[offset, ended)`` of the segment, its payload ``[ended - length, ended)``."""

    offset: int
    length: int
    flags: int

    @property
    def ended(self) -> int:
        return self.offset + RECORD_BYTES + self.length

    @property
    def payload_at(self) -> int:
        return self.offset + RECORD_BYTES


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes ``[offset, ended)`` that are no record; ``torn`` when only an unfinished last write explains them."""

    offset: int
    ended: int
    reason: str
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Footer:
    """What the writer said when it closed the segment."""

    records: int
    torn: tuple[tuple[int, int], ...]


def pack_mark(number: int, offset: int) -> bytes:
    """The 20 bytes with which a writer tells readers how far it has synced."""
    body = _DURABLE.pack(number, offset)
    return body + struct.pack("<I", zlib.crc32(body))


def unpack_mark(said: bytes) -> tuple[int, int] | None:
    """(segment, offset), or None when these are not the bytes of a mark."""
    if len(said) != 20 or struct.unpack("<I", said[16:])[0] != zlib.crc32(said[:16]):
        return None
    number, offset = _DURABLE.unpack(said[:16])
    return number, offset


def header(number: int, created_us: int) -> bytes:
    """The first 32 bytes of segment ``number``; ``created_us`` is in microseconds since 1970."""
    head = _HEADER.pack(MAGIC, number, created_us, 0)[:24]
    return head + struct.pack("<II", zlib.crc32(head), 0)


def read_header(data: Bytes) -> tuple[int, int] | None:
    """Return (number, created_us), or None when the header is not what a writer leaves."""
    head = bytes(data[:HEADER_BYTES])
    if len(head) < HEADER_BYTES or head[:8] != MAGIC:
        return None
    if struct.unpack("<II", head[24:]) != (zlib.crc32(head[:24]), 0):
        return None
    _, number, created_us, _ = _HEADER.unpack(head[:24] + b"\0\0\0\0")
    return number, created_us


def pack(number: int, offset: int, payloads: Sequence[bytes], *, closes: bool = False) -> tuple[bytes, list[int]]:
    """Lay ``payloads`` one after the other from ``offset``: the bytes to write and the offset of each record."""
    pieces: list[bytes] = []
    offsets: list[int] = []
    flags = CLOSES if closes else STARTS
    crc32, place, record = zlib.crc32, _PLACE.pack, _RECORD.pack
    for payload in payloads:
        length = len(payload)
        pieces.append(record(MARK, length, flags, crc32(payload, crc32(place(number, offset, length, flags)))))
        pieces.append(payload)
        offsets.append(offset)
        offset += RECORD_BYTES + length
        flags &= ~STARTS
    return b"".join(pieces), offsets


def read_record(data: Bytes, number: int, offset: int, end: int) -> Record | None:
    """The record that begins at ``offset``, or None when no good record begins there."""
    if offset + RECORD_BYTES > end:
        return None
    mark, length, flags, crc = _RECORD.unpack_from(data, offset)
    if mark != MARK or length > LARGEST_PAYLOAD or offset + RECORD_BYTES + length > end:
        return None
    payload_at = offset + RECORD_BYTES
    with memoryview(data) as view, view[payload_at : payload_at + length] as payload:
        found = zlib.crc32(payload, zlib.crc32(_PLACE.pack(number, offset, length, flags)))
    return Record(offset, length, flags) if found == crc else None


def walk(data: Bytes, number: int, start: int, end: int, *, synced: int | None = None) -> Iterator[Record | Damage]:
    """Every record in ``[start, end)`` and, between them, every stretch that is none.

    ``synced``: the writer is known to have synced up to here, so nothing before it can be torn.  Trailing zeros are
    room, not damage.  A footer, when there is one, comes out as a record with CLOSES and settles what was torn.
    """
    offset = start
    while offset < end:
        record = read_record(data, number, offset, end)
        if record is not None:
            yield record
            offset = record.ended
            continue
        following = _next_record(data, number, offset + 1, end)
        ended = following.offset if following is not None else _last_byte(data, offset, end)
        if ended > offset:
            yield Damage(offset, ended, _reason(data, offset, ended), _is_torn(data, number, ended, end, offset, synced))
        if following is None:
            return
        offset = ended


def _next_record(data: Bytes, number: int, start: int, end: int) -> Record | None:
    while True:
        start = _find(data, MARK, start, end)
        if start < 0:
            return None
        record = read_record(data, number, start, end)
        if record is not None:
            return record
        start += 1


def _find(data: Bytes, needle: bytes, start: int, end: int) -> int:
    if isinstance(data, memoryview):
        where = bytes(data[start:end]).find(needle)
        return where if where < 0 else where + start
    return data.find(needle, start, end)


def _last_byte(data: Bytes, start: int, end: int) -> int:
    """One past the last byte of ``[start, end)`` that is not zero; ``start`` when all are."""
    step = 1 << 16
    while end > start:
        begin = max(start, end - step)
        kept = bytes(data[begin:end]).rstrip(b"\0")
        if kept:
            return begin + len(kept)
        end = begin
    return start


def _reason(data: Bytes, offset: int, ended: int) -> str:
    if bytes(data[offset : offset + 4]) != MARK:
        return "record mark missing"
    return "record cut short" if ended - offset < RECORD_BYTES else "check sum does not match"


def _is_torn(data: Bytes, number: int, start: int, end: int, offset: int, synced: int | None) -> bool:
    """Torn only if nothing written after a later sync follows: no STARTS, no CLOSES, not below ``synced``."""
    if synced is not None and offset < synced:
        return False
    while start < end:
        record = read_record(data, number, start, end)
        if record is None:
            following = _next_record(data, number, start + 1, end)
            if following is None:
                return True
            record = following
        if record.flags & (STARTS | CLOSES):
            return False
        start = record.ended
    return True


def footer(number: int, offset: int, records: int, torn: Sequence[tuple[int, int]]) -> bytes:
    """The record that closes a segment at ``offset``."""
    payload = json.dumps({"records": records, "torn": [list(pair) for pair in torn]}, separators=(",", ":")).encode()
    return pack(number, offset, [payload], closes=True)[0]


def read_footer(payload: Bytes) -> Footer:
    """The inverse of ``footer``, from the payload of a record with CLOSES."""
    said = json.loads(bytes(payload))
    return Footer(int(said["records"]), tuple((int(a), int(b)) for a, b in said["torn"]))


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole segment, checked: its records (footer left out), what is damaged, what was torn, where the data ends."""

    number: int
    records: tuple[Record, ...]
    damages: tuple[Damage, ...]
    torn: tuple[Damage, ...]
    closed: bool
    ended: int


def contents(data: Bytes, number: int, *, synced: int | None = None) -> Contents:
    """Check every byte of a segment.  ``data`` is the whole file; raises nothing on bad bytes."""
    records: list[Record] = []
    bad: list[Damage] = []
    end_said: Footer | None = None
    ended = HEADER_BYTES
    told = read_header(data)
    if told is None or told[0] != number:
        bad.append(Damage(0, HEADER_BYTES, "segment header does not match"))
    for part in walk(data, number, HEADER_BYTES, len(data), synced=synced):
        ended = part.ended
        if isinstance(part, Damage):
            bad.append(part)
        elif part.flags & CLOSES:
            end_said = read_footer(data[part.payload_at : part.ended])
        else:
            records.append(part)
    if end_said is not None:
        bad = _settle(bad, end_said, len(records), ended, _last_byte(data, ended, len(data)))
    return Contents(
        number, tuple(records), tuple(d for d in bad if not d.torn), tuple(d for d in bad if d.torn), end_said is not None, ended
    )


def _settle(bad: list[Damage], said: Footer, count: int, ended: int, written: int) -> list[Damage]:
    """With a footer the writer has said what was torn; anything else that is bad, missing or added is damage."""
    torn = set(said.torn)
    settled = [Damage(d.offset, d.ended, d.reason, (d.offset, d.ended) in torn) for d in bad]
    gone = torn - {(d.offset, d.ended) for d in bad}
    settled += [Damage(a, b, "torn bytes are not as the footer says") for a, b in sorted(gone)]
    if count != said.records and not any(not d.torn for d in settled):
        settled.append(Damage(HEADER_BYTES, ended, f"{count} records where the footer says {said.records}"))
    if written > ended:
        settled.append(Damage(ended, written, "bytes after the footer"))
    return settled


def is_record(record: Bytes, number: int, offset: int) -> bool:
    """Whether these bytes, cut out of a segment, are one whole record that stood at ``offset`` of segment ``number``."""
    if len(record) < RECORD_BYTES:
        return False
    mark, length, flags, crc = _RECORD.unpack_from(record)
    payload = bytes(record[RECORD_BYTES:])
    return mark == MARK and len(payload) == length and zlib.crc32(payload, zlib.crc32(_PLACE.pack(number, offset, length, flags))) == crc
