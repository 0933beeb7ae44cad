"""A form built from the questions alone can always be answered, and the answer calculates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.penalty import PenaltyInput, calculate
from qingyuan.law.penalty.questions import questions
from qingyuan.law.penalty.shelf import load

DAYS: dict[str, Any] = {"began": dt.date(2026, 3, 1), "ended": dt.date(2026, 8, 1), "decided_on": dt.date(2026, 9, 1)}
NOW: dict[str, Any] = {"began": dt.date(2026, 8, 20), "ended": None, "decided_on": dt.date(2026, 11, 1)}


def answer(violation: str, province: str, party: str, days: dict[str, Any]) -> int:
    """Answer every question with its first choice and calculate."""
    tier = ""
    asked = questions(violation, province, party, **days)
    while asked and asked[0].kind == "tier":
        tier = ",".join([part for part in (tier, *(question.choices[0][0] for question in asked)) if part])
        asked = questions(violation, province, party, tier=tier, **days)
    factors = {question.field.removeprefix("factors."): question.choices[0][0] for question in asked if question.kind == "factor"}
    base = 1_000_000 if any(question.kind == "base_yuan" for question in asked) else None
    count = 3 if any(question.kind == "count" for question in asked) else None
    given = PenaltyInput(violation, province, party, days["began"], days["ended"], days["decided_on"], factors, tier=tier, base_yuan=base, count=count)
    return calculate(given).amount_yuan


@pytest.mark.parametrize("province", ["广东省", "湖南省", "示范省"])
def test_the_first_choice_everywhere_always_calculates(province: str) -> None:
    done = 0
    for violation in load().all_violations():
        for party in ("company", "person"):
            for days in (DAYS, NOW):
                try:
                    questions(violation.id, province, party, **days)
                except BadInput:
                    continue
                if not any(question.kind == "factor" or question.kind == "tier" for question in questions(violation.id, province, party, **days)):
                    continue
                answer(violation.id, province, party, days)
                done += 1
    assert done > 300


def test_the_tier_is_asked_before_anything_else() -> None:
    asked = questions("unaccepted_production", "广东省", "company", **NOW)
    assert [question.kind for question in asked] == ["tier"]
    assert [value for value, _ in asked[0].choices] == ["general", "overdue"]


def test_two_laws_with_different_tables_are_asked_apart() -> None:
    fields = [question.field for question in questions("hazardous_waste_storage", "广东省", "company", tier="general", **DAYS)]
    assert "factors.legacy.repeat" in fields
    assert "factors.code.repeat" in fields
    assert "factors.quantity" in fields


def test_answers_for_one_law_may_be_written_flat_or_in_a_group() -> None:
    flat = {"eia_class": "form", "code.eia_class": "form_production", "progress": "installation", "site": "ordinary", "code.site": "planned"}
    flat |= {"duration": 4, "repeat": 1, "cooperation": "cooperates", "region": "county"}
    grouped = {key: value for key, value in flat.items() if "." not in key} | {"code": {"eia_class": "form_production", "site": "planned"}}
    results = []
    for factors in (flat, grouped):
        given = PenaltyInput("unapproved_construction", "广东省", "company", *DAYS.values(), factors, tier="form", base_yuan=2_000_000)
        results.append(calculate(given))
    assert results[0] == results[1]
    assert results[0].regime == "legacy"


def test_circumstances_come_with_their_bounds_and_articles() -> None:
    asked = {question.choices[0][0]: question for question in questions("air_exceedance", "湖南省", "company", **NOW) if question.kind == "circumstance"}
    assert (asked["hn_merit"].least, asked["hn_merit"].most) == (1, 20)
    assert asked["first_violation"].citations == ("penalty_law:33.1", "code:1056.2")
    assert "gd_public_apology" not in asked


def test_two_laws_with_tiers_of_the_same_name_are_answered_apart() -> None:
    """A general accident under the old law may be a larger one under the Code: each law keeps its own answer."""
    days = {"began": dt.date(2026, 7, 1), "ended": dt.date(2026, 8, 1), "decided_on": dt.date(2026, 9, 1)}
    asked = questions("air_pollution_accident", "广东省", "company", **days, tier="legacy.general,code.larger")
    assert all(question.kind != "tier" for question in asked)
    still = questions("air_pollution_accident", "广东省", "company", **days, tier="legacy.general")
    assert [(question.kind, question.regimes) for question in still] == [("tier", ("code",))]


def test_the_other_consequences_of_the_article_are_asked_by_name() -> None:
    """Penalty Law art. 63: some of them open the right to a hearing by themselves."""
    asked = questions("air_exceedance", "示范省", "company", began=dt.date(2026, 9, 1), ended=None, decided_on=dt.date(2026, 9, 10))
    kinds = next(question for question in asked if question.kind == "other_kinds")
    assert ("suspend_production", "责令停产整治") in kinds.choices and "fine" not in dict(kinds.choices)


@pytest.mark.parametrize("province", ["广东省", "示范省", "湖南省"])
def test_no_ground_is_asked_twice_and_none_of_a_person_is_asked_of_a_company(province: str) -> None:
    """Penalty Law arts. 30, 31: age and capacity belong to people."""
    days = {"began": dt.date(2026, 9, 1), "ended": None, "decided_on": dt.date(2026, 9, 10)}
    for party in ("company", "person"):
        grounds = [question for question in questions("water_exceedance", province, party, **days) if question.kind == "circumstance"]
        assert len({(question.label, question.effect) for question in grounds}) == len(grounds) > 10
        assert ("under_14" in {question.choices[0][0] for question in grounds}) == (party == "person")
