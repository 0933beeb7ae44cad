"""One finding with its working as a tree: law of the day, sums, rows, and the packets the rows came in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.clues import door

from .frame import Look, desk

WORDS = {
    "above": "上游来量", "after": "之后", "allowed": "允许", "away": "相距", "before": "之前", "began": "起", "below": "断面负荷", "between": "区间许可量", "cap": "上限",
    "computed": "重算", "count": "总数", "covariance": "协方差", "day": "当日", "deadline": "期限", "deviation": "标准差", "done": "已做", "due": "应有", "during": "期间", "ended": "止", "ends": "届满",
    "equal": "相同", "extra": "来源不明", "filed": "备案值", "first": "首次", "given": "实有", "high": "最高", "hours": "小时数", "length": "长度", "level": "水平", "limit_value": "限值", "load": "负荷",
    "low": "最低", "max": "最大", "mean": "均值", "measured": "监测量", "met": "达标", "minute": "一分钟", "minutes": "分钟数", "near": "贴近", "night": "夜间", "now": "本次", "others": "其他因子", "over": "超出",
    "own": "本因子", "quota": "许可量", "received": "收到", "recorded": "记录", "reported": "申报", "sent": "发送", "span": "跨度", "spread": "波动", "square": "平方", "step": "间隔", "target": "目标",
    "today": "当日", "total": "总量", "units": "分表", "until": "至", "used": "已用", "usual": "平常", "valid": "有效", "value": "数值",
}  # fmt: skip
MOMENT = 1e12  # a number of milliseconds this large is a moment of our time
TO_HOURS = re.compile(r"\s*/\s*(3600000|86400000|60000|minute)\b")


@desk
def finding_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """The tree, every sum done again and every reading compared with what was judged; a refusal to explain is said, not hidden."""
    row = door.finding_of(look.viewer, number)
    tree, wrong = None, ""
    try:
        tree = door.explained(look.viewer, number)
        tree["sums"] = [spoken(node) for node in tree["sums"]]
    except BadInput as reason:
        wrong = str(reason)
    kept = [spoken(node) for node in row.data.get("working", {}).get("children", ())]
    context = {"row": row, "clue": row.clue, "told": row.data, "kept": kept, "tree": tree, "wrong": wrong, "at": look.at}
    return render(request, "desk/finding.html", context)


def spoken(node: Mapping[str, Any]) -> dict[str, Any]:
    """A sum of the working in words: its quantities by their Chinese names, moments as moments; what has no name keeps its own."""
    told = dict(node)
    if "formula" in told:
        times = {name for name, value in told["inputs"].items() if abs(value) > MOMENT}
        formula = TO_HOURS.sub("", told["formula"]).strip() if times else told["formula"]
        if formula.startswith("(") and formula.endswith(")") and formula.count("(") == 1:
            formula = formula[1:-1]
        told["formula"] = re.sub(r"[a-z_]+", lambda word: WORDS.get(word[0], word[0]), formula).replace("*", "×").replace("/", "÷")
        told["inputs"] = {WORDS.get(name, name): _moment(value) if name in times else value for name, value in told["inputs"].items() if name in formula}
    told["children"] = [spoken(child) for child in node.get("children", ())]
    return told


def _moment(value: float) -> str:
    return dt.datetime.fromtimestamp(value / 1000, tz=CHINA).strftime("%m-%d %H:%M")
