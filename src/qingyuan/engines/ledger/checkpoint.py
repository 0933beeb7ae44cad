"""A signed tree head: so many leaves, this root, said by this key at this time.

Text in the form of a signed note (as transparency logs and their witnesses use it), so that an outside witness can
countersign it with existing software:

    qingyuan-ledger            origin
    1207                       leaves
    CsUYapGGPo4dkMgIAUqom/…    root, base64
    at 2026-11-24T08:00:00+08:00

    — qingyuan-ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

Ed25519.  The verifier's line (``key.pub``) is name+hash+base64(0x01 ‖ public key).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qingyuan.errors import Corrupt

from . import files

ORIGIN = "qingyuan-ledger"
_ED25519 = b"\x01"


@dataclass(frozen=True)
class Checkpoint:
    """``at`` is aware; ``root`` 32 bytes; ``text`` the note as signed."""

    size: int
    root: bytes
    at: dt.datetime
    text: str


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_b64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Corrupt(f"{what}不是合法的 base64") from error
    if _b64(data) != text:
        raise Corrupt(f"{what}被改动过")
    return data


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The private key in ``path``; made there, mode 0600, when there is none."""
    try:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except FileNotFoundError:
        key = Ed25519PrivateKey.generate()
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, key.private_bytes_raw(), mode=0o600)
        os.chmod(path, 0o600)
        return key


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_line(public: bytes, name: str = ORIGIN) -> str:
    """The public key as one line of text."""
    return f"{name}+{_key_hash(name, public).hex()}+{_b64(_ED25519 + public)}"


def read_public_key(path: Path) -> bytes:
    """The public key in a ``key.pub`` file; Corrupt when a bit of it has changed."""
    text = path.read_bytes().decode("utf-8", "replace")
    if not text.endswith("\n"):
        raise Corrupt("公钥文件的行尾被改动过")
    return read_verifier_line(text[:-1])[1]


def read_verifier_line(line: str) -> tuple[str, bytes]:
    """(name, public key); Corrupt when hash and key do not fit."""
    parts = line.split("+", 2)
    if len(parts) != 3:
        raise Corrupt("公钥应为 名称+校验+base64 一行")
    name, check, encoded = parts
    body = _from_b64(encoded, "公钥")
    if body[:1] != _ED25519 or len(body) != 33 or _key_hash(name, body[1:]).hex() != check:
        raise Corrupt("公钥与其校验值不符，已被改动")
    return name, body[1:]


def sign(size: int, root: bytes, at: dt.datetime, key: Ed25519PrivateKey, origin: str = ORIGIN) -> Checkpoint:
    """Say, with ``key``, that the tree has ``size`` leaves and ``root`` at ``at``."""
    body = f"{origin}\n{size}\n{_b64(root)}\nat {at.isoformat(timespec='seconds')}\n"
    signature = _key_hash(origin, key.public_key().public_bytes_raw()) + key.sign(body.encode())
    return Checkpoint(size, root, at, f"{body}\n— {origin} {_b64(signature)}\n")


def read(text: str, public: bytes | None, origin: str = ORIGIN) -> Checkpoint:
    """Parse a checkpoint and check its first signature with ``public`` (None: do not check); raises Corrupt."""
    body, blank, rest = text.partition("\n\n")
    lines = body.split("\n")
    signature, *others, last = rest.split("\n") if "\n" in rest else (rest, "?")
    if last or not all(line.startswith("— ") for line in others):
        raise Corrupt("检查点的签名行之后还有别的内容")
    if not blank or len(lines) != 4 or lines[0] != origin or not lines[3].startswith("at ") or not lines[1].isdigit():
        raise Corrupt("检查点的格式不对，已被改动")
    try:
        at = dt.datetime.fromisoformat(lines[3][3:])
    except ValueError as error:
        raise Corrupt("检查点的时间读不出来") from error
    root = _from_b64(lines[2], "检查点的树根")
    if public is not None:
        _check(body + "\n", signature, public, origin)
    return Checkpoint(int(lines[1]), root, at, text)


def _check(body: str, line: str, public: bytes, origin: str) -> None:
    dash, name, encoded = (line.split(" ") + ["", ""])[:3]
    signed = _from_b64(encoded, "检查点的签名")
    if dash != "—" or name != origin or signed[:4] != _key_hash(origin, public):
        raise Corrupt("检查点不是用这把公钥签的")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], body.encode())
    except InvalidSignature as error:
        raise Corrupt("检查点的签名不对：内容或签名被改动过") from error
