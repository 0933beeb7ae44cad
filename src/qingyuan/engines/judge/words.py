"""What the quantities of a working are called, so that an officer reads a sum and not a program."""

from __future__ import annotations

import re

WORDS = {
    "above": "上游来量", "after": "之后", "allowed": "允许", "away": "相距", "before": "之前", "began": "起", "below": "断面负荷", "between": "区间许可量", "cap": "上限",
    "computed": "重算", "count": "总数", "covariance": "协方差", "day": "当日", "deadline": "期限", "deviation": "标准差", "done": "已做", "due": "应有", "during": "期间", "ended": "止", "ends": "届满",
    "equal": "相同", "extra": "来源不明", "filed": "备案值", "first": "首次", "given": "实有", "high": "最高", "hours": "小时数", "length": "长度", "level": "水平", "limit_value": "限值", "load": "负荷",
    "low": "最低", "max": "最大", "mean": "均值", "measured": "监测量", "met": "达标", "minute": "一分钟", "minutes": "分钟数", "near": "贴近", "night": "夜间", "now": "本次", "others": "其他因子", "over": "超出",
    "own": "本因子", "quota": "许可量", "received": "收到", "recorded": "记录", "reported": "申报", "sent": "发送", "span": "跨度", "spread": "波动", "square": "平方", "step": "间隔", "target": "目标",
    "today": "当日", "total": "总量", "units": "分表", "until": "至", "used": "已用", "usual": "平常", "valid": "有效", "value": "数值",
}  # fmt: skip


def chinese(formula: str) -> str:
    """Return a formula with its quantities by name; what has no name keeps its own."""
    return re.sub(r"[a-z_]+", lambda word: WORDS.get(word[0], word[0]), formula).replace("*", "×").replace("/", "÷")
