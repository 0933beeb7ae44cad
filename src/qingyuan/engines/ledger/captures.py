"""A capture manifest: what a device in the field photographed, recorded and had signed, checkable with nothing but the file.

Every entry holds the SHA-256 of the bytes, the device's clock, its offset from the server, the place, the SHA-256 of the entry
before it, and the device's signature (ECDSA P-256 over the entry's fixed spelling).  An entry taken out, put in, reordered or
changed is seen; the last entry of a chain can only be missed by comparing with another copy, so the server keeps one.
Numbers in an entry are whole; places are written as text, so that every language spells them alike.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from qingyuan.errors import BadInput, Corrupt

FORMAT = "qingyuan-capture-manifest-1"
START = "0" * 64
HALF = 32  # bytes of each half of a P-256 signature


@dataclass(frozen=True)
class Checked:
    """What a manifest proves: who held the key, which task, how many captures, their digests in order.

    ``absent``: places (from 1) whose bytes are not among the files it was compared with.
    """

    device: str
    task: str
    digests: tuple[str, ...]
    fingerprint: str
    absent: tuple[int, ...] = ()


def spelled(entry: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and chained: canonical JSON without the signature."""
    body = {key: value for key, value in entry.items() if key != "signature"}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(entry: Mapping[str, Any]) -> str:
    """What the next entry names as ``previous``."""
    return hashlib.sha256(spelled(entry)).hexdigest()


def read_key(public_key: str) -> ec.EllipticCurvePublicKey:
    """A device's public key (SPKI, base64).  BadInput when it is anything but a P-256 key."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(public_key, validate=True))
    except (ValueError, TypeError) as error:
        raise BadInput("设备公钥读不出来；应为 P-256 公钥（SPKI，Base64）", field="public_key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise BadInput("设备公钥不是 P-256 椭圆曲线公钥", field="public_key")
    return key


def is_signed(key: ec.EllipticCurvePublicKey, signature: str, message: bytes) -> bool:
    """Whether ``signature`` (base64 of r and s, as browsers give it) is the key's over the message."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if len(raw) != 2 * HALF:
            return False
        encoded = utils.encode_dss_signature(int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))
        key.verify(encoded, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def problem(entry: Mapping[str, Any], key: ec.EllipticCurvePublicKey, *, device: str, task: str, number: int, previous: str) -> str:
    """What is wrong with one entry at its place in the chain; "" when nothing is."""
    if not isinstance(entry.get("signature"), str) or not is_signed(key, entry["signature"], spelled(entry)):
        return f"第{number}条的签名不是该设备的，内容被改动过"
    if (entry.get("device"), entry.get("task")) != (device, task):
        return f"第{number}条不属于该设备或者该任务"
    if entry.get("number") != number or entry.get("previous") != previous:
        return f"第{number}条与上一条接不上：中间有缺失、增插或者调换"
    return ""


def verify(manifest: Any, files: Mapping[str, bytes] | None = None) -> Checked:
    """Check a manifest; ``files``: bytes by any name, in which what it lists is looked for.

    BadInput when it is no manifest, Corrupt with the place when it does not hold.
    """
    if not isinstance(manifest, Mapping) or manifest.get("format") != FORMAT:
        raise BadInput(f"不是采集清单：format 应为 {FORMAT}")
    entries, device, task = manifest.get("entries"), manifest.get("device"), manifest.get("task")
    if not isinstance(entries, list) or not isinstance(device, str) or not isinstance(task, str):
        raise BadInput("采集清单缺少 device、task 或者 entries")
    key, previous = read_key(str(manifest.get("public_key"))), START
    for number, entry in enumerate(entries, start=1):
        wrong = "不是一条记录" if not isinstance(entry, Mapping) else problem(entry, key, device=device, task=task, number=number, previous=previous)
        if wrong:
            raise Corrupt(f"采集清单不成立：{wrong}")
        previous = link(entry)
    digests = tuple(str(entry.get("sha256")) for entry in entries)
    raw = base64.b64decode(str(manifest["public_key"]))
    return Checked(device, task, digests, hashlib.sha256(raw).hexdigest(), absent_from(files, digests) if files is not None else ())


def absent_from(files: Mapping[str, bytes], digests: Sequence[str]) -> tuple[int, ...]:
    """Places in the list whose bytes are not among the files, or are no longer the same."""
    there = {hashlib.sha256(content).hexdigest() for content in files.values()}
    return tuple(number for number, digest in enumerate(digests, start=1) if digest not in there)


def manifests_in(files: Mapping[str, bytes]) -> list[tuple[str, Any]]:
    """Every capture manifest among the files of a bundle: (name, what it says)."""
    found = []
    for name, content in sorted(files.items()):
        if content[:1] == b"{" and FORMAT.encode() in content[:100_000]:
            try:
                told = json.loads(content)
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("format") == FORMAT:
                found.append((name, told))
    return found
