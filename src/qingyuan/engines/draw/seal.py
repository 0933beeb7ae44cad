"""When a commitment was fixed: its digest as a leaf of the ledger, proved by a signed checkpoint.

The ledger is a room of its own.  Like ``cli.py`` this file joins the two by name, so that the draw itself stays free of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from qingyuan.errors import BadInput, Corrupt

from .algorithm import digest_of
from .commitment import moment

LEDGER = "qingyuan.engines.ledger"
KIND, RESULT = "draw", "draw_result"


def seal(data: Path, digest: str, *, plan: str, number: int, at: dt.datetime, kind: str = KIND) -> dict[str, Any]:
    """Enter a digest in the ledger and sign at once; returns the proof: leaf, entry, size, path, checkpoint, sealed_at, key."""
    log, layout = import_module(f"{LEDGER}.log"), import_module(f"{LEDGER}.layout")
    leaf = log.append(data, [bytes.fromhex(digest)], kind=kind, at=at, places=[{"plan": plan, "number": number}])
    signed = log.sign_checkpoint(data, at)
    kept = log.opened(data)
    return {
        "leaf": leaf, "entry": kept.leaf_bytes(leaf).decode(), "size": signed.size, "path": [step.hex() for step in kept.inclusion(leaf, signed.size)],
        "checkpoint": signed.text, "sealed_at": at.isoformat(timespec="seconds"), "key": layout.public_key(data).read_text(encoding="utf-8").strip(),
    }  # fmt: skip


def sealed_draws(data: Path, plan: str, kind: str = KIND) -> list[tuple[int, str]]:
    """(number, digest) of every commitment of a plan that the ledger holds, in order."""
    kept, mark = import_module(f"{LEDGER}.log").opened(data), f'"kind":"{kind}"'.encode()
    own = (kept.entry(leaf) for leaf in range(kept.size) if mark in kept.leaf_bytes(leaf))  # most leaves are of other kinds
    rows = [entry for entry in own if entry.kind == kind and entry.place.get("plan") == plan]
    return [(entry.place["number"], entry.digest.hex()) for entry in rows]


def seal_new(data: Path, commitment: Mapping[str, Any], at: dt.datetime) -> dict[str, Any]:
    """Seal a commitment that continues its plan: the next number, naming the one before.  BadInput otherwise."""
    earlier = sealed_draws(data, commitment["plan"])
    number, digest = commitment["number"], digest_of(commitment)
    if number != len(earlier) + 1:
        raise BadInput(f"计划 {commitment['plan']} 在账本中已有 {len(earlier)} 次承诺，这一次应编为第 {len(earlier) + 1} 次", field="number")
    if earlier and commitment["redraws"]["digest"] != earlier[-1][1]:
        raise BadInput(f"重抽须写明上一次承诺的摘要 {earlier[-1][1]}", field="redraws")
    return seal(data, digest, plan=commitment["plan"], number=number, at=at)


def seal_problems(bundle: Mapping[str, Any], key: str | None = None) -> list[str]:
    """What does not hold in the proof of sealing.  ``key``: the agency's published verifier line; without it the bundle's own is used."""
    proof, checkpoint, entries = (import_module(f"{LEDGER}.{name}") for name in ("proof", "checkpoint", "entry"))
    told = bundle.get("seal")
    if not told:
        return ["验证包里没有封存证明，不能证明承诺早于种子"]
    try:
        if key is not None and key != told["key"]:
            return ["封存所用公钥与机关公布的不一致"]
        _, public = checkpoint.read_verifier_line(told["key"])
        signed = checkpoint.read(told["checkpoint"], public)
        entry = entries.Entry.from_bytes(told["entry"].encode())
        found = []
        if entry.kind != KIND or entry.digest.hex() != bundle["digest"] or entry.place != {"plan": bundle["commitment"]["plan"], "number": bundle["commitment"]["number"]}:
            found.append("封存的不是这份承诺")
        path = [bytes.fromhex(step) for step in told["path"]]
        if not proof.includes(proof.leaf_hash(told["entry"].encode()), told["leaf"], signed.size, path, signed.root):
            found.append("封存证明与账本的根不符")
        for at, what in ((entry.at, "封存"), (signed.at, "签署")):
            if at >= moment(bundle["beacon"]["published_at"]):
                found.append(f"承诺于 {at.isoformat()} {what}，不早于种子公布的 {bundle['beacon']['published_at']}")
        if moment(told["sealed_at"]) != entry.at:
            found.append("所写的封存时间与账本条目不符")
    except (Corrupt, KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"封存证明有误：{error}"]
    return found


def hidden_draws(bundle: Mapping[str, Any], data: Path) -> list[str]:
    """Whether the ledger knows commitments of the plan that the bundle does not tell, or another one under its number."""
    pool = bundle["commitment"]
    numbered = sealed_draws(data, pool["plan"])
    found = []
    if (pool["number"], bundle["digest"]) not in numbered:
        found.append("账本里没有这份承诺")
    if [number for number, _ in numbered] != list(range(1, len(numbered) + 1)):
        found.append(f"账本中本计划的承诺编号不连续：{'、'.join(str(n) for n, _ in numbered)}")
    earlier = dict(numbered).get(pool["number"] - 1)
    if pool["number"] > 1 and pool["redraws"]["digest"] != earlier:
        found.append("所写的上一次承诺与账本不符")
    later = [number for number, _ in numbered if number > pool["number"]]
    if later:
        found.append(f"此后又有第 {'、'.join(map(str, later))} 次承诺：本次已被重抽替代，请核对理由")
    return found
