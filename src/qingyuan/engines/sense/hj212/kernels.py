# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False, disallow-incomplete-defs=False, check-untyped-defs=False
"""The columnar decoder's inner loop, compiled.

A packet is taken here only when it is exactly what the standard asks: ``##dddd``, QN … CP in order, right check code, CR
LF, printable ASCII, numbers a float holds exactly as written.  Everything else is *odd* and left to the message decoder
(columnar.py), so this file may be strict and needs no faults; the property test holds the two equal packet by packet.

Numba compiles in a few seconds the first time and keeps the result; nothing is compiled on import.
"""

from __future__ import annotations

import numpy as np
from numba import njit, uint64

from .kernel_head import NONE, framed, moment, read_head
from .words import LOW, byte, eight, eight_digits, first_of, position

TENS = 10.0 ** np.arange(23)
SLOTS = 8192  # of the interning tables; a batch with more distinct factors or stations goes to the message decoder


def packed(text: str) -> int:
    """Return up to eight ASCII characters as one integer, the first in the lowest byte."""
    return int.from_bytes(text.encode(), "little")


FIELDS = (
    "avg",
    "min",
    "max",
    "flag",
    "rtd",
    "zsavg",
    "zsmin",
    "zsmax",
    "cou",
    "zsrtd",
    "eflag",
    "data",
    "rs",
    "rt",
    "td",
)
_PLACES = (0, 1, 2, 7, 0, 4, 5, 6, 3, 4, 8, 0, 0, 0, 0)
NAMES = np.array([packed(name) for name in FIELDS], dtype=np.uint64)
PLACES = np.array(_PLACES, dtype=np.int64)
DATA_TIME, SAMPLE_TI = np.uint64(packed("DataTime")), np.uint64(packed("sampleti"))  # a signed one compares as float
KEY, INDEX, ORDER, COUNT = range(4)  # planes of the interning tables, uint64[4, 3, SLOTS]
OWNER, FACTOR, FIELDS_SEEN, ITEM = range(4)  # lines of the row notes, int32[4, rows]
_jit = njit(cache=True, nogil=True)
_hot = njit(cache=True, nogil=True, inline="always")  # spares the counting of references to its arrays


@_hot
def value_end(buf, at, stop):
    """Where a value ends (separator or ``stop``), or -1 when it holds what the message decoder must look at."""
    while at < stop:
        c = byte(buf, at)
        if c == 59 or c == 44:
            return at
        if c <= 32 or c > 126 or c == 61 or (c == 47 and byte(buf, at + 1) == 47):
            return -1
        at += 1
    return stop


@_hot
def number(buf, at, stop):
    """A plain decimal and where it ends; the end is -1 when a float would not hold it exactly as Python reads it.

    Up to seven characters are read at once, without a branch per digit; longer ones go through ``long_number``.
    """
    negative = byte(buf, at) == 45
    at += negative
    word = eight(buf, at)
    size = min(position(word, 59), position(word, 44), stop - at)
    point = position(word, 46)
    if size >= 8 or size < 1 or point == 0 or point == size - 1:
        return long_number(buf, at, stop, negative)
    count = size
    if point < size:
        word = first_of(word, point) | ((word >> uint64(8)) & ~first_of(~uint64(0), point))
        count = size - 1
    filled = (first_of(word, count) << uint64(64 - 8 * count)) | (uint64(0x3030303030303030) >> uint64(8 * count))
    mantissa = eight_digits(filled)
    if mantissa < 0:
        return 0.0, -1
    value = float(mantissa)
    if point < size:
        value /= TENS[count - point]
    return (-value if negative else value), at + size


@_jit
def long_number(buf, at, stop, negative):
    """The same for any length, digit by digit."""
    first, mantissa, point = at, 0, -1
    while at < stop:
        c = byte(buf, at)
        if 48 <= c <= 57:
            mantissa = mantissa * 10 + (c - 48)
        elif c == 46 and point < 0 and at > first:
            point = at
        else:
            break
        at += 1
    count = at - first - (point >= 0)
    if count == 0 or count > 15 or point == at - 1 or (at < stop and byte(buf, at) != 59 and byte(buf, at) != 44):
        return 0.0, -1
    value = float(mantissa)
    if point >= 0:
        value /= TENS[at - point - 1]
    return (-value if negative else value), at


