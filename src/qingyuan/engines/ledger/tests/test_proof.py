"""Proofs in the shape of RFC 6962: the published vectors, and every proof of every small tree."""

from __future__ import annotations

import pytest

from qingyuan.engines.ledger import proof

# The leaves and roots of the reference test vectors of certificate transparency.
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Stored:
    """A stored tree in memory."""

    def __init__(self, algorithm: str = "sha256") -> None:
        self.hashes: list[bytes] = []
        self.size = 0
        self.algorithm = algorithm

    def get(self, level: int, index: int) -> bytes:
        return self.hashes[proof.stored_index(level, index)]

    def append(self, data: bytes) -> None:
        self.hashes += proof.appended(self.size, proof.leaf_hash(data, self.algorithm), self.get, self.algorithm)
        self.size += 1


def grown(count: int, algorithm: str = "sha256") -> Stored:
    tree = Stored(algorithm)
    for n in range(count):
        tree.append(b"leaf %d" % n)
        assert len(tree.hashes) == proof.stored_count(tree.size)
    return tree


def test_the_published_roots_come_out():
    tree = Stored()
    for leaf, expected in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf)
        assert proof.tree_root(tree.size, tree.get).hex() == expected
    assert proof.root([proof.leaf_hash(leaf) for leaf in LEAVES]).hex() == ROOTS[-1]
    assert proof.root([]) == proof.tree_root(0, tree.get)


@pytest.mark.parametrize("algorithm", proof.ALGORITHMS)
def test_every_leaf_of_every_small_tree_is_proved_and_no_other(algorithm):
    tree = grown(20, algorithm)
    for size in range(1, 21):
        root = proof.tree_root(size, tree.get, algorithm)
        for index in range(size):
            path = proof.inclusion(index, size, tree.get, algorithm)
            leaf = tree.get(0, index)
            assert proof.includes(leaf, index, size, path, root, algorithm)
            assert not proof.includes(leaf, (index + 1) % size, size, path, root, algorithm) or size == 1
            assert not proof.includes(proof.leaf_hash(b"other", algorithm), index, size, path, root, algorithm)
            assert not proof.includes(leaf, index, size, [*path, leaf], root, algorithm)
            assert not path or not proof.includes(leaf, index, size, path[:-1], root, algorithm)


def test_every_extension_is_proved_and_a_rewritten_past_is_not():
    tree = grown(20)
    other = Stored()
    for n in range(20):
        other.append(b"leaf %d" % n if n != 3 else b"changed")
    for new in range(1, 21):
        for old in range(new + 1):
            path = proof.consistency(old, new, tree.get)
            old_root, new_root = proof.tree_root(old, tree.get), proof.tree_root(new, tree.get)
            assert proof.extends(old, new, old_root, new_root, path), (old, new)
            if old > 3:
                forged = proof.tree_root(new, other.get)
                assert not proof.extends(old, new, old_root, forged, proof.consistency(old, new, other.get))
            if path:
                assert not proof.extends(old, new, old_root, new_root, path[:-1])


def test_a_proof_with_one_bit_changed_fails():
    tree = grown(13)
    root = proof.tree_root(13, tree.get)
    path = proof.inclusion(6, 13, tree.get)
    for step in range(len(path)):
        for bit in range(0, 256, 17):
            changed = list(path)
            flipped = bytearray(changed[step])
            flipped[bit // 8] ^= 1 << bit % 8
            changed[step] = bytes(flipped)
            assert not proof.includes(tree.get(0, 6), 6, 13, changed, root)


def test_sm3_is_the_national_standard_s_example():
    assert proof.digest(b"abc", "sm3").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
