"""The six ways of turning levels into money, each against its own formula written another way."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.law.penalty import PenaltyInput, assess
from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.models import MODELS
from qingyuan.law.penalty.models.normalised_start import spread
from qingyuan.law.penalty.scoring import choose
from qingyuan.law.penalty.shelf import load
from qingyuan.law.penalty.violation import Tier
from qingyuan.law.penalty.working import plain, yuan

BOOK = load()
RANGES = st.tuples(st.integers(1, 10_000_000), st.integers(0, 50_000_000)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def held(low: int, high: int, summary: int = 3000) -> Bounds:
    return Bounds(Tier("general", "", Fraction(low), Fraction(high)), Fraction(low), Fraction(high), Fraction(summary))


@given(RANGES, st.fractions(0, 1, max_denominator=400))
@settings(max_examples=100, deadline=None)
def test_the_normalised_start_is_the_straight_line_between_minimum_and_maximum(ends: tuple[int, int], share: Fraction) -> None:
    """M2 = M2′: [Y + S(1 − Y)] × Max = Min + (Max − Min) × S."""
    low, high = ends
    assert spread(held(low, high), share) == low + (high - low) * share


def test_without_a_minimum_the_summary_ceiling_is_the_start_and_never_more_than_the_maximum() -> None:
    """Hunan, note under table 13: 3,000 yuan for an organisation, 200 for a person."""
    assert spread(held(0, 50_000), Fraction(0)) == 3000
    assert spread(held(0, 50_000, 200), Fraction(0)) == 200
    assert spread(held(0, 500), Fraction(0)) == 500
    assert spread(held(0, 50_000), Fraction(1)) == 50_000


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_grades_are_the_weighted_mean_of_steps_from_one_to_five(data: st.DataObject) -> None:
    """M3 as the domain note defines the default: S = 0.7 g(individual) + 0.3 g(shared)."""
    table = BOOK.table("national/water_exceedance")
    levels = {factor.id: data.draw(st.sampled_from(factor.levels)) for factor in table.factors}
    low, high = 100_000, 1_000_000
    score = Fraction(0)
    for factor in table.factors:
        share = Fraction(7, 10) if factor.share == "individual" else Fraction(3, 10)
        score += share * Fraction(factor.weight, 100) * Fraction(levels[factor.id].points - 1, 4)
    chosen = choose(table, {key: level.id for key, level in levels.items()})
    assert MODELS["grades"](table, chosen, held(low, high)).amount == low + (high - low) * score


def test_fractions_of_the_official_table_are_kept_exactly() -> None:
    """Guangdong §4.7: 1/3 + 1/8 + 1/8 + 1/12 + 1/24 of three times the disposal cost."""
    table = BOOK.table("guangdong/4.7")
    chosen = choose(table, {"quantity": 5, "duration": 4, "area": "sensitive", "correction": "partly_removed"})
    weights = Fraction(1, 3) + Fraction(1, 8) + Fraction(1, 8) + Fraction(1, 12) + Fraction(1, 24)
    assert MODELS["weights"](table, chosen, held(500_000, 1_500_000)).amount == 1_500_000 * weights


@given(st.decimals("0.0001", "60", places=4), st.decimals("0.0001", "60", places=4))
@settings(max_examples=100, deadline=None)
def test_a_larger_exceedance_never_costs_less(first: object, second: object) -> None:
    small, large = sorted([first, second])  # type: ignore[type-var]
    fines = []
    for multiple in (small, large):
        factors = {"factor_count": 1, "pollutant": "b", "area": "ordinary", "daily_discharge": 120, "exceedance": {"multiple": multiple}, "repeat": 1}
        case = PenaltyInput("water_exceedance", "guangdong", "company", dt.date(2026, 9, 1), None, dt.date(2026, 9, 9), factors)
        fines.append(assess(case, BOOK)[0].amount_yuan)
    assert fines[0] <= fines[1]


def test_money_and_numbers_are_written_as_the_trade_writes_them() -> None:
    assert [yuan(150_000), yuan(152_345), yuan(152_300), yuan(0), yuan(9_999), yuan(12_345_600)] == ["15万元", "152345元", "15.23万元", "0元", "9999元", "1234.56万元"]
    assert [plain(Fraction(3)), plain(Fraction(1, 2)), plain(Fraction(1, 3))] == ["3", "0.5", "0.3333"]
