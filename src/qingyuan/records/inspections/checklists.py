"""The list of what to look at, made for one task: from the permit and its limits, the items of the task, the clue, the campaign."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer

AVERAGING = {"hour": "小时均值", "day": "日均值", "hour_low": "小时均值不低于"}
THIRD_PARTY = ("EE-I14", "EE-I15")
WORDS = ("第三方", "检测机构", "检验机构")


@lru_cache(maxsize=1)
def pages() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "checklists.yaml").read_text("utf-8"))


def checklist(viewer: Officer, task: Assignment, *, on: dt.date, name_of: Callable[[str], str] = str) -> list[dict[str, str]]:
    """Points in the order of a visit; each with an id that is the same on every device, its source, basis and grade.

    ``name_of``: the Chinese name of a factor by its HJ 212 code.
    """
    found: dict[str, dict[str, str]] = {}
    for group, text, basis, grade in points(viewer, task, on, name_of):
        key = "item_" + hashlib.sha256(f"{group}{text}".encode()).hexdigest()[:12]
        found.setdefault(key, {"id": key, "group": group, "text": text, "basis": basis, "grade": grade})
    return list(found.values())


def points(viewer: Officer, task: Assignment, on: dt.date, name_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """(where from, what to look at, basis, grade)."""
    for point in pages()["always"]:
        yield "每次检查", point["text"], point["basis"], point["grade"]
    if task.clue is not None:
        yield "线索", f"核实：{task.clue.title}（{task.clue.began:%m-%d}起）", "令30第18条", "A"
    yield from permit_points(viewer, task, on, name_of)
    codes = [code for code in task.items if isinstance(code, str)]
    for code in codes:
        for point in pages()["items"].get(code, []):
            yield "检查事项", point["text"], point["basis"], point["grade"]
    is_third_party = any(word in task.reason or word in task.facility.name for word in WORDS)
    for code in THIRD_PARTY if is_third_party else [code for code in codes if code in THIRD_PARTY]:
        for point in pages()["third_party"][code]:
            yield "第三方机构专项", point["text"], point["basis"], point["grade"]


def permit_points(viewer: Officer, task: Assignment, on: dt.date, name_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """The permit's own days, outlets, limits and instruments, each as something to hold against what is seen."""
    permits = list(registry.permits_of(viewer, task.facility))
    if not permits:
        yield "排污许可", "没有查到排污许可证：核对是否应当取得许可或者登记", "法典第181条", "U"
    for permit in permits[:1]:
        state = "在有效期内" if permit.valid_from <= on <= permit.valid_to else "已不在有效期"
        yield "排污许可", f"许可证 {permit.number} 有效期至 {permit.valid_to}（{state}）：核对正本、副本", "法典第181条", "U"
    for outlet in registry.outlets_of(viewer, task.facility):
        yield "排污许可", f"{outlet.name}（{outlet.get_medium_display()}）：位置、标志牌与许可证一致", "排污许可管理条例", "U"
    for limit in registry.limits_of(viewer, task.facility):
        if limit.valid_from <= on and (limit.valid_to is None or on <= limit.valid_to):
            yield "许可限值", f"{limit.outlet.name} {name_of(limit.factor)} {AVERAGING[limit.averaging]} {limit.limit_value:g} {limit.unit}：与现场读数核对", limit.citation, "A"
    for monitor in registry.monitors_of(viewer, task.facility):
        yield "自动监测", f"{monitor.outlet.name} 设备 {monitor.mn}：运行状态、标记、参数与上位机一致", "法典第184条", "U"
