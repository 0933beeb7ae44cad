"""The day the Code replaced ten laws, and the ends of every range."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.penalty import PenaltyInput, calculate
from qingyuan.law.penalty.bounds import bounds
from qingyuan.law.penalty.selection import candidates
from qingyuan.law.penalty.shelf import load

FACTORS = {"factor_count": "one", "pollutant": "b", "area": "ordinary", "period": "ordinary", "exceedance": "under_3", "repeat": "first"}


def air(began: str, ended: str | None, decided_on: str, **more: object) -> PenaltyInput:
    day = dt.date.fromisoformat
    values: dict[str, object] = {"factors": FACTORS, **more}
    return PenaltyInput("air_exceedance", "广东省", "company", day(began), day(ended) if ended else None, day(decided_on), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ended", "decided_on", "regime"),
    [
        ("2026-08-13", "2026-08-14", "legacy"),
        ("2026-08-14", "2026-08-14", "legacy"),
        ("2026-08-14", "2026-08-15", "legacy"),
        ("2026-08-14", "2026-08-16", "legacy"),
        ("2026-08-15", "2026-08-15", "code"),
        ("2026-08-15", "2026-08-16", "code"),
        ("2026-08-16", "2026-08-16", "code"),
        (None, "2026-08-14", "legacy"),
        (None, "2026-08-15", "code"),
        (None, "2026-08-16", "code"),
    ],
)
def test_the_law_follows_the_last_day_of_the_act(ended: str | None, decided_on: str, regime: str) -> None:
    """Penalty Law art. 37; Code arts. 1057, 1242: continuing acts fall under the Code, equal outcomes stay under the old law."""
    assert calculate(air("2026-08-01", ended, decided_on)).regime == regime


def test_both_laws_stand_side_by_side_when_the_act_ended_before_the_change() -> None:
    """Code art. 1057: the outcome of this case under each law is shown, not only the maxima."""
    step = calculate(air("2026-08-01", "2026-08-14", "2026-09-01")).working["children"][0]
    assert [child["label"] for child in step["children"]] == ["旧法", "生态环境法典"]
    assert all(child["value"].endswith("元") for child in step["children"])


def eia(investment: int, tier: str) -> PenaltyInput:
    """Built without approval, finished before the Code, decided under it, in a province without a table of its own."""
    factors = {"eia_class": "form_production", "site": "planned", "progress": "installation", "region": "county", "repeat": "first"}
    began, ended, decided_on = dt.date(2026, 3, 1), dt.date(2026, 8, 1), dt.date(2026, 9, 1)
    return PenaltyInput("unapproved_construction", "示范省", "company", began, ended, decided_on, factors, tier=tier, base_yuan=investment)


def test_a_small_project_is_punished_by_the_old_law_because_it_is_lighter() -> None:
    """Investment of 2 million, a report form: 1–5 % of it is far below 100,000–500,000 (Code art. 1095)."""
    result = calculate(eia(2_000_000, "form"))
    assert (result.regime, result.low_yuan, result.high_yuan) == ("legacy", 20_000, 100_000)


def test_a_large_project_is_punished_by_the_code_because_it_is_lighter() -> None:
    """Investment of 100 million, a full report: the Code's 200,000–1,000,000 is lighter than 1–5 million."""
    result = calculate(eia(100_000_000, "book"))
    assert (result.regime, result.low_yuan, result.high_yuan) == ("code", 200_000, 1_000_000)


def test_the_expired_matrix_is_refused_and_the_sentence_says_what_to_do() -> None:
    """The Guangdong rules lapse on 2026-12-31 and nothing is guessed in their place."""
    assert calculate(air("2026-12-01", None, "2026-12-31")).amount_yuan == 200_000
    with pytest.raises(BadInput, match=r"2022-01-01 至 2026-12-31.*benchmark=national.*第三十四条") as caught:
        calculate(air("2026-12-01", None, "2027-01-01"))
    assert caught.value.field == "decided_on"


def test_a_fine_at_the_hearing_line_needs_a_hearing_notice_and_one_yuan_less_does_not() -> None:
    """Penalty Law art. 63; decree 30 art. 89: 200,000 yuan for an organisation, taken as included."""
    assert calculate(air("2026-09-01", None, "2026-09-10")).amount_yuan == 200_000
    assert calculate(air("2026-09-01", None, "2026-09-10")).hearing_required
    lighter = calculate(air("2026-09-01", None, "2026-09-10", circumstances=["merit:1"]))
    assert (lighter.amount_yuan, lighter.hearing_required) == (190_000, False)
    assert "20万元" in lighter.hearing_reason


@pytest.mark.parametrize(("decided_on", "amount", "required"), [("2023-06-30", 150_000, True), ("2023-07-01", 150_000, False)])
def test_the_hearing_line_is_that_of_the_day_of_the_decision(decided_on: str, amount: int, required: bool) -> None:
    """Decree 8 of 2010 art. 78 (50,000 yuan) until the day before decree 30 of 2023 art. 89 (200,000 yuan)."""
    lightest = {"factor_count": "unknown", "pollutant": "unknown", "area": "unknown", "period": "unknown", "exceedance": "unknown", "repeat": "unknown"}
    result = calculate(PenaltyInput("air_exceedance", "广东省", "company", dt.date(2023, 6, 1), dt.date(2023, 6, 2), dt.date.fromisoformat(decided_on), lightest))
    assert (result.amount_yuan, result.hearing_required) == (amount, required), result.hearing_reason


CHANGED = [key for key, page in load().violations.items() if {"2026-08-14", "2026-08-15"} <= {str(r.get(end)) for r in page["regimes"] for end in ("valid_from", "valid_to")}]


@pytest.mark.parametrize("violation", CHANGED)
@pytest.mark.parametrize(("day", "regime"), [("2026-08-14", "legacy"), ("2026-08-15", "code"), ("2026-08-16", "code")])
def test_every_range_changes_on_the_day_the_code_begins(violation: str, day: str, regime: str) -> None:
    """Code art. 1242: an act of that one day, decided that day, has the range its own law writes, read here from the page itself."""
    on = dt.date.fromisoformat(day)
    page = next(one for one in load().violations[violation]["regimes"] if one["regime"] == regime and str(one["valid_from"]) <= day <= str(one.get("valid_to") or "9999"))
    for tier in page.get("tiers") or [page["fine"]]:
        party = "person" if tier.get("party") == "person" else "company"
        given = PenaltyInput(violation, "示范省", party, on, on, on, tier=f"{regime}.{tier['id']}" if tier.get("id") else "", base_yuan=20_000_000)
        chosen = candidates(given, load().violation(violation)).regimes
        unit = {"yuan": Fraction(1), "percent": Fraction(200_000), "multiple": Fraction(20_000_000)}[tier.get("unit", "yuan")]
        held = bounds(given, chosen[0])
        assert [one.regime for one in chosen] == [regime]
        assert (held.low, held.high) == (Fraction(str(tier["low"])) * unit, Fraction(str(tier["high"])) * unit)


def test_nearly_every_violation_is_in_that_proof() -> None:
    assert len(CHANGED) > 80
