"""Readings of one point, factor and kind, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

from .noise import Floats, Ints
from .process import Codes


@dataclass(frozen=True)
class Series:
    """Readings of one (mn, factor, kind); ``began`` minutes since 1970 UTC; NaN where the kind has no such figure.

    ``late`` are seconds by which each reading arrives later than usual.
    """

    mn: str
    factor: str
    kind: str
    began: Ints
    value: Floats
    low: Floats
    high: Floats
    mass: Floats
    corrected: Floats
    flag: Codes
    late: Ints | None = None
