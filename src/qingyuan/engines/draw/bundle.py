"""One file that says everything: what was committed, the public value, what came out, and the proof of when it was sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from qingyuan.errors import NotAllowed

from .algorithm import digest_of, draw
from .commitment import faults, moment, sources, value_faults

FORMAT = "qingyuan-draw-bundle-1"


def run(
    commitment: Mapping[str, Any], *, value: str, published_at: dt.datetime, evidence: str = "", seal: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw, and tell it as a bundle.  ``evidence`` says where the value can be looked up; ``seal`` is the ledger's proof.

    Raises NotAllowed when the value is not of the agreed source or was public before the pool was sealed.
    """
    sealed_at = moment(seal["sealed_at"]) if seal else None
    wrong = faults(commitment) or value_faults(commitment, value, published_at, sealed_at)
    if wrong:
        raise NotAllowed(wrong)
    beacon = {"value": value, "published_at": published_at.isoformat(), "evidence": evidence}
    result = [row.as_json() for row in draw(commitment, value)]
    return {"format": FORMAT, "commitment": dict(commitment), "digest": digest_of(commitment), "beacon": beacon, "result": result, "seal": dict(seal) if seal else None}


def problems(bundle: Mapping[str, Any]) -> list[str]:
    """What does not hold in a bundle, the ledger's proof aside; empty when a stranger gets the same draw.  Never raises on content."""
    try:
        if bundle["format"] != FORMAT:
            return [f"这不是抽取验证包（{bundle['format']}）"]
        commitment, beacon = bundle["commitment"], bundle["beacon"]
        found = faults(commitment)
        if bundle["digest"] != digest_of(commitment):
            found.append(f"承诺的内容与摘要不符：重算为 {digest_of(commitment)}")
        if found:
            return found
        sealed_at = moment(bundle["seal"]["sealed_at"]) if bundle.get("seal") else None
        found += value_faults(commitment, beacon["value"], moment(beacon["published_at"]), sealed_at)
        again = [row.as_json() for row in draw(commitment, beacon["value"])]
        if again != bundle["result"]:
            found.append(f"抽取结果与重算不符：{first_difference(bundle['result'], again)}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"验证包的写法不对：{error}"]
    return found


def first_difference(told: Any, again: list[dict[str, Any]]) -> str:
    for row, right in zip(told, again, strict=False):
        if row != right:
            return f"第 {right['order']} 个应为 {right['object']}（{'、'.join(right['officers'])}）"
    return f"应有 {len(again)} 个，包中有 {len(told)} 个"


def source_name(commitment: Mapping[str, Any]) -> str:
    """The source of the seed, as people call it, with its round."""
    beacon = commitment["beacon"]
    return f"{sources()[beacon['source']]['name']} {beacon['round']}"
