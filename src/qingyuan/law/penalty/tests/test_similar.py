"""Like cases, like penalties: the distribution of past fines and the alert."""

from __future__ import annotations

import random

from qingyuan.law.penalty.similar import similar

LEVELS = {"exceedance": "under_3", "repeat": "first"}


def rows(*amounts: int, factors: dict[str, str] | None = None, violation: str = "air_exceedance", regime: str = "code") -> list[dict[str, object]]:
    return [{"violation": violation, "regime": regime, "factors": factors or LEVELS, "amount_yuan": amount} for amount in amounts]


def compare(past: list[dict[str, object]], proposed: int):  # type: ignore[no-untyped-def]
    return similar(past, violation="air_exceedance", regime="code", factors=LEVELS, proposed_yuan=proposed)


def test_the_quartiles_are_those_of_the_sorted_fines() -> None:
    found = compare(rows(10, 20, 30, 40, 50), 30)
    assert (found.low, found.lower_quartile, found.median, found.upper_quartile, found.high) == (10, 20, 30, 40, 50)
    assert (found.level, found.count, found.deviation_percent, found.alert) == ("factors", 5, 0, "")


def test_a_fine_just_inside_thirty_percent_is_quiet_and_just_outside_is_not() -> None:
    past = rows(*[100_000] * 5)
    assert compare(past, 130_000).alert == ""
    assert compare(past, 70_000).alert == ""
    assert "高 30%" in compare(past, 130_001).alert
    assert "低 40%" in compare(past, 60_000).alert
    assert "第四十一条" in compare(past, 60_000).alert


def test_too_few_equal_cases_fall_back_to_the_violation_and_say_so() -> None:
    found = compare(rows(100_000, 100_000) + rows(*[200_000] * 4, factors={"exceedance": "from_20", "repeat": "first"}), 100_000)
    assert (found.level, found.count, found.median) == ("violation", 6, 200_000)
    assert "同案由的 6 件" in found.alert


def test_too_few_cases_at_all_give_numbers_but_no_alert() -> None:
    found = compare(rows(100_000, 100_000), 900_000)
    assert (found.count, found.alert) == (2, "")


def test_other_violations_and_the_other_law_do_not_count() -> None:
    found = compare(rows(1, violation="water_exceedance") + rows(2, regime="legacy"), 5)
    assert (found.level, found.count, found.median) == ("none", 0, None)


def test_the_order_of_the_rows_does_not_matter() -> None:
    past = rows(*range(100, 2000, 37))
    shuffled = random.Random(3).sample(past, len(past))
    assert compare(past, 400) == compare(shuffled, 400)


def test_fines_of_nothing_do_not_divide_by_zero() -> None:
    assert compare(rows(0, 0, 0, 0, 0), 10).alert == ""
