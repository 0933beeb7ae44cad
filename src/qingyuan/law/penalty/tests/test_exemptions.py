"""Which no-penalty catalogue fits, condition by condition; an unknown fact is never a yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.penalty.exemptions import Fit, assess, facts_for

DAY = dt.date(2026, 9, 1)
SLIGHT = {"first_within_one_year": True, "factor_count": 1, "pollutant_class": "b", "multiple": "0.1", "corrected_in_time": True}


def fit(key: str, violation: str, province: str, facts: dict[str, Any], on: dt.date = DAY) -> Fit:
    return next(found for found in assess(violation, province, facts, on=on) if found.id == key)


def test_a_slight_first_exceedance_corrected_in_time_is_not_punished_in_guangdong() -> None:
    """Guangdong no-penalty catalogue (2021), item 6."""
    found = fit("gd_06", "water_exceedance", "广东省", SLIGHT)
    assert found.holds
    assert found.effect == "no_penalty"
    assert assess("water_exceedance", "广东省", SLIGHT, on=DAY)[0] == found


@pytest.mark.parametrize(
    ("fact", "value"),
    [("first_within_one_year", False), ("factor_count", 2), ("pollutant_class", "a"), ("multiple", "0.11"), ("corrected_in_time", False)],
)
def test_one_condition_that_fails_is_enough(fact: str, value: object) -> None:
    found = fit("gd_06", "water_exceedance", "广东省", {**SLIGHT, "only_ph": False, "only_colour": False, fact: value})
    assert not found.holds
    assert not found.hint
    assert len(found.unmet) == 1


@pytest.mark.parametrize("fact", sorted(SLIGHT))
def test_one_fact_that_is_missing_makes_a_hint_and_no_more(fact: str) -> None:
    found = fit("gd_06", "water_exceedance", "广东省", {key: value for key, value in SLIGHT.items() if key != fact})
    assert not found.holds
    assert found.hint
    assert found.unknown


@pytest.mark.parametrize(("ph", "holds"), [(5, True), (10, True), ("4.99", False), ("10.01", False), (7, True)])
def test_a_ph_between_five_and_ten_alone_is_the_second_way(ph: object, holds: bool) -> None:
    facts = {"first_within_one_year": True, "only_ph": True, "ph": ph, "corrected_in_time": True, "factor_count": 2, "only_colour": False}
    assert fit("gd_06", "water_exceedance", "广东", facts).holds is holds


def test_a_sudden_breakdown_in_a_sensitive_area_is_not_let_off() -> None:
    """Remark 2 under the catalogue: what "may" be let off is not, in sensitive areas."""
    facts = {
        "first_within_one_year": True,
        "sudden_breakdown": True,
        "reported_within_hours": 24,
        "emergency_measures": True,
        "daily_mean_within_limit": True,
        "corrected_in_time": True,
        "harm_slight": True,
        "sensitive_area": False,
    }
    assert fit("gd_07", "water_evasion", "广东", facts).holds
    assert not fit("gd_07", "water_evasion", "广东", {**facts, "sensitive_area": True}).holds
    assert not fit("gd_07", "water_evasion", "广东", {**facts, "reported_within_hours": 25}).holds


def test_a_second_hand_catalogue_is_a_hint_and_never_holds() -> None:
    """An unverified value may not decide a legal gate."""
    facts = {"first_within_one_year": True, "factor_count": 1, "multiple": "0.05", "days_to_correct": 3}
    found = fit("sx_water", "water_exceedance", "山西省", facts)
    assert (found.holds, found.hint, found.grade) == (False, True, "C")


def test_the_guangdong_catalogue_ends_with_its_rules() -> None:
    assert any(found.id == "gd_06" for found in assess("water_exceedance", "广东", {}, on=dt.date(2026, 12, 31)))
    assert not any(found.id == "gd_06" for found in assess("water_exceedance", "广东", {}, on=dt.date(2027, 1, 1)))


def test_the_facts_to_ask_are_those_of_the_entries_that_apply() -> None:
    asked = facts_for("water_exceedance", "广东", on=DAY)
    assert set(SLIGHT) <= set(asked)
    assert "square_metres" not in asked


@pytest.mark.parametrize(("facts", "words"), [({"moon": 1}, "没有“moon”"), ({"multiple": "many"}, "须填数值"), ({"corrected_in_time": "yes"}, "true 或 false")])
def test_facts_that_cannot_be_read_are_refused(facts: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        assess("water_exceedance", "广东", facts, on=DAY)
