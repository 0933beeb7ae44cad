"""Bytes by their digest, under settings.QINGYUAN_FILES.  A file is written whole or not at all, and never rewritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from django.conf import settings

from qingyuan.errors import BadInput, Corrupt

PIECE = 1 << 20


@dataclass(frozen=True)
class Kept:
    """What was kept: SHA-256 and SM3 as hexadecimal digits, size in bytes."""

    digest: str
    sm3: str
    size: int


def keep(content: bytes | Iterable[bytes], *, limit: int | None = None, what: str = "文件") -> Kept:
    """Keep bytes, given whole or in pieces; raises BadInput once ``limit`` bytes are exceeded, leaving nothing behind."""
    folder = Path(settings.QINGYUAN_FILES)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            kept = _write(out, [content] if isinstance(content, bytes) else content, limit, what)
        place = path_of(kept.digest)
        place.parent.mkdir(exist_ok=True)
        os.replace(name, place)
        sync_folder(place.parent)
        return kept
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(out, pieces: Iterable[bytes], limit: int | None, what: str) -> Kept:
    sha, sm3, size = hashlib.sha256(), hashes.Hash(hashes.SM3()), 0
    for piece in pieces:
        size += len(piece)
        if limit is not None and size > limit:
            raise BadInput(f"{what}超过{limit // (1 << 20)}MB 的上限，没有保存；请分段或压缩后上传", field="content")
        sha.update(piece)
        sm3.update(piece)
        out.write(piece)
    out.flush()
    os.fsync(out.fileno())
    return Kept(sha.hexdigest(), sm3.finalize().hex(), size)


def sync_folder(folder: Path) -> None:
    """Make the new name durable, not only the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.QINGYUAN_FILES) / digest[:2] / digest


def checked(digest: str) -> BinaryIO:
    """The file of a digest, open at its beginning, read once through to check it: a recording is never held in memory.

    Raises Corrupt when it is gone or is not what was kept.  The vault never rewrites a file, so what was checked is what is read.
    """
    place = path_of(digest)
    if not place.is_file():
        raise Corrupt(f"文件 {digest[:16]}… 不在存储里；请从备份恢复后再核验")
    handle = place.open("rb")
    sha = hashlib.sha256()
    while piece := handle.read(PIECE):
        sha.update(piece)
    if sha.hexdigest() != digest:
        handle.close()
        raise Corrupt(f"文件 {digest[:16]}… 的内容与取得时的摘要不符，已被改动；请从备份恢复")
    handle.seek(0)
    return handle


def fetch(digest: str) -> bytes:
    """The bytes of a digest, checked.  Raises Corrupt when they are gone or are not what was kept."""
    with checked(digest) as handle:
        return handle.read()
