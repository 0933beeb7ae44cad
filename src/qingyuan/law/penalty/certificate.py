"""The discretion certificate (裁量证书): what replaces the screenshot of a calculator in the case file.

It carries the inputs, the pages of the rule book that were used, the working, the proof that the amount lies in the lawful
range, and one digest over all of it.  ``verify`` computes everything again from the certificate alone and then asks whether
this machine's rule book says the same.  A signature (Ed25519 over the digest) is optional and says who stands for it.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qingyuan.errors import QingyuanError

from . import shelf
from .given import PenaltyInput, read_input
from .shelf import Shelf, digest

if TYPE_CHECKING:
    from .calculate import PenaltyResult

FORMAT = "qingyuan-penalty-certificate/1"
UNSIGNED = ("digest", "signature")
LONGEST_NUMBER = 40
MONSTROUS = re.compile(r"[+-]?[\d_.]+(e[+-]?\d{3,}|/[\d_]{40,})|[+-]?[\d_.]{100,}(e[+-]?\d+)?", re.IGNORECASE)


def certify(given: PenaltyInput, result: Mapping[str, Any], pages: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate for a result: a plain JSON object, the same for the same input and the same rule book."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "inputs": given.canonical(),
        "result": {key: value for key, value in result.items() if key not in ("working", "certificate")},
        "working": result["working"],
        "range_proof": _range_proof(result),
        "pages": dict(pages),
        "revisions": {
            "law": digest(pages["violations"]),
            "matrix": digest({"provinces": pages["provinces"], "tables": pages["tables"]}),
            "circumstances": digest(pages["circumstances"]),
        },
    }
    body["digest"] = digest(body)
    return body


def _range_proof(result: Mapping[str, Any]) -> dict[str, Any]:
    low, high, amount, floor = result["low_yuan"], result["high_yuan"], result["amount_yuan"], result["floor_yuan"]
    if result["exempt"]:
        ground = "exempt"
    elif floor < low:
        ground = "mitigated"
    else:
        ground = "within"
    return {"ground": ground, "floor_yuan": floor, "amount_yuan": amount, "high_yuan": high, "holds": floor <= amount <= high}


def sign(certificate: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The certificate with an Ed25519 signature over its digest (base64, raw public key beside it)."""
    public = key.public_key().public_bytes_raw()
    value = key.sign(bytes.fromhex(certificate["digest"]))
    signature = {"algorithm": "Ed25519", "public_key": base64.b64encode(public).decode(), "value": base64.b64encode(value).decode()}
    return {**certificate, "signature": signature}


def qr_payload(certificate: Mapping[str, Any]) -> str:
    """One short line for a QR code on the decision: format, digest, violation, day, amount and range in yuan."""
    result, inputs = certificate["result"], certificate["inputs"]
    span = f"{result['low_yuan']}-{result['high_yuan']}"
    return f"QYPC1|{certificate['digest']}|{result['violation']}|{inputs['decided_on']}|{result['amount_yuan']}|{span}"


def verify(certificate: Any, *, public_key: bytes | None = None, book: Shelf | None = None) -> list[str]:
    """Every way in which the certificate does not hold, as Chinese sentences; an empty list means that it holds.

    public_key: raw Ed25519 key that must have signed it; None accepts an unsigned one.
    book: the rule book to compare with; None is this machine's.
    """
    try:
        if not isinstance(certificate, Mapping) or certificate.get("format") != FORMAT:
            return [f"不是裁量证书：format 应为 {FORMAT}"]
        if _is_monstrous(certificate):
            return ["证书里有大得不合常理的数，不予复算"]
        body = {key: value for key, value in certificate.items() if key not in UNSIGNED}
        problems = [] if digest(body) == certificate.get("digest") else ["摘要不符：证书内容在出具之后被改动过"]
        problems += _signature_problems(certificate, public_key)
        problems += _revision_problems(certificate, book or shelf.load())
        return problems + _recomputed_problems(certificate)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, StopIteration) as error:
        return [f"证书残缺或者结构不对，无法复算：{type(error).__name__} {error}"]


def outdated(certificate: Mapping[str, Any], book: Shelf | None = None) -> list[str]:
    """What this machine's rule book has changed since the certificate was made; [] when it would come out of the same pages."""
    try:
        return _revision_problems(certificate, book or shelf.load())
    except (LookupError, TypeError, AttributeError):
        return ["证书残缺，无法与本机规则书比对"]


def _is_monstrous(value: Any) -> bool:
    """A number written to keep the reader busy for ever: 1e999999999.  A stranger's certificate is a stranger's input."""
    if isinstance(value, Mapping):
        return any(_is_monstrous(key) or _is_monstrous(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return any(_is_monstrous(inner) for inner in value)
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, str):
        return bool(MONSTROUS.fullmatch(value.strip()))
    return abs(Decimal(value).adjusted()) > LONGEST_NUMBER if isinstance(value, (int, float, Decimal)) and value else False


def _signature_problems(certificate: Mapping[str, Any], public_key: bytes | None) -> list[str]:
    signature = certificate.get("signature")
    if signature is None:
        return ["证书没有签名，而核验要求有签名"] if public_key is not None else []
    key = base64.b64decode(signature["public_key"])
    if public_key is not None and key != public_key:
        return ["签名所用的公钥不是指定的机关公钥"]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(signature["value"]), bytes.fromhex(certificate["digest"]))
    except (InvalidSignature, ValueError):
        return ["签名不符：不是该公钥对本证书的签名"]
    return []


def _revision_problems(certificate: Mapping[str, Any], book: Shelf) -> list[str]:
    problems = []
    for kind, pages in certificate["pages"].items():
        own = getattr(book, kind)
        for key, page in pages.items():
            if key not in own:
                problems.append(f"本机规则书没有证书所用的 {key}")
            elif digest(own[key]) != digest(page):
                problems.append(f"证书所用的 {key} 与本机规则书不一致，可能被改动或者版本不同")
    revisions = certificate["revisions"]
    pages = certificate["pages"]
    told = {"law": pages["violations"], "matrix": {"provinces": pages["provinces"], "tables": pages["tables"]}, "circumstances": pages["circumstances"]}
    return problems + [f"revisions.{key} 与所附内容不符" for key, value in told.items() if revisions.get(key) != digest(value)]


def _recomputed_problems(certificate: Mapping[str, Any]) -> list[str]:
    from .calculate import calculate

    try:
        given = read_input(_inputs(certificate["inputs"]))
        again: PenaltyResult = calculate(given, book=Shelf.of(certificate["pages"]))
    except QingyuanError as error:
        return [f"按证书所附的输入和规则无法复算：{error}"]
    fresh, problems = again.certificate, []
    for key, told in certificate["result"].items():
        if fresh["result"].get(key) != told:
            problems.append(f"复算的 {key} 是 {fresh['result'].get(key)}，证书写的是 {told}")
    if set(fresh["result"]) != set(certificate["result"]):
        problems.append("证书的 result 字段不全或者有多余")
    if fresh["working"] != certificate["working"]:
        problems.append("复算的计算过程与证书所载不同")
    if fresh["range_proof"] != certificate["range_proof"] or not fresh["range_proof"]["holds"]:
        problems.append("幅度证明不成立：金额不在法定幅度内")
    return problems


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {**inputs, "began": dt.date.fromisoformat(inputs["began"])}