@_hot
def intern(code, which, tables):
    """The index of an integer in one of the growing tables (0 factors, 1 marks, 2 stations), or -1 when it is full."""
    slot = np.int64((code * uint64(0x9E3779B97F4A7C15)) >> uint64(51))
    while tables[KEY, which, slot] != uint64(0):
        if tables[KEY, which, slot] == code:
            return np.int64(tables[INDEX, which, slot])
        slot = (slot + 1) & (SLOTS - 1)
    count = np.int64(tables[COUNT, which, 0])
    if count >= SLOTS // 2:
        return -1
    tables[KEY, which, slot], tables[INDEX, which, slot], tables[ORDER, which, count] = code, count, code
    tables[COUNT, which, 0] = count + 1
    return count


@_hot
def plain(buf, at, stop):
    """Whether buf[at:stop] may be (part of) a key."""
    for i in range(at, stop):
        c = byte(buf, i)
        if c <= 32 or c > 126 or c == 59 or c == 44 or c == 47 or c == 61:
            return False
    return stop > at


@_jit
def bare_key(buf, at, stop):
    """Where the equals sign of any key stands, or -1 when there is none or the key is not plain."""
    begin = at
    while at < stop and byte(buf, at) != 61:
        at += 1
    return at if at < stop and plain(buf, begin, at) else -1


@_hot
def field_of(name):
    """The number of a field name in FIELDS, or -1."""
    for i in range(NAMES.size):
        if NAMES[i] == name:
            return i
    return -1


@_hot
def short_text(buf, at, end):
    """Up to eight characters packed into an integer."""
    return first_of(eight(buf, at), end - at) if end - at < 8 else eight(buf, at)


@_hot
def put(buf, at, stop, place, row, numbers, marks, tables):
    """Store the value at ``at`` in its column; returns where it ends, or -1."""
    if place < 7:
        numbers[place, row], end = number(buf, at, stop)
        return end
    end = value_end(buf, at, stop)
    if end < 0 or end - at > 8:
        return -1
    index = 0
    if end == at + 1:  # one letter, as the standard has it: its index is noted beside the table
        letter = byte(buf, at)
        index = np.int64(tables[COUNT, 1, letter])
        if index == 0:
            index = intern(uint64(letter), 1, tables)
            tables[COUNT, 1, letter] = max(index, 0)
    elif end > at:
        index = intern(short_text(buf, at, end), 1, tables)
    if index < 0:
        return -1
    marks[place - 7, row] = index
    return end


@_hot
def row_of(factor, first, rows, packet, columns, numbers, marks, sampled):
    """The row of a factor in this packet, a new one when it is the first time; and the number of rows."""
    for row in range(rows - 1, first - 1, -1):
        if columns[FACTOR, row] == factor:
            return row, rows
    columns[OWNER, rows], columns[FACTOR, rows], columns[ITEM, rows], sampled[rows] = packet, factor, -1, NONE
    for place in range(7):
        numbers[place, rows] = np.nan
    marks[0, rows] = marks[1, rows] = 0
    return rows, rows + 1


@_jit
def sample_time(buf, at, stop, row, sampled):
    """Store SampleTime, whose name begins at ``at``; returns where the value ends, or -1."""
    if stop - at < 25 or eight(buf, at) | uint64(LOW * 32) != SAMPLE_TI or (byte(buf, at + 8) | 32) != 109:
        return -1
    if (byte(buf, at + 9) | 32) != 101 or byte(buf, at + 10) != 61 or value_end(buf, at + 11, stop) != at + 25:
        return -1
    sampled[row] = moment(buf, at + 11)
    return at + 25 if sampled[row] != NONE else -1


@_hot
def is_again(row, field, item, columns):
    """Note a field of a row in this item; whether it was there already."""
    if columns[ITEM, row] != item:
        columns[ITEM, row], columns[FIELDS_SEEN, row] = item, 0
    before = columns[FIELDS_SEEN, row]
    columns[FIELDS_SEEN, row] = before | (1 << field)
    return (before >> field) & 1


