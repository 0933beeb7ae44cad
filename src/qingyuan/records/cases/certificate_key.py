"""The key by which this installation stands for its discretion certificates.

One Ed25519 key in QINGYUAN_HOME/keys, made once, readable by its owner only.  The public half may go anywhere.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from qingyuan.errors import Corrupt
from qingyuan.law import penalty
from qingyuan.records.docket.agency_key import made_once

NAME = "discretion.key"
LENGTH = 32


def key_file() -> Path:
    return Path(settings.HOME) / "keys" / NAME


def signing_key() -> Ed25519PrivateKey:
    """The key; made there, mode 0600, when there is none.  Corrupt when the file is not a key: a new one is never made over it."""
    file = key_file()
    if not file.exists():
        made_once(file, secrets.token_bytes(LENGTH))
    seed = file.read_bytes()
    if len(seed) != LENGTH:
        raise Corrupt(f"签名密钥 {file} 已损坏，应为 {LENGTH} 字节；请从备份恢复，不要删除后重新生成")
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The raw public key as base64, what ``qingyuan penalty verify --key`` takes."""
    return base64.b64encode(signing_key().public_key().public_bytes_raw()).decode()


def signed(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate with the signature of this installation."""
    return penalty.sign(certificate, signing_key())


def signer(certificate: dict[str, Any]) -> str:
    """Whose signature a certificate carries: "ours", "other" or "none"."""
    told = certificate.get("signature") or {}
    return "none" if not told else "ours" if told.get("public_key") == public_key() else "other"
