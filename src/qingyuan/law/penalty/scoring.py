"""From the facts as given to the level of each factor of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qingyuan.errors import BadInput

from .given import WHERE, number
from .matrix import Factor, Level, Table

UNKNOWN = "unknown"
MEASURES = {
    "multiple": "超标倍数",
    "over_quantity": "超量百分数",
    "ph": "pH 值",
    "count": "个（次、项、份）数",
    "days": "天数",
    "months": "月数",
    "tonnes": "吨",
    "tonnes_per_day": "日排水量（吨）",
    "flue_gas": "小时烟气量（标立方米）",
    "decibels": "超标分贝",
    "ringelmann": "林格曼级数",
    "cubic_metres": "立方米",
    "pigs": "折合生猪存栏（头）",
    "sewage_plant_tonnes_per_day": "生活污水处理厂日排水量（吨）",
    "industrial_plant_tonnes_per_day": "工业污水处理厂日排水量（吨）",
}


@dataclass(frozen=True)
class Chosen:
    """A factor and the level the facts put it on; ``given`` is the fact as told, ``why`` an added remark."""

    factor: Factor
    level: Level
    given: str
    why: str = ""


def choose(table: Table, factors: Mapping[str, Any]) -> tuple[Chosen, ...]:
    """One level for every factor of ``table``; BadInput for a missing factor or a value on no level."""
    return tuple(_one(table, factor, factors) for factor in table.factors)


def allowed(factor: Factor) -> str:
    """What may be given for this factor, for a message."""
    levels = "、".join(f"{level.id}（{level.name}）" for level in factor.levels)
    measures = "、".join(f"{measure}（{MEASURES.get(measure, measure)}）" for measure in factor.measures)
    return f"{levels}{'；或数值：' + measures if measures else ''}；查不清填 unknown"


def _one(table: Table, factor: Factor, factors: Mapping[str, Any]) -> Chosen:
    if factor.id not in factors or factors[factor.id] is None or factors[factor.id] == "":
        raise BadInput(f"factors 缺少 {factor.id}（{factor.name}）；可填：{allowed(factor)}（{table.section}；{WHERE}）", field=f"factors.{factor.id}")
    value = factors[factor.id]
    if value == UNKNOWN:
        lightest = min(factor.levels, key=lambda level: level.points)
        return Chosen(factor, lightest, "查不清", "查不清的因素取最低档")
    entries = value if isinstance(value, (list, tuple)) else [value]
    found = [level for entry in entries for level in _levels(table, factor, entry)]
    if not found:
        raise BadInput(f"factors.{factor.id}（{factor.name}）是空的；可填：{allowed(factor)}（{table.section}）", field=f"factors.{factor.id}")
    heaviest = max(found, key=lambda level: level.points)
    why = "并存的取较重一档" if len({level.id for level in found}) > 1 else ""
    return Chosen(factor, heaviest, _told(value), why)


def _levels(table: Table, factor: Factor, value: Any) -> list[Level]:
    if isinstance(value, Mapping):
        return [_measured(table, factor, str(measure), amount) for measure, amount in value.items()]
    if isinstance(value, str):
        for level in factor.levels:
            if value in (level.id, level.name):
                return [level]
    if factor.measures and number(value) is not None:
        return [_measured(table, factor, factor.measures[0], value)]
    raise BadInput(f"factors.{factor.id}（{factor.name}）没有“{value}”这一档；可填：{allowed(factor)}（{table.section}）", field=f"factors.{factor.id}")


def _measured(table: Table, factor: Factor, measure: str, value: Any) -> Level:
    amount = number(value)
    if measure not in factor.measures or amount is None:
        raise BadInput(f"factors.{factor.id}（{factor.name}）不能按“{measure}={value}”取档；可填：{allowed(factor)}（{table.section}）", field=f"factors.{factor.id}")
    exact = Fraction(amount)
    for level in factor.levels:
        if any(span.measure == measure and span.holds(exact) for span in level.spans):
            return level
    raise BadInput(f"factors.{factor.id}（{factor.name}）的 {MEASURES.get(measure, measure)}={value} 不在任何一档内；可填：{allowed(factor)}（{table.section}）", field=f"factors.{factor.id}")


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{MEASURES.get(str(key), str(key))} {inner}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return "、".join(_told(entry) for entry in value)
    return str(value)