@_hot
def read_region(buf, at, stop, packet, rows, columns, numbers, marks, sampled, tables):
    """Read the pairs of an upload's data region; returns (rows, DataTime or NONE), or (-1, NONE) for an odd one."""
    first, began, item, last, row = rows, NONE, 0, uint64(0), -1
    while at < stop:
        word = eight(buf, at)
        size = position(word, 45)
        if word == DATA_TIME and byte(buf, at + 8) == 61 and began == NONE:
            end = value_end(buf, at + 9, stop)
            began = moment(buf, at + 9) if end == at + 23 else NONE
            if began == NONE:
                return -1, NONE
            at = end
        elif size == 8 or size == 0:
            return -1, NONE
        else:
            code = first_of(word, size)
            if code != last:
                if not plain(buf, at, at + size):
                    return -1, NONE
                last = code
                factor = intern(code, 0, tables)
                if factor < 0:
                    return -1, NONE
                row, rows = row_of(factor, first, rows, packet, columns, numbers, marks, sampled)
            at += size + 1
            word = eight(buf, at)
            size = position(word, 61)
            field = field_of(first_of(word | uint64(LOW * 32), size)) if size < 8 else -1
            if is_again(row, field if field >= 0 else 30, item, columns):
                return -1, NONE
            if field >= 0:
                at = put(buf, at + size + 1, stop, PLACES[field], row, numbers, marks, tables)
            else:
                at = sample_time(buf, at, stop, row, sampled)
        if at < 0 or at == stop - 1:
            return -1, NONE
        if at < stop:
            item += byte(buf, at) == 59
            at += 1
    return rows, began


@_jit
def hyphens(buf):
    """How many hyphens a buffer holds: no batch has more rows."""
    count = 0
    for i in range(buf.size):
        count += buf[i] == 45
    return count


@_jit
def check_region(buf, at, stop):
    """Whether the data region of a packet without readings is plain: pairs, none empty, at most one pair in each item."""
    while at < stop:
        equals = bare_key(buf, at, stop)
        if equals < 0:
            return False
        at = value_end(buf, equals + 1, stop)
        if at < 0 or at == stop - 1 or (at < stop and byte(buf, at) == 44):
            return False
        at += 1
    return True


@_hot
def intern_mn(buf, head, tables, spans):
    """The index of a station number, or -1 when the table is full or two numbers share a hash."""
    begin, size = head[6], head[7] - head[6]
    code = uint64(size)
    for i in range(0, size, 8):
        word = eight(buf, begin + i) if size - i >= 8 else first_of(eight(buf, begin + i), size - i)
        code = (code ^ word) * uint64(0x9E3779B97F4A7C15)
        code ^= code >> uint64(29)
    before = np.int64(tables[COUNT, 2, 0])
    index = intern(code | uint64(1), 2, tables)
    if index < 0:
        return -1
    if index == before:
        spans[index, 0], spans[index, 1] = head[6], head[7]
        return index
    if spans[index, 1] - spans[index, 0] != size:
        return -1
    for i in range(size):
        if byte(buf, spans[index, 0] + i) != byte(buf, begin + i):
            return -1
    return index


@_jit
def decode(
    buf, bounds, systems, commands, kinds, odd, heads, mns, begans, qns, columns, numbers, marks, sampled, tables, spans
):
    """Decode the packets buf[bounds[i]:bounds[i+1]]; sets ``odd`` for those left to the message decoder; returns the rows."""
    rows = 0
    for i in range(bounds.size - 1):
        odd[i] = True
        stop = framed(buf, bounds[i], bounds[i + 1])
        if stop < 0:
            continue
        at = read_head(buf, bounds[i] + 6, stop - 2, heads[i], systems, commands)
        if at < 0:
            continue
        after, began = rows, NONE
        if kinds[heads[i, 2]] >= 0:
            after, began = read_region(buf, at, stop - 2, i, rows, columns, numbers, marks, sampled, tables)
            if after < 0 or (began == NONE and at < stop - 2):
                continue
        elif not check_region(buf, at, stop - 2):
            continue
        mns[i] = intern_mn(buf, heads[i], tables, spans)
        if mns[i] < 0:
            continue
        odd[i], begans[i], rows = False, began, after
        for k in range(17):
            qns[i, k] = buf[bounds[i] + 9 + k]
    return rows
