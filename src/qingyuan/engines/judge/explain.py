"""The working of one finding, down to the rows and to the packets they came in.

    finding → law of the day → sums → rows (digest checked) → packets (segment, offset)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from qingyuan.engines.sense import spool
from qingyuan.engines.store import layout
from qingyuan.errors import BadInput

from . import words, working
from .finding import Finding, milliseconds, moment
from .frame import split
from .rule import named
from .series import Series
from .sources import LakeSource, Source

SHOWN = 400  # rows printed per series; the digest covers all of them


def explain(data_dir: Path | str, finding: Finding, *, as_of: dt.datetime | None = None) -> dict[str, Any]:
    """Return the tree of one finding.  ``problems`` lists every sum or digest that does not agree (empty: all agree)."""
    return explain_source(LakeSource(data_dir, as_of), finding, data_dir=Path(data_dir))


def explain_source(source: Source, finding: Finding, *, data_dir: Path | None = None) -> dict[str, Any]:
    """Return the tree of one finding over any source; packets only where there is a data directory."""
    rule = named(finding.rule)
    used = [_rows(source, told, data_dir) for told in finding.working["rows"]]
    problems = working.recompute(finding.working)
    problems += [f"{row['factor'] or '全部因子'}的读数与判定时不同（迟到或更正的数据）" for row in used if not row["same"]]
    digest = hashlib.sha256("".join(told["digest"] for told in finding.working["rows"]).encode()).hexdigest()
    if digest != finding.inputs_digest:
        problems.append("输入摘要与各序列摘要不符")
    return {
        "finding": {key: value for key, value in finding.as_json().items() if key != "working"},
        "rule": {"name": rule.chinese, "says": rule.says, "revision": finding.revision},
        "parameters": [
            {"name": name, "label": parameter.label, "value": parameter.on(finding.began.date()), "unit": parameter.unit, "citation": parameter.citation, "grade": parameter.grade}
            for name, parameter in rule.parameters.items()
        ],
        "sums": finding.working["children"],
        "rows": used,
        "problems": problems,
    }


def _rows(source: Source, told: dict[str, Any], data_dir: Path | None) -> dict[str, Any]:
    began, ended = (milliseconds(dt.datetime.fromisoformat(told[end])) for end in ("began", "ended"))
    readings = source.rows(told["facility"], told["kind"], began, ended)
    points = source.points(told["facility"])
    series = next((one for one in split(readings, points) if (one.point, one.factor) == (told["mn"], told["factor"])), None)
    if not told["factor"]:
        return {**told, "same": True, "readings": [], "packets": []}
    same = series is not None and series.digest(slice(0, len(series))) == told["digest"]
    same = same or (series is None and told["count"] == 0)
    shown = [] if series is None else _shown(series)
    return {**told, "same": same, "readings": shown, "packets": _packets(readings, told, data_dir)}


def _shown(series: Series) -> list[dict[str, Any]]:
    return [
        {"began": moment(series.began[row]).isoformat(), "value": _plain(series.value[row]), "corrected": _plain(series.corrected[row]),
         "flag": chr(series.flag[row]), "received_at": moment(series.received_at[row]).isoformat()}
        for row in range(min(len(series), SHOWN))
    ]  # fmt: skip


def _plain(number: float) -> float | None:
    return None if number != number else float(number)


def _packets(readings: Any, told: dict[str, Any], data_dir: Path | None) -> list[dict[str, Any]]:
    """Return the packets that carried the rows: position in the spool, digest of the raw bytes, the bytes as text."""
    if data_dir is None or "segment" not in readings.column_names:
        return []
    mine = [
        (row["segment"], row["offset"])
        for row in readings.select(["mn", "factor", "segment", "offset"]).to_pylist()
        if (row["mn"], row["factor"]) == (told["mn"], told["factor"]) and row["segment"] >= 0
    ]
    return _raw(layout.spool(data_dir), set(mine[:SHOWN]))


def _raw(folder: Path, places: set[tuple[int, int]]) -> list[dict[str, Any]]:
    """Read the packets at some places of the spool, one pass over each segment that holds any."""
    told = []
    for number in sorted({segment for segment, _ in places}):
        wanted = {place for place in places if place[0] == number}
        for record in spool.read(folder, spool.Position(number - 1, 1 << 62)):
            if tuple(record.position) in wanted:
                wanted.discard(tuple(record.position))
                told.append(_packet(record))
            if not wanted or record.position.segment > number:
                break
        if wanted:
            raise BadInput(f"原始报文不在暂存区：段{number}偏移{min(wanted)[1]}", field="segment")
    return told


def _packet(record: spool.SpoolRecord) -> dict[str, Any]:
    place = {"segment": record.position.segment, "offset": record.position.offset}
    digest = hashlib.sha256(record.raw).hexdigest()
    return {**place, "sha256": digest, "raw": record.raw.decode("ascii", "backslashreplace")}


def lines(tree: dict[str, Any]) -> list[str]:
    """Return the tree as Chinese text, one line per node."""
    told = tree["finding"]
    text = [f"{told['title']}（{told['id']}）", f"规则：{tree['rule']['name']}（第{tree['rule']['revision']}版）{tree['rule']['says']}"]
    text += [f"时段：{told['began']} 至 {told['ended']}", "依据：" + "、".join(told["basis"])]
    text += [f"参数：{one['label']}（{one['name']}）= {one['value']} {one['unit']}（{one['citation']}，等级{one['grade']}）" for one in tree["parameters"]]
    for node in tree["sums"]:
        text.append(_line(node))
    for row in tree["rows"]:
        text.append(f"读数：{row['mn']} {row['factor'] or '全部因子'} {row['kind']} 共{row['count']}条 摘要{row['digest'][:16]}… {'一致' if row['same'] else '不一致'}")
        text += [f"    {one['began']} {one['value']} {one['flag']}" for one in row["readings"][:12]]
        text += [f"    报文 段{one['segment']} 偏移{one['offset']} {one['sha256'][:16]}…" for one in row["packets"][:12]]
    text += ["尚需证据：" + "；".join(told["evidence_needed"])]
    text += [f"不符：{problem}" for problem in tree["problems"]]
    return text


def _line(node: dict[str, Any]) -> str:
    source = f"（{node['source']}）" if node.get("source") else ""
    if "formula" not in node:
        return f"  {node['label']}：{node['value']}{node.get('unit', '')}{source}"
    inputs = "，".join(f"{words.chinese(name)}={_quantity(value)}" for name, value in node["inputs"].items())
    return f"  {node['label']} = {words.chinese(node['formula'])} = {node['value']:.6g}{node.get('unit', '')}（{inputs}）"


def _quantity(value: float) -> str:
    """Return a number, or the moment that a number of milliseconds as large as ours stands for."""
    return f"{moment(value):%Y-%m-%d %H:%M}" if abs(value) > 1e12 else f"{value:.6g}"
