# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False, check-untyped-defs=False
"""The compiled decoder, first half: is this a sound frame, and what does its header say (see kernels.py)."""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from .crc import POWERS, TABLE
from .words import byte, eight, eight_digits, filling, first_of, is_odd, position

H = np.array(POWERS, dtype=np.uint8)
T = np.array(TABLE, dtype=np.uint16)
NONE = np.iinfo(np.int64).min
_jit = njit(cache=True, nogil=True)
_hot = njit(cache=True, nogil=True, inline="always")


@_jit
def check_code(buf, start, stop):
    """The HJ 212 check code of buf[start:stop], folded: one XOR per eight bytes and eight look-ups."""
    size = stop - start
    if size == 0:
        return 0xFFFF
    head = size % 8
    word = uint64(0)
    for i in range(start, start + head):
        word = (word << uint64(8)) | uint64(byte(buf, i))
    word = uint64(0xFF) << uint64(8 * (head - 1)) ^ word if head else uint64(0)
    lines = uint64(0xFF) if head == 0 else uint64(0)
    for i in range(start + head, stop, 8):
        lines ^= eight(buf, i)
    index = 0
    for k in range(8):
        index ^= H[k, ((word >> uint64(8 * k)) ^ (lines >> uint64(56 - 8 * k))) & uint64(0xFF)]
    return T[index]


@_hot
def digits(buf, at, count):
    """The number that ``count`` digits at ``at`` make, or -1."""
    value = 0
    for i in range(at, at + count):
        c = byte(buf, i) - 48
        if c < 0 or c > 9:
            return -1
        value = value * 10 + c
    return value


@_jit
def moment(buf, at):
    """YYYYMMDDhhmmss at ``at`` as milliseconds since 1970 UTC (device time is UTC+8), or NONE when there is no such time."""
    date, clock = eight_digits(eight(buf, at)), eight_digits(eight(buf, at + 8) << uint64(16) | uint64(0x3030))
    if date < 0 or clock < 0:
        return NONE
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    if year < 1 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59:
        return NONE
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 - (month == 4 or month == 6 or month == 9 or month == 11)
    if month == 2:
        longest = 29 if leap else 28
    if day > longest:
        return NONE
    y = year - (month <= 2)  # days from the civil calendar, years beginning in March
    era_day = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = 365 * y + y // 4 - y // 100 + y // 400 + era_day - 719468
    return (((days * 24 + hour - 8) * 60 + minute) * 60 + second) * 1000


@_jit
def hexadecimal(buf, at):
    """Four upper-case hexadecimal digits as a number, or -1."""
    value = 0
    for i in range(at, at + 4):
        c = byte(buf, i)
        if 48 <= c <= 57:
            value = value * 16 + c - 48
        elif 65 <= c <= 70:
            value = value * 16 + c - 55
        else:
            return -1
    return value


@_jit
def framed(buf, begin, end):
    """Where the data segment of a sound frame buf[begin:end] stops, or -1."""
    size = end - begin
    if size < 12 or buf[begin] != 35 or buf[begin + 1] != 35 or buf[end - 2] != 13 or buf[end - 1] != 10:
        return -1
    length = digits(buf, begin + 2, 4)
    if length != size - 12 or length > 1024 or buf[end - 8] != 38 or buf[end - 7] != 38:
        return -1
    return end - 6 if hexadecimal(buf, end - 6) == check_code(buf, begin + 6, end - 6) else -1


@_hot
def named(buf, at, a, b):
    """Whether ``at`` begins with the two characters and an equals sign."""
    return byte(buf, at) == a and byte(buf, at + 1) == b and byte(buf, at + 2) == 61


@_hot
def field_end(buf, at, stop):
    """Where a header value ends (its semicolon), or -1 when it holds anything but printable ASCII."""
    while at < stop:
        word = eight(buf, at)
        size = position(word, 59)
        if is_odd(first_of(word, size) | filling(size) if size < 8 else word):
            return -1
        at += size
        if size < 8:
            return at if at < stop else -1
    return -1


@_jit
def counter(buf, at, stop):
    """The digits before a semicolon and where it stands; (-1, at) when there are none or too many."""
    end = field_end(buf, at, stop)
    if end < 0 or end == at or end - at > 8:
        return -1, at
    return digits(buf, at, end - at), end


@_jit
def read_head(buf, at, stop, head, systems, commands):
    """Read ``QN=…;…CP=&&``; fills head (flag, st, cn, pnum, pno, backfill, mn from, mn to); returns where CP starts or -1."""
    if stop - at < 60 or not named(buf, at, 81, 78) or byte(buf, at + 20) != 59 or moment(buf, at + 3) == NONE:
        return -1
    if digits(buf, at + 17, 3) < 0 or not named(buf, at + 21, 83, 84) or byte(buf, at + 26) != 59:
        return -1
    head[1] = digits(buf, at + 24, 2)
    if head[1] < 0 or not systems[head[1]] or not named(buf, at + 27, 67, 78) or byte(buf, at + 34) != 59:
        return -1
    head[2] = digits(buf, at + 30, 4)
    pw = at + 38
    end = field_end(buf, pw, stop)
    if (
        head[2] < 0
        or not named(buf, at + 35, 80, 87)
        or end <= pw
        or end + 12 > stop
        or not named(buf, end + 1, 77, 78)
    ):
        return -1
    head[6] = end + 4
    end = field_end(buf, end + 4, stop)
    head[7] = end
    if (
        end <= head[6]
        or end + 13 > stop
        or byte(buf, end + 1) != 70
        or byte(buf, end + 2) != 108
        or byte(buf, end + 3) != 97
    ):
        return -1
    if byte(buf, end + 4) != 103 or byte(buf, end + 5) != 61:
        return -1
    at = end + 6
    head[0], end = counter(buf, at, stop)
    if head[0] < 0 or head[0] > 11 or end > at + 2 or not commands[head[2]] & (1 << (head[0] >> 2)):
        return -1
    return _parts_and_backfill(buf, end + 1, stop, head)


@_jit
def _parts_and_backfill(buf, at, stop, head):
    head[3] = head[4] = -1
    head[5] = 0
    if stop - at < 5:
        return -1
    if (
        byte(buf, at) == 80
        and byte(buf, at + 1) == 78
        and byte(buf, at + 2) == 85
        and byte(buf, at + 3) == 77
        and byte(buf, at + 4) == 61
    ):
        head[3], end = counter(buf, at + 5, stop)
        if (
            head[3] < 1
            or stop - end < 12
            or byte(buf, end + 1) != 80
            or byte(buf, end + 2) != 78
            or byte(buf, end + 3) != 79
            or byte(buf, end + 4) != 61
        ):
            return -1
        head[4], end = counter(buf, end + 5, stop)
        if head[4] < 1 or head[4] > head[3] or stop - end < 6:
            return -1
        at = end + 1
    elif head[0] & 2:
        return -1
    if named(buf, at, 82, 70):
        if byte(buf, at + 3) != 49 or byte(buf, at + 4) != 59 or stop - at < 10:
            return -1
        head[5] = 1
        at += 5
    if named(buf, at, 67, 80) and byte(buf, at + 3) == 38 and byte(buf, at + 4) == 38:
        return at + 5
    return -1
