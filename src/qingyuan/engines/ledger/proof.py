"""Merkle trees in the shape of RFC 6962 (and RFC 9162 §2.1): pure, no I/O, hashes in and booleans out.

    leaf   H(0x00 ‖ data)          node   H(0x01 ‖ left ‖ right)

A tree over n leaves is stored as the hashes of its complete subtrees, in the order in which appending completes them
(``stored_index``); with a reader ``get(level, index)`` over them every proof takes O(log n) look-ups.  SHA-256 by
default; "sm3" (GB/T 32905) where a national algorithm is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Get = Callable[[int, int], bytes]
ALGORITHMS = ("sha256", "sm3")


def digest(data: bytes, algorithm: str = "sha256") -> bytes:
    """The plain 32-byte digest of ``data``."""
    return hashlib.new(algorithm, data).digest()


def leaf_hash(data: bytes, algorithm: str = "sha256") -> bytes:
    """The hash of one leaf (RFC 6962 §2.1)."""
    return digest(b"\x00" + data, algorithm)


def node_hash(left: bytes, right: bytes, algorithm: str = "sha256") -> bytes:
    """The hash of a node over two subtrees (RFC 6962 §2.1)."""
    return digest(b"\x01" + left + right, algorithm)


def root(leaves: Sequence[bytes], algorithm: str = "sha256") -> bytes:
    """The root over leaf hashes held in memory; of no leaves the digest of nothing (RFC 6962 §2.1)."""
    if not leaves:
        return digest(b"", algorithm)
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1], algorithm) for i in range(0, len(level) - 1, 2)]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0]


def stored_index(level: int, index: int) -> int:
    """Where the hash of complete subtree (level, index) stands in the stored sequence."""
    index = (index << level) + (1 << level) - 1 if level else index
    count = index
    stored = level
    while count:
        stored += count
        count >>= 1
    return stored


def stored_count(size: int) -> int:
    """How many hashes are stored for a tree of ``size`` leaves."""
    count = 0
    while size:
        count += size
        size >>= 1
    return count


def appended(size: int, leaf: bytes, get: Get, algorithm: str = "sha256") -> list[bytes]:
    """The hashes to store when ``leaf`` becomes leaf number ``size``: itself and each subtree it completes."""
    hashes = [leaf]
    index, level = size, 0
    while index & 1:
        hashes.append(node_hash(get(level, index - 1), hashes[-1], algorithm))
        index >>= 1
        level += 1
    return hashes


def _peak(size: int) -> int:
    """The largest power of two smaller than ``size`` (RFC 6962: k)."""
    return 1 << ((size - 1).bit_length() - 1)


def tree_root(size: int, get: Get, algorithm: str = "sha256") -> bytes:
    """The root of the first ``size`` leaves of a stored tree."""
    return _range(0, size, get, algorithm) if size else digest(b"", algorithm)


def _range(start: int, stop: int, get: Get, algorithm: str) -> bytes:
    """The hash of leaves [start, stop); ``start`` is a multiple of the covering power of two."""
    size = stop - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return get(level, start >> level)
    middle = start + _peak(size)
    return node_hash(_range(start, middle, get, algorithm), _range(middle, stop, get, algorithm), algorithm)


def inclusion(index: int, size: int, get: Get, algorithm: str = "sha256") -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962 §2.1.1)."""
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _peak(stop - start)
        if index < middle:
            path.append(_range(middle, stop, get, algorithm))
            stop = middle
        else:
            path.append(_range(start, middle, get, algorithm))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, get: Get, algorithm: str = "sha256") -> list[bytes]:
    """The proof that the tree of ``new`` leaves extends that of ``old`` (RFC 6962 §2.1.2)."""
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, stop, whole = 0, new, True
    while True:
        if start < stop and old == stop:
            if not whole:
                path.append(_range(start, stop, get, algorithm))
            return path[::-1]
        middle = start + _peak(stop - start)
        if old <= middle:
            path.append(_range(middle, stop, get, algorithm))
            stop = middle
        else:
            path.append(_range(start, middle, get, algorithm))
            start, whole = middle, False


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes, algorithm: str = "sha256") -> bool:
    """Whether ``path`` proves that ``leaf`` is number ``index`` under the root ``expected`` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found, algorithm)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling, algorithm)
        place >>= 1
        last >>= 1
    return last == 0 and found == expected


def extends(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes], algorithm: str = "sha256") -> bool:
    """Whether ``path`` proves that the tree of ``new`` leaves begins with the tree of ``old`` (RFC 9162 §2.1.4.2)."""
    if old > new or (old == 0 and path):
        return False
    if old == 0:
        return old_root == digest(b"", algorithm)
    if old == new:
        return not path and old_root == new_root
    steps = ([old_root] if old & (old - 1) == 0 else []) + list(path)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    first = second = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first, algorithm), node_hash(sibling, second, algorithm)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling, algorithm)
        place >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root
