"""A complete set of facts for any kind: the hand-written sample, and an invented value of the right type for whatever it lacks."""

from __future__ import annotations

import copy
from typing import Any

from qingyuan.records.docket.writing.facts import MISSING, look
from qingyuan.records.docket.writing.kinds import Field, kind

from .samples import FACTS, OFFICERS, OPINION

BY_TYPE: dict[str, Any] = {
    "date": "2026-10-08", "moment": "2026-10-08T10:00:00+08:00", "money": 4_320_000, "yuan": 43_200, "number": 20, "flag": True,
    "persons": OFFICERS, "opinion": OPINION, "citations": ["penalty_law:33.1"],
    "records": [
        {"title": "喷氨泵运行记录", "number": "1", "count": "1", "pages": "3", "page": "12", "model": "PA-2", "place": "证据室", "proves": "停运时段",
         "question": "喷氨泵何时停运？", "answer": "9月8日凌晨两点左右。", "name": "吴海涛", "text": "事实清楚，同意拟处罚意见。", "due_on": "2026年11月20日",
         "amount": "100,000元", "note": "复印件", "point": "窑尾", "factor": "氮氧化物", "volume": "2升", "seal": "F-01", "container": "玻璃瓶", "on": "2026-10-08"},
    ],
}  # fmt: skip


def facts_for(name: str) -> dict[str, Any]:
    """Facts that hold every field of the kind."""
    facts = copy.deepcopy(FACTS)
    for field in kind(name).fields.values():
        if field.type != "pictures" and look(facts, field.path) is MISSING:
            put(facts, field.path, value_of(field))
    return facts


def value_of(field: Field) -> Any:
    return copy.deepcopy(BY_TYPE.get(field.type, f"{field.label}的具体内容" + ("，经核实无误。" if field.type == "sentences" else "")))


def put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    node = facts
    for part in parents:
        node = node.setdefault(part, {})
    node[last] = value
