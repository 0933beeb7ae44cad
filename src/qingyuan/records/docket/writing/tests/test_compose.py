"""From facts to sentences: what is missing is named, what is said knows where it came from."""

from __future__ import annotations

import copy
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.errors import BadInput
from qingyuan.records.docket.writing import wording
from qingyuan.records.docket.writing.compose import PLACEHOLDER, compose
from qingyuan.records.docket.writing.facts import MISSING, look
from qingyuan.records.docket.writing.kinds import TYPES, kinds
from qingyuan.records.docket.writing.paper import content_digest

from .samples import FACTS
from .samples_for import facts_for


def without(path: str, kind: str = "penalty_decision") -> dict:
    facts = facts_for(kind) if kind != "penalty_decision" else copy.deepcopy(FACTS)
    *parents, last = path.split(".")
    node = facts
    for part in parents:
        node = node[part]
    node.pop(last)
    return facts


def text_of(kind: str, facts: dict) -> str:
    return "\n".join(s.text for s in compose(kind, facts, dated="2026-10-20").sentences())


REQUIRED = [(k.name, f.path, f.label) for k in kinds().values() for f in k.fields.values() if f.is_required]


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_required_element_is_asked_for_by_its_name(kind):
    """Penalty Law art. 59 and the scoring elements of 评查细则 2024: nothing is issued with an element missing."""
    for _, path, label in (row for row in REQUIRED if row[0] == kind):
        with pytest.raises(BadInput, match=re.escape(label)):
            compose(kind, without(path, kind), dated="2026-10-20")


def test_a_draft_may_have_gaps_and_shows_them():
    """A draft is written with what there is, blanks are visible, there is no seal."""
    paper = compose(
        "correction_order", without("correction.due_on"), is_draft=True
    )
    assert "＿＿＿＿" in "".join(s.text for s in paper.sentences())
    assert not paper.has_seal


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_draft_of_any_kind_can_be_written_with_nothing_known(kind):
    """An officer may look at the empty form of every kind."""
    assert compose(kind, {}, is_draft=True).title == kinds()[kind].title


def test_the_decision_has_the_elements_of_article_59():
    """Party, facts and evidence, kind and basis, how and when to perform, remedies, agency and date."""
    said = text_of("penalty_decision", FACTS)
    for words in ("氮氧化物小时均值最高为612", "《现场检查（勘察）笔录》", "第九十九条第二项", "人民币肆拾叁万贰仟元整（¥432,000.00）",
                  "十五日内", "加处罚款", "六十日内向清源市人民政府", "六个月内直接向清源市人民法院", "不予采纳，理由是"):
        assert words in said, words
    paper = compose("penalty_decision", FACTS, dated="2026-10-20")
    assert dict(paper.party)["当事人名称"] == "清河水泥有限公司"
    assert (paper.agency, paper.dated, paper.has_seal) == ("示范省清源市生态环境局", "2026年10月20日", True)


def test_the_table_of_the_decision_leaves_out_what_the_words_say():
    """说理式: range, law and hearing stand in sentences; the file keeps every line of the working."""
    working = {"label": "超标", "value": "37万元", "children": [
        {"label": "适用法律", "value": "法典", "citation": "penalty_law:37"},
        {"label": "裁量表", "value": "示范裁量表", "citation": "discretion_guidance_42"},
        {"label": "裁量计算", "value": "37万元", "formula": "…", "citation": "不是引用", "children": [{"label": "超标倍数", "value": "3级"}]},
    ]}  # fmt: skip
    facts = {**facts_for("discretion_sheet"), "discretion": {**FACTS["discretion"], "benchmark": "", "working": working}}
    facts["discretion"].pop("benchmark")
    shown = [[r[0].strip() for r in b.rows] for b in compose("penalty_decision", facts, dated="2026-10-20").blocks if getattr(b, "caption", "") == "裁量计算"]
    assert shown == [["裁量计算", "超标倍数"]]
    assert "参照示范裁量表" in text_of("penalty_decision", facts)
    sheet = compose("discretion_sheet", {**facts, "discretion": {**facts["discretion"], "benchmark": "示范裁量表"}}, dated="2026-10-20")
    rows = [r for b in sheet.blocks if getattr(b, "caption", "") == "裁量计算" for r in b.rows]
    assert [r[0].strip() for r in rows] == ["适用法律", "裁量表", "裁量计算", "超标倍数"]
    assert rows[1][3].startswith("《") and rows[2][3] == "不是引用"


