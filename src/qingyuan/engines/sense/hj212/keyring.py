"""2025's encrypted data region: SM4 in ECB, sixteen-byte blocks from the start, a short rest stays in clear.

HJ 212-2025 §6.4 (grade B: as quoted from the official text; both of its printed examples recompute).  Length and check
code are taken on the plain text, then the blocks are replaced, so the receiver deciphers first and lets the check code
say whether the key was right.  Nothing on the wire says "encrypted".  ECB without a MAC proves nothing about integrity.

Whether the cipher text travels as raw bytes or as the literal ``{0x..,0x..}`` of the print is unverified (U): raw bytes
agree with the printed length field and are what we send; the literal form is accepted and listed as a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qingyuan.errors import BadInput

BLOCK = 16

UPLOADS_ENCRYPTED = frozenset(("1014", "3020"))
"""Besides 2000…2999, the codes whose data region is enciphered (2025 §6.4, grade B)."""


def is_encrypted_command(cn: str) -> bool:
    """Whether 2025 enciphers the data region of this command code."""
    return cn in UPLOADS_ENCRYPTED or (len(cn) == 4 and cn[0] == "2" and cn.isdigit())


class KeyRing:
    """The session keys of each station, newest first; the old one stays valid during a change-over (2025 §6.4.3)."""

    def __init__(self, keys: Mapping[str, Sequence[bytes]] | None = None, *, default: Sequence[bytes] = ()) -> None:
        """``keys`` maps MN to its keys, newest first, sixteen bytes each; ``default`` serves MNs not named.

        Raises BadInput on a key of another length.
        """
        self._keys = {mn: tuple(own) for mn, own in (keys or {}).items()}
        self._default = tuple(default)
        for key in (*self._default, *(k for own in self._keys.values() for k in own)):
            _check_key(key)

    def add(self, mn: str, key: bytes, *, keep: int = 2) -> None:
        """Put a new key before the station's others and forget all but the newest ``keep``."""
        _check_key(key)
        self._keys[mn] = (key, *self.keys(mn))[:keep]

    def keys(self, mn: str) -> tuple[bytes, ...]:
        """The keys that may open a packet of this station, newest first."""
        return self._keys.get(mn, self._default)

    def openings(self, mn: str, region: bytes) -> Iterator[bytes]:
        """Yield the region deciphered by each key of the station; the check code tells which is right."""
        for key in self.keys(mn):
            yield self.decipher(key, region)

    @staticmethod
    def encipher(key: bytes, region: bytes) -> bytes:
        """Return the region with its whole blocks enciphered, the rest in clear."""
        whole = len(region) - len(region) % BLOCK
        encryptor = _cipher(key).encryptor()
        return encryptor.update(region[:whole]) + encryptor.finalize() + region[whole:]

    @staticmethod
    def decipher(key: bytes, region: bytes) -> bytes:
        """The inverse of encipher."""
        whole = len(region) - len(region) % BLOCK
        decryptor = _cipher(key).decryptor()
        return decryptor.update(region[:whole]) + decryptor.finalize() + region[whole:]


def _check_key(key: bytes) -> None:
    if len(key) != BLOCK:
        raise BadInput(f"SM4会话密钥应为16字节，现为{len(key)}字节（HJ 212-2025 §6.4）", field="key")


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    _check_key(key)
    return Cipher(SM4(key), ECB())
