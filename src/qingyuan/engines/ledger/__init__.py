"""What is sealed stays sealed: an append-only Merkle log of digests, signed, checkable by a stranger with one file.

    segment     files of checksummed records (the spool and the log itself are made of them)
    proof       trees, inclusion and consistency proofs; pure
    entry       a leaf        log  the leaves and the tree        checkpoint  the signed head
    sealing     spool segments → leaves, closed ones and the synced part of the open one
    fsck        recompute everything, name what differs
    bundle      one file that proves what is in it            console  ``qingyuan verify FILE``

The room stands on nothing: sense writes its spool through it, store, records and bundles append to it.
"""

from .log import append
from .sealing import seal

__all__ = ["append", "seal"]