def test_silence_of_the_party_is_written_down_too():
    """评查细则 2024: the decision says that the party did not answer, or waived."""
    assert "未提出陈述、申辩意见" in text_of("penalty_decision", without("statement"))
    waived = {**copy.deepcopy(FACTS), "statement": {"waived": True, "on": "2026-10-12"}}
    assert "明确表示放弃陈述、申辩" in text_of("penalty_decision", waived)


def test_the_right_to_a_hearing_is_told_only_where_it_exists():
    """Penalty Law art. 63."""
    assert "要求听证的权利" in text_of("prior_notice", FACTS)
    assert "要求听证的权利" not in text_of("prior_notice", {**FACTS, "hearing": {"is_required": False}})


def test_a_sentence_knows_the_records_it_came_from():
    """Every sentence that came from a record links to it."""
    said = {s.text: s.sources for s in compose("penalty_decision", FACTS, dated="2026-10-20").sentences()}
    assert said["现场检查时，你单位脱硝喷氨泵停运，生产线正常生产。"] == ("evidence:2",)
    assert "law:air_law:18" in next(refs for text, refs in said.items() if "违反了" in text)
    assert "document:4" in next(refs for text, refs in said.items() if "事先告知书》" in text)


def test_the_digest_names_the_words_not_the_address():
    """The QR code carries the digest, so the digest cannot depend on the QR code."""
    one, two = (compose("penalty_decision", FACTS, dated="2026-10-20", verification=v) for v in ("a", "b"))
    assert content_digest(one) == content_digest(two)
    other = compose("penalty_decision", {**FACTS, "penalty": {"fine_fen": 1}}, dated="2026-10-20")
    assert content_digest(other) != content_digest(one)


def test_every_placeholder_is_a_declared_field_or_common_knowledge():
    """A misspelt placeholder prints nothing; so none may be misspelt."""
    for kind in kinds().values():
        for template in strings(list(kind.body)):
            for match in PLACEHOLDER.finditer(template):
                path = match[1]
                known = path in kind.fields or path.startswith(("cite:", "item."))
                assert known, f"{kind.name}: {{{path}}}"


def strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [s for v in node.values() for s in strings(v)]
    return [s for v in node for s in strings(v)] if isinstance(node, list | tuple) else []


def test_all_58_kinds_are_there():
    """The list of law.md 4.2: every platform code from W01 to W58, every title once; what is beside the list begins with P."""
    assert {k.code for k in kinds().values() if not k.code.startswith("P")} == {f"W{n:02d}" for n in range(1, 59)}
    titles = [k.title for k in kinds().values()]
    assert len(titles) == len(set(titles))


def test_what_a_kind_cites_exists():
    """Every article a kind rests on is one the rule book can print."""
    for kind in kinds().values():
        for article in kind.articles:
            assert wording.cite(article).startswith("《"), (kind.name, article)


def test_numbered_kinds_have_words_of_their_own():
    """Two kinds with one word would share a row of numbers."""
    words = [k.word for k in kinds().values() if k.word]
    assert len(words) == len(set(words))


def test_field_types_are_known():
    """And every kind names who signs it."""
    for kind in kinds().values():
        assert kind.signers, kind.name
        assert {f.type for f in kind.fields.values()} <= TYPES


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(lambda t: t.strip()))
def test_a_fact_is_never_read_as_a_template(text):
    """Braces, hashes and Typst markup in what a party said stay what was said."""
    facts = {**FACTS, "violation": {"facts": [text]}}
    said = [s.text for s in compose("correction_order", facts, dated="2026-10-20").sentences()]
    assert text in said
    assert look(facts, "violation.facts") is not MISSING
