"""What is fixed before anyone can know the seed.

A commitment is a plain JSON object; every number in it is a whole number:

    algorithm, plan, number, committed_at, nonce (64 hex digits), team (officers per object, at least 2)
    objects   [{id, name, stratum, weight, working}]      weight in thousandths, 0 = cannot be drawn, ``working`` says why so much
    strata    {stratum: {quota, working}}
    officers  [{id, name}]                                id = certificate number
    recusals  [[officer id, object id]]
    beacon    {source, round, earliest}                   the public value the seed will come from (``sources.yaml``)
    redraws   null, or {number, digest, why}              the commitment of the same plan that this one replaces
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from qingyuan.errors import BadInput

from .algorithm import ALGORITHM, SPACE

FIELDS = ("algorithm", "beacon", "committed_at", "nonce", "number", "objects", "officers", "plan", "recusals", "redraws", "strata", "team")
NONCE = re.compile(r"[0-9a-f]{64}")


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str]]:
    """The public sources a seed may come from, by id: name, round, spelling, example, pattern, note."""
    told: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "sources.yaml").read_text(encoding="utf-8"))
    return told


def committed(pool: Mapping[str, Any], *, number: int, nonce: bytes, at: dt.datetime, redraws: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The commitment of a pool, in its fixed order.  ``nonce``: 32 random bytes.  Raises BadInput with everything that is wrong.

    ``pool`` brings plan, team, objects, strata, officers, recusals, beacon.
    """
    try:
        made = {
            "algorithm": ALGORITHM, "plan": pool["plan"], "number": number, "committed_at": at.isoformat(timespec="seconds"), "nonce": nonce.hex(),
            "team": pool.get("team", 2), "beacon": dict(pool["beacon"]), "strata": {key: dict(row) for key, row in pool["strata"].items()},
            "objects": sorted((dict(row) for row in pool["objects"]), key=lambda row: row["id"]),
            "officers": sorted((dict(row) for row in pool["officers"]), key=lambda row: row["id"]),
            "recusals": sorted([str(a), str(b)] for a, b in pool.get("recusals", [])), "redraws": dict(redraws) if redraws else None,
        }  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"抽取池缺少或写错了 {error}；应有 plan、team、objects、strata、officers、recusals、beacon（见 docs/draw.md）") from error
    found = faults(made)
    if found:
        raise BadInput("；".join(found))
    return made


def faults(commitment: Mapping[str, Any]) -> list[str]:
    """Everything that makes a commitment unfit to be drawn from; never raises on content."""
    missing = sorted(set(FIELDS) - set(commitment))
    if missing:
        return [f"承诺缺少 {'、'.join(missing)}"]
    try:
        return [*heading_faults(commitment), *pool_faults(commitment), *team_faults(commitment)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"承诺的写法不对：{error}"]


def heading_faults(commitment: Mapping[str, Any]) -> Iterator[str]:
    """Algorithm, numbering, nonce, source, times."""
    if commitment["algorithm"] != ALGORITHM:
        yield f"算法 {commitment['algorithm']} 未知，本程序认得 {ALGORITHM}"
    if not is_whole(commitment["number"]) or commitment["number"] < 1:
        yield "承诺编号应为从 1 起的整数"
    elif (commitment["number"] > 1) != bool(commitment["redraws"]):
        yield "同一计划第二次及以后的抽取须写明替代哪一次、为什么；第一次不写"
    if commitment["redraws"]:
        old = commitment["redraws"]
        if old["number"] != commitment["number"] - 1 or not NONCE.fullmatch(old["digest"]) or not old["why"].strip():
            yield "重抽须写明上一次承诺的编号、摘要和理由"
    if not NONCE.fullmatch(commitment["nonce"]):
        yield "随机数 nonce 应为 64 位十六进制小写"
    beacon = commitment["beacon"]
    if beacon["source"] not in sources():
        yield f"种子来源 {beacon['source']} 未列入；可用：{'、'.join(sources())}"
    if not str(beacon["round"]).strip():
        yield "须事先写明用种子来源的哪一期"
    if moment(beacon["earliest"]) <= moment(commitment["committed_at"]):
        yield "种子的公布时间须晚于承诺时间"


def pool_faults(commitment: Mapping[str, Any]) -> Iterator[str]:
    """Objects, weights, quotas."""
    objects = commitment["objects"]
    ids = [row["id"] for row in objects]
    if ids != sorted(set(ids)):
        yield "抽取对象须按编号排序且不重复"
    for row in objects:
        if not is_whole(row["weight"]) or not 0 <= row["weight"] < 1 << 32:
            yield f"{row['id']} 的权重应为非负整数（千分之一）"
        if row["stratum"] not in commitment["strata"]:
            yield f"{row['id']} 的分层 {row['stratum']} 没有名额"
    for stratum, told in commitment["strata"].items():
        able = [row["weight"] for row in objects if row["stratum"] == stratum and is_whole(row["weight"]) and row["weight"] > 0]
        if not is_whole(told["quota"]) or not 0 <= told["quota"] <= len(able):
            yield f"{stratum} 的名额为 {told['quota']}，可抽的只有 {len(able)} 家"
        if sum(able) >= SPACE >> 16:
            yield f"{stratum} 的权重合计过大"


def team_faults(commitment: Mapping[str, Any]) -> Iterator[str]:
    """Officers and recusals: at least a team for every object that may be drawn (Penalty Law arts. 42, 43)."""
    officers = [row["id"] for row in commitment["officers"]]
    if officers != sorted(set(officers)):
        yield "检查人员须按证号排序且不重复"
    if commitment["recusals"] != sorted(commitment["recusals"]):
        yield "回避关系须排序"
    if not is_whole(commitment["team"]) or commitment["team"] < 2:
        yield "每组检查人员不得少于两人（行政处罚法第42条）"
        return
    away: dict[str, set[str]] = {}
    for officer, key in commitment["recusals"]:
        away.setdefault(key, set()).add(officer)
    for row in commitment["objects"]:
        left = len(set(officers) - away.get(row["id"], set()))
        if row["weight"] and left < commitment["team"]:
            yield f"{row['name']}除去应当回避的只剩{left}人，不足{commitment['team']}人（行政处罚法第42、43条）"


def value_faults(commitment: Mapping[str, Any], value: str, published_at: dt.datetime, sealed_at: dt.datetime | None = None) -> list[str]:
    """What is wrong with a public value: not in the one spelling of its source, or published before the pool was fixed."""
    source = sources()[commitment["beacon"]["source"]]
    found = []
    if not re.fullmatch(source["pattern"], value):
        found.append(f"{source['name']}的写法应为{source['spelling']}，例如 {source['example']}")
    if published_at < moment(commitment["beacon"]["earliest"]):
        found.append(f"公布时间 {published_at.isoformat()} 早于承诺的最早时间 {commitment['beacon']['earliest']}")
    if sealed_at is not None and published_at <= sealed_at:
        found.append(f"种子在 {published_at.isoformat()} 公布，不晚于承诺封存的 {sealed_at.isoformat()}：封存之前已能知道结果")
    return found


def moment(text: str) -> dt.datetime:
    """An aware moment; ValueError otherwise."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"时间 {text} 没有时区")
    return at


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
