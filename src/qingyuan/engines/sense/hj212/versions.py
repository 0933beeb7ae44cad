"""Which version of the standard a packet follows, and the Flag byte.

Flag = V5…V0 b1 b0: six bits of version, b1 "in parts, PNUM and PNO present", b0 "an answer is wanted".  2017 calls
b1 "D" and b0 "A", 2025 exchanges the letters; the positions are the same.  A packet without Flag is 2005's.  Flag
alone does not prove 2025: the surface-water protocol (HJ 1404-2024 and before) sends 8 and 9 too, so a station's
registered version, where there is one, goes before the hint.
"""

from __future__ import annotations

VERSIONS = (2005, 2017, 2025)
"""The three versions in the order of their version bits: HJ/T 212-2005, HJ 212-2017, HJ 212-2025."""

IN_FORCE = {2005: ("2006-02-01", "2017-05-01"), 2017: ("2017-05-01", "2026-01-01"), 2025: ("2026-01-01", "")}
"""First day in force and first day no longer; 2005's own first day is grade U, the others A."""

ANSWER_WANTED = 1
IN_PARTS = 2


def version_of(flag: int | None) -> int:
    """Return 2005, 2017 or 2025 for a Flag value (None counts as 2005), or 0 for unknown version bits."""
    bits = 0 if flag is None else flag >> 2
    return VERSIONS[bits] if 0 <= bits < 3 else 0


def flag_for(version: int, *, answer: bool = False, parts: bool = False) -> int:
    """Return the Flag value of a version: 2005 0…3, 2017 4…7, 2025 8…11."""
    return VERSIONS.index(version) << 2 | parts << 1 | answer


def reply_flag(flag: int | None) -> int:
    """Return the Flag of an answer: the sender's version bits, nothing wanted, not in parts."""
    return 0 if flag is None else flag & ~3
