"""Citations read, printed and resolved on a day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.law.citation import Citation, dangling, parse, resolve, says, source, structure
from qingyuan.law.numerals import from_chinese, to_chinese

TEN_LAWS = (
    "env_law", "eia_law", "marine_law", "air_law", "water_law", "soil_law", "solid_waste_law", "noise_law", "radioactive_law",
    "cleaner_production_law",
)  # fmt: skip


@given(st.integers(1, 9999))
def test_a_numeral_reads_back(number: int) -> None:
    """1107 is 一千一百零七 and back."""
    assert from_chinese(to_chinese(number)) == number


@pytest.mark.parametrize(("number", "text"), [(10, "十"), (15, "十五"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1001, "一千零一"), (1107, "一千一百零七"), (1242, "一千二百四十二")])
def test_numerals_are_written_as_in_statutes(number: int, text: str) -> None:
    """Drafting custom."""
    assert to_chinese(number) == text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("penalty_law:44", "《中华人民共和国行政处罚法》第四十四条"),
        ("code:1107", "《中华人民共和国生态环境法典》第一千一百零七条"),
        ("code:1175.1.5", "《中华人民共和国生态环境法典》第一千一百七十五条第一款第五项"),
        ("env_law:42.4", "《中华人民共和国环境保护法》第四十二条第四款"),
        ("gb_4915_2013", "《水泥工业大气污染物排放标准》"),
    ],
)
def test_a_citation_prints_and_reads_back(written: str, printed: str) -> None:
    """File audit rule 10: the clause exactly."""
    cited = parse(written)
    assert str(cited) == printed
    assert parse(printed) == cited
    assert cited.written == written


def test_the_only_paragraph_of_an_article_is_not_named() -> None:
    """Air Law art. 99 has one paragraph with three items: 第九十九条第二项."""
    assert str(parse("air_law:99.1.2")) == "《中华人民共和国大气污染防治法》第九十九条第二项"


def test_the_short_name_and_the_bare_name_are_read() -> None:
    """People write 行政处罚法."""
    assert parse("《行政处罚法》第四十四条") == Citation("penalty_law", "44")
    assert parse("《行政处罚法》第44条") == Citation("penalty_law", "44")


@pytest.mark.parametrize("text", ["", "44", "nobody:44", "《没有这部法》第一条", "penalty_law:four", "penalty_law:44.1.2.3"])
def test_what_is_no_citation_is_refused(text: str) -> None:
    """No guess."""
    with pytest.raises(BadInput):
        parse(text)


@pytest.mark.parametrize("law", TEN_LAWS)
def test_the_ten_laws_ended_the_day_before_the_code_began(law: str) -> None:
    """Code art. 1242."""
    assert source(law)["valid_to"] == dt.date(2026, 8, 14)
    assert source(law)["replaced_by"] == "code"
    assert source("code")["valid_from"] == dt.date(2026, 8, 15)


@pytest.mark.parametrize(
    ("written", "day", "is_law"),
    [("air_law:99", "2026-08-14", True), ("air_law:99", "2026-08-15", False), ("code:1107", "2026-08-14", False), ("code:1107", "2026-08-15", True), ("permit_regulation:34", "2026-08-16", True)],
)
def test_a_citation_resolves_on_a_day(written: str, day: str, is_law: bool) -> None:
    """The border of 2026-08-15."""
    assert resolve(parse(written), dt.date.fromisoformat(day)).in_force is is_law


def test_a_repealed_article_points_to_the_code() -> None:
    """The old → Code map."""
    found = resolve(parse("air_law:99.1.2"), dt.date(2026, 8, 15))
    assert [one.written for one in found.successors] == ["code:1107"]
    assert "失效" in found.reason


@pytest.mark.parametrize(("written", "word"), [("penalty_law:87", "没有第87条"), ("air_law:99.2", "只有1款"), ("air_law:99.1.4", "只有3项"), ("code:1243", "没有第1243条")])
def test_a_clause_that_the_text_does_not_have_is_found(written: str, word: str) -> None:
    """The texts were counted: article, paragraph, item."""
    assert word in dangling(parse(written))


def test_a_part_of_the_code_that_was_not_read_is_not_called_missing() -> None:
    """Parts three and four were not available; their articles exist."""
    assert "700" not in structure("code")
    assert dangling(parse("code:700")) == ""


def test_every_source_has_name_kind_day_and_grade() -> None:
    """Issue 5: no date, no grade, no entry."""
    for key, one in rulebook.load().folder("sources").items():
        assert one["name"] and one["kind"] and one["valid_from"], key
        assert one["grade"] in rulebook.GRADES, key
        assert ("valid_to" in one) or "replaced_by" not in one, key


def test_every_article_a_violation_rests_on_is_told_in_our_own_words() -> None:
    """A reader sees what an article is about without opening the law; nothing is copied from it."""
    book = rulebook.load()
    untold = {
        written
        for entry in book.violations().values()
        for regime in entry["regimes"]
        for written in (*regime["prohibition"], *regime["penalty"])
        if ":" in written and not says(parse(written))
    }
    assert untold == set()
    assert says(parse("air_law:99.1.2")) == "处罚“超过大气污染物排放标准或者总量控制指标排放大气污染物”"
    assert says(parse("code:1107")).startswith("超标、超总量排污的处罚"), "a written paraphrase goes first"
