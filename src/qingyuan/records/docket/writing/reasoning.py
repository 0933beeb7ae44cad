"""Reasoned paragraphs (说理式): why these facts are found, why this law holds, why this amount.

Each composer takes the whole facts and returns blocks.  The words are ours; numbers, dates and articles come from the
facts and the rule book.  A file audit asks that evidence is named item by item, that the answer to the party's statement
is given with its reason, and that the circumstances behind the amount are said (评查细则 2024, 决定书 15 分).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qingyuan.errors import BadInput

from . import wording
from .facts import MISSING, look, sources
from .paper import Block, Paragraph, Sentence, Table

Facts = Mapping[str, Any]
SAID_IN_WORDS = frozenset({"适用法律", "法定幅度", "裁量表", "听证"})


def violation_facts(facts: Facts) -> list[Block]:
    """One paragraph per finding; a structured finding is put into words, a written one is taken as it stands."""
    return [_paragraph(_finding(item)) for item in look_list(facts, "violation.facts")]


def exceedance_table(facts: Facts) -> list[Block]:
    """The hours or days behind the finding, as a table, when the facts bring them."""
    rows = look_list(facts, "violation.readings")
    if not rows:
        return []
    cells = tuple(tuple(str(r.get(k, "")) for k in ("time", "outlet", "factor", "value", "limit_value", "multiple")) for r in rows)
    return [Table(
        ("时间", "排放口", "监测因子", "浓度", "限值", "超标倍数"), cells, (2.2, 1.2, 1.6, 1.2, 1.0, 1.2),
        look_text(facts, "violation.readings_caption"), sources(facts, "violation.readings"),
    )]


def evidence_list(facts: Facts) -> list[Block]:
    """Every item of evidence: name, day, who provided it, what it proves."""
    items = look_list(facts, "evidence")
    if not items:
        return []
    blocks: list[Block] = [_paragraph(Sentence("以上事实，有下列证据为证："))]
    for index, item in enumerate(items, start=1):
        end = "。" if index == len(items) else "；"
        blocks.append(_paragraph(Sentence(f"{index}．{_evidence(item)}{end}", _refs(item))))
    return blocks


def law_reasoning(facts: Facts) -> list[Block]:
    """Which duty was broken, and, where the law changed, why this version decides."""
    broken = wording.citations(facts["law"]["prohibition"])
    refs = (*_law_refs(facts["law"]["prohibition"]), *sources(facts, "law"))
    said = [Sentence(f"{_you(facts)}的上述行为违反了{broken}的规定。", refs)]
    reason = look_text(facts, "law.reason")
    if reason:
        said.append(Sentence(f"关于法律适用：{reason.rstrip('。')}。", sources(facts, "law")))
    return [_paragraph(*said)]


def defence(facts: Facts) -> list[Block]:
    """That the party was told, what it answered, and what became of the answer.  Silence is written down too."""
    notice = facts["notice"]
    told = f"我局于{wording.date(notice['served_on'])}向{_you(facts)}送达《行政处罚事先告知书》"
    told += f"（{notice['number']}）" if notice.get("number") else ""
    hearing = "和要求听证" if notice.get("hearing_offered") else ""
    told += f"，告知拟作出的行政处罚内容及事实、理由、依据，并告知依法享有陈述、申辩{hearing}的权利。"
    said = [Sentence(told, sources(facts, "notice")), *_statement(facts), *_hearing(facts)]
    return [_paragraph(*said)]


def discretion_reasoning(facts: Facts) -> list[Block]:
    """From the legal range through the benchmark's factors to the amount, with the reason for each departure.

    What the running text says already (law, range, hearing) is not repeated in the table.
    """
    return _discretion(facts, SAID_IN_WORDS)


def full_working(facts: Facts) -> list[Block]:
    """The same with every line of the working, for the file."""
    return _discretion(facts, frozenset())


def _discretion(facts: Facts, hidden: frozenset[str]) -> list[Block]:
    given = facts["discretion"]
    refs = sources(facts, "discretion")
    low, high = (f"{given[k]:,}元" for k in ("low_yuan", "high_yuan"))
    basis = wording.citations(facts["law"]["penalty"])
    said = [Sentence(f"依据{basis}，该违法行为的法定罚款幅度为{low}以上{high}以下。", (*_law_refs(facts["law"]["penalty"]), *refs))]
    if _benchmark(given):
        said.append(Sentence(f"参照{_benchmark(given)}，综合下列裁量因素确定罚款数额。", refs))
    blocks: list[Block] = [_paragraph(*said)]
    rows = tuple(_working_rows(given.get("working"), hidden))
    if rows:
        blocks.append(Table(("裁量因素", "计算", "结果", "依据"), rows, (2.4, 2.6, 1.4, 2.6), "裁量计算", refs))
    blocks += [_paragraph(_circumstance(item, refs)) for item in given.get("circumstances", ())]
    return blocks


def penalty_items(facts: Facts) -> list[Block]:
    """What is decided, numbered when there is more than one thing."""
    return _penalty(facts, "决定")


def proposed_penalty_items(facts: Facts) -> list[Block]:
    """What is intended, said as such: a notice decides nothing."""
    return _penalty(facts, "拟")


def _penalty(facts: Facts, verb: str) -> list[Block]:
    items = [(p if isinstance(p, str) else p["text"]).rstrip("。；") for p in look_list(facts, "penalty.items")]
    fine = look(facts, "penalty.fine_fen")
    if fine is not MISSING:
        items.insert(0, f"处以罚款{wording.money(fine)}")
    refs = (*sources(facts, "penalty"), *_law_refs(facts["law"]["penalty"]))
    lead = f"依据{wording.citations(facts['law']['penalty'])}的规定，我局{verb}对{_you(facts)}作出如下行政处罚："
    if len(items) == 1:
        return [_paragraph(Sentence(lead, refs), Sentence(f"{items[0]}。", refs))]
    numbered = [_paragraph(Sentence(f"{n}．{text}{'。' if n == len(items) else '；'}", refs)) for n, text in enumerate(items, 1)]
    return [_paragraph(Sentence(lead, refs)), *numbered]


COMPOSERS: Mapping[str, Callable[[Facts], list[Block]]] = {
    f.__name__: f
    for f in (violation_facts, exceedance_table, evidence_list, law_reasoning, defence, discretion_reasoning, full_working, penalty_items, proposed_penalty_items)
}


def look_list(facts: Facts, path: str) -> Sequence[Any]:
    value = look(facts, path)
    return [] if value is MISSING else [value] if isinstance(value, str | Mapping) else value


def look_text(facts: Facts, path: str) -> str:
    value = look(facts, path)
    return "" if value is MISSING or value is False else str(value)


def _paragraph(*said: Sentence) -> Paragraph:
    return Paragraph(said)


def _you(facts: Facts) -> str:
    return "你" if look(facts, "party.kind") == "person" else "你单位"


def _refs(item: Any) -> tuple[str, ...]:
    source = item.get("source", ()) if isinstance(item, Mapping) else ()
    return (source,) if isinstance(source, str) else tuple(source)


def _law_refs(value: Any) -> tuple[str, ...]:
    return tuple(f"law:{text}" for text in ([value] if isinstance(value, str) else value))


def _finding(item: Any) -> Sentence:
    return Sentence(item) if isinstance(item, str) else Sentence(wording.finding(item), _refs(item))


def _evidence(item: Any) -> str:
    if isinstance(item, str):
        return item
    parts = [f"《{item['title'].strip('《》')}》"]
    if item.get("on"):
        parts.append(wording.date(item["on"]))
    if item.get("provider"):
        parts.append(f"由{item['provider']}提供")
    if item.get("proves"):
        parts.append(f"证明{item['proves']}")
    if item.get("page"):
        parts.append(f"见卷第{item['page']}页")
    return "，".join(parts)


def _statement(facts: Facts) -> Iterator[Sentence]:
    given = look(facts, "statement")
    refs = sources(facts, "statement")
    if given is MISSING:
        yield Sentence(f"{_you(facts)}在法定期限内未提出陈述、申辩意见。", sources(facts, "notice"))
        return
    if given.get("waived"):
        yield Sentence(f"{_you(facts)}明确表示放弃陈述、申辩。", refs)
        return
    when = f"于{wording.date(given['on'])}" if given.get("on") else ""
    yield Sentence(f"{_you(facts)}{when}提出陈述、申辩意见：{given['text'].rstrip('。')}。", refs)
    verdict = "予以采纳" if given["adopted"] is True else "部分采纳" if given["adopted"] == "partly" else "不予采纳"
    yield Sentence(f"经复核，我局{verdict}，理由是：{given['reason'].rstrip('。')}。", refs)


def _hearing(facts: Facts) -> Iterator[Sentence]:
    given = look(facts, "hearing")
    if given is not MISSING and given.get("held_on"):
        result = given.get("result", "").rstrip("。")
        yield Sentence(f"我局于{wording.date(given['held_on'])}举行听证，{result}。", sources(facts, "hearing"))
    elif look(facts, "notice.hearing_offered") not in (MISSING, False):
        yield Sentence(f"{_you(facts)}在法定期限内未要求听证。", sources(facts, "notice"))


def _working_rows(node: Any, hidden: frozenset[str], depth: int = -1) -> Iterator[tuple[str, str, str, str]]:
    """Lines of the working below its root; a line whose label is hidden is left out with all that hangs on it."""
    if not isinstance(node, Mapping) or node.get("label") in hidden:
        return
    if depth >= 0:
        basis = str(node.get("citation") or "")
        yield ("　" * depth + str(node.get("label", "")), str(node.get("formula") or ""), str(node.get("value", "")), _basis(basis))
    for child in node.get("children") or ():
        yield from _working_rows(child, hidden, depth + 1)


def _basis(text: str) -> str:
    """A citation in written form is printed; anything else stands as it is."""
    try:
        return wording.cite(text) if text else ""
    except BadInput:
        return text


def _benchmark(given: Mapping[str, Any]) -> str:
    """The table that was used: named by the facts, or by the working itself."""
    named = given.get("benchmark")
    lines = (given.get("working") or {}).get("children") or ()
    return str(named or next((line["value"] for line in lines if line.get("label") == "裁量表"), ""))


def _circumstance(item: Any, refs: tuple[str, ...]) -> Sentence:
    if isinstance(item, str):
        return Sentence(item if item.endswith("。") else item + "。", refs)
    basis = f"依据{wording.citations(item['citation'])}，" if item.get("citation") else ""
    return Sentence(f"{item['text'].rstrip('。')}，{basis}{item['effect']}。", _refs(item) or refs)
