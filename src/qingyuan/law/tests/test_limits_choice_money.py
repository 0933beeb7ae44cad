"""Refusals and orders that the case files do not show."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import crime, limits
from qingyuan.law.choice import choose, regimes
from qingyuan.law.daily_penalty import Round, daily_penalty
from qingyuan.law.deadlines import Suspension
from qingyuan.law.late_fine import late_fine

DAY = dt.date(2026, 9, 1)


def standard(table: str = "kiln") -> limits.Limit:
    return limits.standard_limit("gb_4915_2013", table, "a21002", averaging="hour", on=DAY)


def permit(value: str) -> limits.Limit:
    return limits.permit_limit("a21002", Decimal(value), averaging="hour", unit="mg/m3", number="91", valid_from=dt.date(2024, 1, 1))


def test_the_permit_comes_before_the_standard() -> None:
    """Permit Regulation art. 17: even where the standard is laxer, and where it is stricter the standard is shown beside."""
    held = limits.holding([standard(), permit("300")], factor="a21002", averaging="hour", on=DAY)
    assert (held.limit.limit_value, held.stricter) == (Decimal(300), None)
    held = limits.holding([standard("kiln_special"), permit("400")], factor="a21002", averaging="hour", on=DAY)
    assert held.limit.kind == "permit"
    assert held.stricter is not None and held.stricter.limit_value == Decimal(320)


def test_without_a_permit_the_strictest_standard_holds() -> None:
    """GB 13271 4.6: the strictest of several."""
    held = limits.holding([standard(), standard("kiln_special")], factor="a21002", averaging="hour", on=DAY)
    assert held.limit.limit_value == Decimal(320)


def test_a_limit_that_nobody_set_is_refused() -> None:
    """No guess."""
    with pytest.raises(BadInput, match="没有生效"):
        limits.holding([permit("300")], factor="a21002", averaging="day", on=DAY)
    with pytest.raises(BadInput, match="有的是"):
        limits.standard_limit("gb_4915_2013", "kiln", "w01018", averaging="hour", on=DAY)
    with pytest.raises(BadInput, match="没有表"):
        limits.standard_limit("gb_4915_2013", "oven", "a21002", averaging="hour", on=DAY)
    with pytest.raises(BadInput, match="没有day限值"):
        limits.standard_limit("gb_4915_2013", "kiln", "a21002", averaging="day", on=DAY)


def test_an_existing_kiln_had_until_july_2015() -> None:
    """GB 4915-2013 4.1.1."""
    with pytest.raises(BadInput, match="2015-07-01"):
        limits.standard_limit("gb_4915_2013", "kiln", "a21002", averaging="hour", on=dt.date(2015, 6, 30), is_existing=True)
    found = limits.standard_limit("gb_4915_2013", "kiln", "a21002", averaging="hour", on=dt.date(2015, 6, 30))
    assert found.limit_value == Decimal(400)


@pytest.mark.parametrize(
    ("factor", "value", "is_lake", "expected"),
    [("w21003", "0.15", False, 1), ("w21003", "0.6", False, 3), ("w21003", "2.1", False, 6), ("w01009", "7.5", False, 1), ("w01009", "2.9", False, 5), ("w01009", "1", False, 6), ("w21011", "0.06", True, 4), ("w21011", "0.06", False, 2), ("w01001", "9.1", False, 6)],
)
def test_a_single_factor_gives_the_class_of_the_water(factor: str, value: str, is_lake: bool, expected: int) -> None:
    """GB 3838-2002 table 1; dissolved oxygen is a lower bound; lakes have their own phosphorus."""
    assert limits.water_class(factor, Decimal(value), is_lake=is_lake) == expected


@settings(max_examples=60)
@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_more_of_a_pollutant_never_gives_a_better_class(first: Decimal, second: Decimal) -> None:
    """Monotone."""
    low, high = sorted((first, second))
    assert limits.water_class("w01018", low) <= limits.water_class("w01018", high)


@pytest.mark.parametrize(
    ("began", "ended", "decided", "field"),
    [("2026-08-02", "2026-08-01", "2026-09-01", "ended"), ("2026-08-02", None, "2026-08-01", "decided_on"), ("2026-08-01", "2026-08-20", "2026-08-10", "decided_on")],
)
def test_dates_out_of_order_are_refused_by_name(began: str, ended: str | None, decided: str, field: str) -> None:
    """Bad input names the field."""
    with pytest.raises(BadInput) as refused:
        choose("air_exceedance", began=dt.date.fromisoformat(began), ended=dt.date.fromisoformat(ended) if ended else None, decided_on=dt.date.fromisoformat(decided))
    assert refused.value.field == field


def test_an_act_that_no_law_punished_on_its_day_is_refused() -> None:
    """Penalty Law art. 4: no penalty without a law; the access list is new in the Code."""
    with pytest.raises(BadInput, match="没有可以适用的处罚规定"):
        choose("access_list", began=dt.date(2026, 8, 1), ended=dt.date(2026, 8, 14), decided_on=dt.date(2026, 8, 20))


def test_without_a_base_a_share_cannot_be_compared_and_says_so() -> None:
    """Penalty Law art. 37: the comparison is of this case."""
    chosen = choose("unapproved_construction", began=dt.date(2026, 1, 1), ended=dt.date(2026, 8, 14), decided_on=dt.date(2026, 8, 15))
    assert chosen.to_compare
    assert chosen.low_yuan is None
    assert "比较" in chosen.reason


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["air_exceedance", "permit_exceedance_air", "hazardous_waste_sign", "hazardous_waste_transfer"]), st.integers(-60, 60), st.integers(0, 60))
def test_no_one_gets_a_worse_range_for_being_decided_late(violation: str, offset: int, wait: int) -> None:
    """Penalty Law art. 37: for an act that has ended, a later decision never gives a higher minimum or maximum."""
    ended = dt.date(2026, 8, 14) + dt.timedelta(days=offset)
    soon = choose(violation, began=ended, ended=ended, decided_on=ended)
    late = choose(violation, began=ended, ended=ended, decided_on=ended + dt.timedelta(days=wait))
    assert soon.low_yuan is not None and late.low_yuan is not None and late.high_yuan is not None and soon.high_yuan is not None
    assert late.low_yuan <= soon.low_yuan and late.high_yuan <= soon.high_yuan


def test_the_regimes_of_a_violation_are_in_order_of_date() -> None:
    """What screens list."""
    assert [regime["regime"] for regime in regimes("air_exceedance")] == ["legacy", "code"]


def base(**more: object) -> dict[str, object]:
    return {"original_decided_on": dt.date(2026, 9, 1), "original_served_on": dt.date(2026, 9, 1), "decided_on": dt.date(2026, 10, 20), **more}


def test_the_daily_penalty_needs_its_chain() -> None:
    """File-audit rules 22 to 24; Order 28 arts. 7, 12, 18."""
    bad = Round(dt.date(2026, 9, 1), dt.date(2026, 9, 1), dt.date(2026, 9, 21), True)
    good = Round(dt.date(2026, 9, 1), dt.date(2026, 9, 1), dt.date(2026, 9, 21), False)
    for rounds, more, word in (
        ([], {}, "没有责令改正"),
        ([good], {}, "不启动"),
        ([bad], {"decided_on": dt.date(2026, 9, 1)}, "之后作出"),
        ([bad], {"original_served_on": dt.date(2026, 11, 1)}, "之后作出"),
        ([good, Round(dt.date(2026, 9, 21), dt.date(2026, 9, 21), dt.date(2026, 10, 1), True)], {}, "重新起算"),
    ):
        with pytest.raises(NotAllowed) as refused:
            daily_penalty(150000, rounds, **base(**more))  # type: ignore[arg-type]
        assert word in str(refused.value)


def test_a_late_reinspection_and_different_days_are_told_to_the_reviewer() -> None:
    """Order 28 art. 10; Code art. 1060 against Order 28 art. 17."""
    late = Round(dt.date(2026, 8, 30), dt.date(2026, 9, 1), dt.date(2026, 10, 10), True)
    warnings = "".join(daily_penalty(100000, [late], **base()).warnings)  # type: ignore[arg-type]
    assert "三十日" in warnings and "取较晚者" in warnings


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 200))
def test_the_late_fine_never_exceeds_the_fine_and_never_falls(fine: int, wait: int) -> None:
    """Penalty Law art. 72."""
    served = dt.date(2026, 1, 5)
    now = late_fine(fine, served_on=served, until=served + dt.timedelta(days=wait)).amount_fen
    later = late_fine(fine, served_on=served, until=served + dt.timedelta(days=wait + 1)).amount_fen
    assert 0 <= now <= later <= fine


def test_the_late_fine_stops_for_remedies_only() -> None:
    """Penalty Law art. 73."""
    with pytest.raises(BadInput, match="复议"):
        late_fine(100, served_on=DAY, until=DAY, suspensions=[Suspension(DAY, None, "holiday")])


def test_an_unknown_fact_is_neither_true_nor_false() -> None:
    """A flag that lacks a fact asks for it."""
    facts = {"tampering_automatic": True, "total_quota_pollutant": True}
    assert crime.red_flags(facts, on=DAY) == ()
    asked = {one.id: one.missing for one in crime.undecided(facts, on=DAY)}
    assert asked == {"C7": ("重点排污单位或者排污许可重点管理单位",)}


def test_a_fact_nobody_knows_or_of_the_wrong_kind_is_refused() -> None:
    """Bad input names the field."""
    with pytest.raises(BadInput, match="没有“colour”"):
        crime.red_flags({"colour": True}, on=DAY)
    with pytest.raises(BadInput, match="应当是数"):
        crime.red_flags({"hazardous_waste_tonnes": True}, on=DAY)
    with pytest.raises(BadInput, match="应当是是或否"):
        crime.red_flags({"toxic": 3}, on=DAY)
