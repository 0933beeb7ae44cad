"""How a fact is worded: dates, amounts, persons, citations.  Facts are plain JSON; dates are ISO 8601 strings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law import citation

from . import amounts

CHINA = dt.timezone(dt.timedelta(hours=8))


def date(value: Any) -> str:
    """2026-11-20 → 2026年11月20日 (GB/T 9704-2012 7.3.5.4: Arabic figures, no leading zeros)."""
    try:
        day = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadInput(f"“{value}”不是日期，应写作 2026-11-20") from None
    return f"{day.year}年{day.month}月{day.day}日"


def moment(value: Any) -> str:
    """An ISO moment → 2026年11月20日9时30分, in China's time."""
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise BadInput(f"“{value}”不是时刻，应写作 2026-11-20T09:30:00+08:00") from None
    at = at.astimezone(CHINA) if at.tzinfo else at
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分"


def money(fen: Any) -> str:
    """Whole fen → 人民币壹拾万元整（¥100,000.00）."""
    if not isinstance(fen, int) or isinstance(fen, bool):
        raise BadInput(f"金额“{fen}”须为整数，单位为分")
    return f"{amounts.capitals(fen)}（{amounts.figures(fen)}）"


def yuan(value: Any) -> str:
    """Whole yuan → the same."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f"金额“{value}”须为整数，单位为元")
    return money(value * 100)


def persons(value: Any) -> str:
    """Officers with their certificates: 张明（执法证号 990101001）、…"""
    if isinstance(value, str):
        return value
    named = []
    for person in value if isinstance(value, Sequence) else [value]:
        number = person.get("certificate_number", "")
        named.append(person["name"] + (f"（执法证号 {number}）" if number else ""))
    return "、".join(named)


def citations(value: Any) -> str:
    """Citations in written or printed form → printed, joined by 、."""
    texts = [value] if isinstance(value, str) else value
    return "、".join(cite(text) for text in texts)


def cite(text: str) -> str:
    """``penalty_law:44`` → 《中华人民共和国行政处罚法》第四十四条."""
    return str(citation.parse(text))


def sentences(value: Any) -> str:
    """Text, or a list of texts and {text, source}: run together."""
    if isinstance(value, str):
        return value
    return "".join(item if isinstance(item, str) else finding(item) for item in value)


def finding(item: Mapping[str, Any]) -> str:
    """A written finding as it stands; a structured one (an exceedance) put into words."""
    if "text" in item:
        return str(item["text"])
    span = f"{moment(item['began'])}至{moment(item['ended'])}"
    text = f"{span}，{item['outlet']}{item['factor']}{item.get('averaging', '小时')}均值"
    text += f"最高为{item['value']}{item['unit']}，执行限值为{item['limit_value']}{item['unit']}"
    text += f"（依据{item['limit_basis']}）" if item.get("limit_basis") else ""
    text += f"，超标{item['multiple']}倍" if item.get("multiple") else ""
    return text + "。"


def opinion(value: Any) -> str:
    """An opinion's words; who gave it and when is set under it."""
    return value if isinstance(value, str) else value.get("text", "")


def opinion_signature(value: Any) -> str:
    """签名：张明　2026年11月20日; blanks are left where nothing has been signed yet."""
    entry: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    on = date(entry["on"]) if entry.get("on") else "　　　年　　月　　日"
    return f"签名：{entry.get('name') or '　　　　　　'}　{on}"


WORDING = {
    "text": str,
    "number": str,
    "date": date,
    "moment": moment,
    "money": money,
    "yuan": yuan,
    "persons": persons,
    "citations": citations,
    "sentences": sentences,
    "opinion": opinion,
    "flag": lambda value: "是" if value else "否",
    "capitals": lambda fen: amounts.capitals(fen),
    "figures": lambda fen: amounts.figures(fen),
}
