"""Noise that can be asked for at any moment: the value at minute m depends on (key, m) alone, never on the window.

splitmix64 (Steele, Lea, Flood 2014) as a counter-based generator.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def key(seed: int, *names: object) -> int:
    """Fold a seed and some names into a 63-bit key; equal on every machine."""
    text = "/".join([str(seed), *map(str, names)]).encode()
    return (zlib.crc32(text) << 31) ^ zlib.crc32(text[::-1] + b"?")


def bits(of: int, index: Ints) -> npt.NDArray[np.uint64]:
    """Return 64 mixed bits for each index."""
    with np.errstate(over="ignore"):
        word = (np.asarray(index).astype(np.uint64) + np.uint64(_scatter(of))) * _GOLDEN
        word ^= word >> np.uint64(30)
        word *= _MIX[0]
        word ^= word >> np.uint64(27)
        word *= _MIX[1]
        word ^= word >> np.uint64(31)
    return word


def _scatter(of: int) -> int:
    """Send neighbouring keys far apart, so that no two streams are shifted copies of each other."""
    of = (of ^ (of >> 32)) * 0xD6E8FEB86659FD93 & (2**64 - 1)
    return (of ^ (of >> 29)) * 0xA3B195354A39B70D & (2**64 - 1)


def uniform(of: int, index: Ints) -> Floats:
    """Return one number in [0, 1) for each index."""
    return (bits(of, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(of: int, index: Ints) -> Floats:
    """Return a bell of mean 0 and deviation 1, never beyond ±3.47: the sum of four 16-bit uniforms."""
    quarters = np.ascontiguousarray(bits(of, index)).view(np.uint16).reshape(-1, 4)
    return (quarters.sum(axis=1, dtype=np.int64) - 131070.0) * (np.sqrt(3.0) / 65536.0)


def smooth(of: int, minutes: Ints, period: int) -> Floats:
    """Return a curve through one bell-distributed knot each ``period`` minutes, deviation about 0.8."""
    if minutes.size == 0:
        return np.empty(0)
    knot = minutes // period
    first = int(knot.min())
    knots = normal(of, np.arange(first, int(knot.max()) + 2, dtype=np.int64))
    share = (minutes - knot * period) / period
    share = share * share * (3.0 - 2.0 * share)
    left = knots[knot - first]
    return left + (knots[knot - first + 1] - left) * share
