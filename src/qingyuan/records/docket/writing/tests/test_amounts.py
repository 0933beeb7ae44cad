"""Amounts in Chinese capitals (支付结算办法 附一)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.records.docket.writing.amounts import DIGITS, LARGEST_FEN, capitals, figures, ten_thousands

KNOWN = [
    (10_000_000, "人民币壹拾万元整"),
    (43_200_000, "人民币肆拾叁万贰仟元整"),
    (140_950, "人民币壹仟肆佰零玖元伍角整"),
    (600_714, "人民币陆仟零柒元壹角肆分"),
    (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
    (32_504, "人民币叁佰贰拾伍元零肆分"),
    (0, "人民币零元整"),
    (5, "人民币伍分"),
    (50, "人民币伍角整"),
    (1_000_010_000, "人民币壹仟万零壹佰元整"),
    (10_000_000_100, "人民币壹亿零壹元整"),
    (100_000_000_000_000, "人民币壹万亿元整"),
    (100_010_000_000_000, "人民币壹万零壹亿元整"),
]


@pytest.mark.parametrize(("fen", "words"), KNOWN)
def test_amounts_are_written_as_the_rule_for_bills_asks(fen, words):
    """The examples of the rule itself, and round sums of decisions."""
    assert capitals(fen) == words


def value_of(words: str) -> int:
    """Read an amount back: an independent parser, so that writing is checked by reading."""
    words = words.removeprefix("人民币").removesuffix("整").replace("零", "")
    fen = 0
    for mark, worth in (("元", None), ("角", 10), ("分", 1)):
        if mark not in words:
            continue
        part, words = words.split(mark, 1)
        fen += _number(part) * 100 if worth is None else DIGITS.index(part) * worth
    return fen


def _number(part: str) -> int:
    total = 0
    for mark, worth in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if mark in part:
            high, part = part.rsplit(mark, 1) if worth >= 10**4 else part.split(mark, 1)
            total += _number(high) * worth
    return total + (DIGITS.index(part) if part else 0)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, LARGEST_FEN))
def test_an_amount_read_back_is_the_amount(fen):
    """No digit is lost or added, for any amount."""
    assert value_of(capitals(fen)) == fen


@pytest.mark.parametrize("bad", [1.5, True, "100"])
def test_money_is_whole_fen_or_refused(bad):
    """Never float."""
    with pytest.raises(TypeError, match="单位为分"):
        capitals(bad)


def test_figures_and_ten_thousands():
    """Figures for people, 万元 with six decimals for the exchange files."""
    assert figures(43_200_000) == "¥432,000.00"
    assert ten_thousands(43_200_001) == "43.200001"
