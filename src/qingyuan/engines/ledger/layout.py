"""Where the ledger lies under DATA.  Only this file knows.

    DATA/ledger/entries.seg      the leaves, in order (segment.py)
    DATA/ledger/hashes           32 bytes per complete subtree (proof.py); derived, checked by fsck
    DATA/ledger/checkpoint       the newest signed tree head       checkpoints   every one there was
    DATA/ledger/key              the signing key, 0600             key.pub       what a stranger needs
"""

from __future__ import annotations

from pathlib import Path


def folder(data_dir: Path | str) -> Path:
    """DATA/ledger."""
    return Path(data_dir) / "ledger"


def entries(data_dir: Path | str) -> Path:
    """The file of leaves."""
    return folder(data_dir) / "entries.seg"


def hashes(data_dir: Path | str) -> Path:
    """The stored tree."""
    return folder(data_dir) / "hashes"


def checkpoint(data_dir: Path | str) -> Path:
    """The newest signed tree head."""
    return folder(data_dir) / "checkpoint"


def checkpoints(data_dir: Path | str) -> Path:
    """All signed tree heads, oldest first, parted by a line of "=="."""
    return folder(data_dir) / "checkpoints"


def key(data_dir: Path | str) -> Path:
    """The private key."""
    return folder(data_dir) / "key"


def public_key(data_dir: Path | str) -> Path:
    """The public key, as a line a verifier takes."""
    return folder(data_dir) / "key.pub"


def lock(data_dir: Path | str) -> Path:
    """Held by whoever appends."""
    return folder(data_dir) / "lock"


def spool(data_dir: Path | str) -> Path:
    """The segments that are sealed into the ledger."""
    return Path(data_dir) / "spool"
