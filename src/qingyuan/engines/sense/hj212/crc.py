"""The check code of HJ 212, folded.

Appendix A calls it "ANSI CRC16"; it is not.  Before each byte the register is shifted right by eight and XORed
with the byte, so the old low byte is lost: ``crc = T[(crc >> 8) ^ b]``.  Three things follow that the standard
does not say, and that this file uses:

* only 256 of the 65,536 values can occur, so a claimed value outside them comes from another algorithm;
* with ``H[x] = T[x] >> 8``, H is linear over GF(2) and applied eight times it is the identity, so the code depends
  on the bytes only through their XOR at equal distance from the end modulo eight.  One XOR pass and eight look-ups
  replace the loop;
* it is weak: two equal-length values that change places go unseen in about one case of six.  "CRC right" never
  proves an unaltered value; the SHA-256 of the raw bytes on arrival does.

Erratum: the example of 2017's Appendix A has the code 1C80; the running text under it misprints 1C08.
"""

from __future__ import annotations

from collections.abc import Callable


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


TABLE = _table()
"""The reflected table of polynomial 0xA001; entry b is the check code register after byte b."""


def _powers() -> tuple[tuple[int, ...], ...]:
    step = [entry >> 8 for entry in TABLE]
    powers = [list(range(256))]
    for _ in range(7):
        powers.append([step[x] for x in powers[-1]])
    return tuple(tuple(p) for p in powers)


POWERS = _powers()
"""``POWERS[k][x]`` is H applied k times to x; k = 0…7."""

POSSIBLE = frozenset(TABLE)
"""The only 256 values the code can take on a non-empty segment."""

_, _H1, _H2, _H3, _H4, _H5, _H6, _H7 = POWERS
_MASKS = tuple((1 << 64 * words) - 1 for words in range(700))


def crc16(segment: bytes | bytearray | memoryview) -> int:
    """Return the HJ 212 check code of the data segment, 0…65535 (2017 Appendix A, 2025 Appendix A.1)."""
    size = len(segment)
    if not size:
        return 0xFFFF
    folded = int.from_bytes(segment, "big") ^ (0xFF << 8 * (size - 1))
    words = (size + 7) >> 3
    while words > 1:
        words = (words + 1) >> 1
        mask = _MASKS[words] if words < 700 else (1 << 64 * words) - 1
        folded = (folded >> 64 * words) ^ (folded & mask)
    b7, b6, b5, b4, b3, b2, b1, b0 = folded.to_bytes(8, "big")
    return TABLE[b0 ^ _H1[b1] ^ _H2[b2] ^ _H3[b3] ^ _H4[b4] ^ _H5[b5] ^ _H6[b6] ^ _H7[b7]]


def crc16_bitwise(segment: bytes) -> int:
    """Return the same code by the letter of Appendix A, bit by bit: slow, and the oracle of the tests."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def modbus(segment: bytes) -> int:
    """Return CRC-16/Modbus, which some loggers send by mistake."""
    crc = 0xFFFF
    for byte in segment:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc


def swapped(crc: int) -> int:
    """Return the code with its two bytes exchanged."""
    return (crc & 0xFF) << 8 | crc >> 8


DIALECTS: dict[str, Callable[[bytes], int]] = {
    "hj212": crc16,
    "hj212-swapped": lambda segment: swapped(crc16(segment)),
    "modbus": modbus,
    "modbus-swapped": lambda segment: swapped(modbus(segment)),
}
"""What real loggers send, in the order in which a receiver should try."""


def dialect(segment: bytes, claimed: int) -> str:
    """Return the name of the first dialect whose code of ``segment`` is ``claimed``, or "" when none fits."""
    for name, code in DIALECTS.items():
        if code(segment) == claimed:
            return name
    return ""
