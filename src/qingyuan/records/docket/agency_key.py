"""The certificates by which agencies sign their papers.

The demo makes a root of this installation and one certificate per agency, once, in QINGYUAN_HOME/keys.  In production the agency's
own certificate from its authority lies there under the same names (decision 0007).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from qingyuan.errors import Corrupt
from qingyuan.records.registry.models import Agency

from .writing import signature
from .writing.signature import Identity

ROOT = "agency-root"
BEGAN, ENDED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2050, 1, 1, tzinfo=dt.UTC)
MARK = b"-----BEGIN CERTIFICATE-----"


def folder() -> Path:
    return Path(settings.HOME) / "keys"


def made_once(file: Path, content: bytes) -> None:
    """Write beside and link into place, mode 0600: of two processes that start together one wins, and nobody reads half a key."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def root() -> tuple[bytes, bytes]:
    """Key and certificate of this installation's root."""
    file = folder() / f"{ROOT}.pem"
    if not file.exists():
        key, certificate = signature.make_root("清源平台演示根证书", began=BEGAN, ended=ENDED)
        made_once(file, key + certificate)
    return parts(file)


def root_certificate() -> bytes:
    """The public half, for whoever verifies: PEM."""
    return root()[1]


def identity_of(agency: Agency) -> Identity:
    """The signing identity of an agency; made under the root when there is none."""
    return loaded(str(folder()), agency.code, agency.name)


@lru_cache(maxsize=64)
def loaded(home: str, code: str, name: str) -> Identity:
    """Read once per process and agency; the name is part of the file, so that an agency renamed signs with a new certificate."""
    file = Path(home) / f"agency-{code}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.pem"
    if not file.exists():
        made = signature.make_identity(name, root(), began=BEGAN, ended=ENDED)
        made_once(file, made.key + made.certificate)
    key, certificate = parts(file)
    return Identity(key, certificate, root_certificate())


def parts(file: Path) -> tuple[bytes, bytes]:
    """Private key and certificate of a file; Corrupt when it is neither: a new one is never made over it."""
    key, mark, certificate = file.read_bytes().partition(MARK)
    try:
        x509.load_pem_x509_certificate(mark + certificate)
    except ValueError as error:
        raise Corrupt(f"签名证书 {file} 已损坏；请从备份恢复，不要删除后重新生成") from error
    return key, mark + certificate
