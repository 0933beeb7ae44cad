"""Bytes in, frames out, and not one byte lost.

A packet is ``##`` + four digits of length + data segment + four digits of check code + CR LF (2017 §6.3, 2025 §6.3).
Framing obeys the length field, because from 2025 the data region may be cipher text and hold any byte, ``##`` and
CR LF included.  Only when nothing ends where the length says is the length held for a lie; then the closing ``&&``,
code and line end are looked for, up to the next header, and believed if the check code fits.

Whatever is cut off the buffer is returned, as a Frame or as Garbage: bytes in = frames + garbage + buffer.  And the
answer does not depend on how the stream was cut into chunks.  Waiting is the caller's: ``quiet=True`` says "this line
has been silent for a while", and then a packet without a line end, or with too great a length, is taken as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from .crc import crc16, dialect
from .faults import Fault, fault

LONGEST_SEGMENT = 1024  # 2017 §6.3.1; real devices send more, the length field allows 9999
WINDOW = 10_240  # bytes after which a lying length stops being waited for

_HEADER = re.compile(rb"##(?:\d{4}|\d{1,3}(?=[A-Za-z]))")
_UNFINISHED_HEADER = re.compile(rb"##?\d{0,3}\Z")
_END = re.compile(rb"&&([0-9A-Fa-f]{4})(\r?\n)")
_END_OR_SILENCE = re.compile(rb"&&([0-9A-Fa-f]{4})(\r?\n|\Z)")
_LITERAL = re.compile(rb"\{(0[xX][0-9A-Fa-f]{2}(?:,\s*0[xX][0-9A-Fa-f]{2})*)\}")
_CODE = re.compile(rb"[0-9A-Fa-f]{4}\Z")
_TAILS = (b"\r\n", b"**\r\n")


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet: its bytes, where the data segment lies in them, and what was odd about the frame.

    ``dialect`` is "hj212" for the right check code, another name for another algorithm, "" when no code fits
    (also so when the data region is encrypted: 2025 computes the code on the plain text).
    """

    raw: bytes
    start: int
    stop: int
    dialect: str
    faults: tuple[Fault, ...] = ()

    @property
    def segment(self) -> bytes:
        """The data segment: the bytes between the length and the check code."""
        return self.raw[self.start : self.stop]

    @property
    def claimed(self) -> bytes:
        """The check code as it was sent: four bytes."""
        return self.raw[self.stop : self.stop + 4]


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no packet, and why."""

    raw: bytes
    reason: Fault


def take_frame(buffer: bytearray, *, quiet: bool = False) -> Frame | Garbage | None:
    """Take one packet or one run of garbage off the front of ``buffer``; None means: come back with more bytes.

    With ``quiet`` the line is known to be silent: see the head of the file.
    """
    header = _HEADER.match(buffer)
    if header is None:
        return _resync(buffer)
    start = header.end()
    end = start + int(buffer[2:start])
    if len(buffer) >= end + 4:
        code = bytes(buffer[end : end + 4])
        if buffer[end - 2 : end] == b"&&" and _CODE.match(code):
            return _at_declared_end(buffer, start, end, quiet)
        if len(buffer) >= end + 6 and buffer[end + 4 : end + 6] == b"\r\n" and _says(code, buffer[start:end]):
            return _cut(buffer, start, end, 2, "hj212")
    if len(buffer) < end + 6 and not quiet:
        return None
    return _at_lying_length(buffer, start, quiet)


def _says(code: bytes, segment: bytes | bytearray) -> bool:
    """Whether these four bytes are the right check code of the segment."""
    return code.upper() == b"%04X" % crc16(segment)


def _at_declared_end(buffer: bytearray, start: int, end: int, quiet: bool) -> Frame | None:
    """The length field holds: ``&&`` and a code stand where it says."""
    rest = bytes(buffer[end + 4 : end + 8])
    if rest[:2] == b"\r\n":
        tail = 2
    elif not quiet and rest not in _TAILS and any(t.startswith(rest) for t in _TAILS):
        return None
    else:
        tail = 4 if rest == b"**\r\n" else 1 if rest[:1] in (b"\r", b"\n") else 0
    segment = bytes(buffer[start:end])
    claimed = bytes(buffer[end : end + 4])
    if claimed.upper() == b"%04X" % crc16(segment):
        return _cut(buffer, start, end, tail, "hj212")
    for inner in islice(_END.finditer(segment), 8):
        if _says(inner[1], segment[: inner.start() + 2]):
            return _cut(buffer, start, start + inner.start() + 2, len(inner[2]), "hj212", repaired=True)
    return _cut(buffer, start, end, tail, dialect(segment, int(claimed, 16)))


def _at_lying_length(buffer: bytearray, start: int, quiet: bool) -> Frame | Garbage | None:
    """Nothing ends where the length says: look for the end, or for the next header, whichever is first."""
    following = _HEADER.search(buffer, 2, WINDOW)
    limit = following.start() if following else min(len(buffer), WINDOW)
    end = (_END_OR_SILENCE if quiet or following else _END).search(buffer, start, limit)
    if end is not None:
        stop = end.start() + 2
        if _says(end[1], buffer[start:stop]):
            return _cut(buffer, start, stop, len(end[2]), "hj212", repaired=True)
        if _spelled_out(buffer[start:stop]) == int(buffer[2:start]):
            return _cut(buffer, start, stop, len(end[2]), "")
        return _waste(buffer, end.end(), fault("length_and_crc"))
    if following is not None:
        return _waste(buffer, limit, fault("not_a_frame", "数据包没有写完，后面是另一个包头"))
    if len(buffer) >= WINDOW:
        unfinished = _UNFINISHED_HEADER.search(buffer, WINDOW - 5, WINDOW)
        size = unfinished.start() if unfinished else WINDOW
        return _waste(buffer, size, fault("not_a_frame", "超过一万字节没有包尾"))
    return None


def literal_bytes(region: bytes | bytearray) -> bytes | None:
    """Return the bytes that ``{0x..,0x..}rest`` stands for, or None when the region is not written so."""
    match = _LITERAL.match(region)
    if match is None:
        return None
    return bytes(int(byte, 16) for byte in match[1].split(b",")) + bytes(region[match.end() :])


def _spelled_out(segment: bytearray) -> int:
    """The size a segment would have if its cipher text, spelled out as in the print of 2025, were raw bytes; else -1."""
    before, opening, region = segment.partition(b"CP=&&")
    cipher = literal_bytes(region) if opening else None
    return -1 if cipher is None else len(before) + len(opening) + len(cipher)


def _resync(buffer: bytearray) -> Garbage | None:
    """Throw away (that is, hand back as garbage) everything before the next header."""
    following = _HEADER.search(buffer, 1)
    if following is not None:
        return _waste(buffer, following.start(), fault("garbage"))
    unfinished = _UNFINISHED_HEADER.search(buffer, max(0, len(buffer) - 5))
    size = unfinished.start() if unfinished else len(buffer)
    return _waste(buffer, size, fault("garbage")) if size else None


def _waste(buffer: bytearray, size: int, reason: Fault) -> Garbage:
    raw = bytes(buffer[:size])
    del buffer[:size]
    return Garbage(raw, reason)


def _cut(buffer: bytearray, start: int, stop: int, tail: int, name: str, *, repaired: bool = False) -> Frame:
    raw = bytes(buffer[: stop + 4 + tail])
    del buffer[: stop + 4 + tail]
    code = raw[stop : stop + 4]
    if start == 6 and tail == 2 and name == "hj212" and not repaired and stop <= 1030 and code == code.upper():
        return Frame(raw, start, stop, name)
    return Frame(raw, start, stop, name, tuple(_oddities(raw, start, stop, name, repaired)))


def _oddities(raw: bytes, start: int, stop: int, name: str, repaired: bool) -> list[Fault]:
    """List what departs from the standard in a frame that was taken."""
    claimed = raw[stop : stop + 4].decode("ascii", "replace")
    found = []
    if repaired:
        found.append(fault("length_repaired", f"长度字段写{int(raw[2:start])}，数据段实为{stop - start}字节"))
    if start < 6:
        found.append(fault("length_unpadded"))
    if stop - start > LONGEST_SEGMENT:
        found.append(fault("segment_long", f"数据段{stop - start}字节，标准不超过1024"))
    if not name:
        found.append(fault("crc_wrong", f"校验码写{claimed}，应为{crc16(raw[start:stop]):04X}"))
    elif name != "hj212":
        found.append(fault("crc_dialect", name))
    if claimed.upper() != claimed:
        found.append(fault("crc_lower_case"))
    tail = raw[stop + 4 :]
    if tail == b"**\r\n":
        found.append(fault("tail_junk"))
    elif tail != b"\r\n":
        found.append(fault("line_end"))
    return found


def read_frame(raw: bytes) -> Frame | None:
    """Return ``raw`` as one whole frame, or None when it is not exactly one."""
    stop = len(raw) - 6
    is_plain = raw[:2] == b"##" and raw[2:6] == b"%04d" % (stop - 6) and raw[stop - 2 : stop] == b"&&"
    if is_plain and stop <= LONGEST_SEGMENT + 6 and raw[stop:] == b"%04X\r\n" % crc16(raw[6:stop]):
        return Frame(raw, 6, stop, "hj212")  # faultless, as nearly all are
    buffer = bytearray(raw)
    taken = take_frame(buffer, quiet=True)
    return taken if isinstance(taken, Frame) and not buffer else None
