"""The cases a lawyer can read: ``cases/*.yaml``, one line each, with what must come out and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from qingyuan.law import crime, deadlines, limits
from qingyuan.law import measures as measuring
from qingyuan.law.choice import choose
from qingyuan.law.daily_penalty import Round, daily_penalty
from qingyuan.law.deadlines import Suspension
from qingyuan.law.late_fine import Payment, late_fine

FOLDER = Path(__file__).parent / "cases"


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    return str(case["because"])


@pytest.mark.parametrize("case", read("clocks"), ids=named)
def test_a_clock_is_due_on_the_day_counted_by_hand(case: dict[str, Any]) -> None:
    """Penalty Law arts. 54-73, 85 and the other articles of the clocks."""
    holes = [Suspension(hole["began"], hole["ended"], hole["ground"]) for hole in case.get("suspensions", [])]
    due = deadlines.due(case["clock"], case["started"], suspensions=holes, extension=case.get("extension", 0))
    assert due.due_on == case["due"], due.arithmetic


@pytest.mark.parametrize("case", read("choice"), ids=named)
def test_the_law_that_holds_is_the_law_of_the_act_unless_the_later_is_lighter(case: dict[str, Any]) -> None:
    """Penalty Law art. 37; Code arts. 1057, 1242."""
    weigh = case["weigh"].__getitem__ if "weigh" in case else None
    chosen = choose(
        case["violation"], began=case["began"], ended=case["ended"], decided_on=case["decided"],
        tier=case.get("tier", ""), base_yuan=case.get("base_yuan"), count=case.get("count"), weigh=weigh,
    )  # fmt: skip
    assert (chosen.regime, chosen.low_yuan, chosen.high_yuan) == (case["regime"], case["low"], case["high"]), chosen.reason
    assert case.get("penalty", "") in str(chosen.penalty[0])


@pytest.mark.parametrize("case", read("limits"), ids=named)
def test_a_limit_is_the_one_of_the_standard(case: dict[str, Any]) -> None:
    """GB standards; no tolerance band."""
    found = limits.standard_limit(case["standard"], case["table"], case["factor"], averaging=case["averaging"], on=case["day"])
    assert found.limit_value == Decimal(str(case["limit"]))
    assert found.grade == case.get("grade", found.grade)
    assert "oxygen" not in case or found.reference_oxygen == Decimal(str(case["oxygen"]))
    if "value" in case:
        value = Decimal(str(case["value"]))
        assert found.exceeded_by(value) is case["exceeded"]
        assert found.multiple(value) == Decimal(str(case["multiple"]))


@pytest.mark.parametrize("case", read("measures"), ids=named)
def test_a_measure_has_the_force_the_article_gives_it_on_that_day(case: dict[str, Any]) -> None:
    """Orders 28, 29, 30 of 2014; Code arts. 52, 1060, 1108; interpretation of 2023 art. 1."""
    forces = {one.measure: one.force for one in measuring.measures(case["facts"], on=case["day"])}
    wanted = {name: case[name] for name in measuring.MEASURES if name in case}
    assert {name: forces[name] for name in wanted} == wanted
    assert [flag.id for flag in crime.red_flags(case["facts"], on=case["day"])] == case["flags"]


@pytest.mark.parametrize("case", read("money")["daily"], ids=named)
def test_the_daily_penalty_is_the_original_fine_times_the_days(case: dict[str, Any]) -> None:
    """Order 28 arts. 17-19; Code art. 1060."""
    result = daily_penalty(
        case["original"], [Round(*one) for one in case["rounds"]], original_decided_on=case["decided"],
        original_served_on=case["served"], decided_on=case["day"],
    )  # fmt: skip
    assert (result.days, result.amount_yuan) == (case["days"], case["amount"])


@pytest.mark.parametrize("case", read("money")["late"], ids=named)
def test_the_late_fine_is_three_percent_a_day_and_never_more_than_the_fine(case: dict[str, Any]) -> None:
    """Penalty Law arts. 72, 73."""
    result = late_fine(
        case["fine_fen"], served_on=case["served"], until=case["until"],
        payments=[Payment(on, fen) for on, fen in case.get("payments", [])],
        suspensions=[Suspension(began, ended, ground) for began, ended, ground in case.get("suspensions", [])],
    )  # fmt: skip
    assert (result.days, result.amount_fen, result.is_capped) == (case["days"], case["amount_fen"], case.get("capped", False))


def test_there_are_enough_cases() -> None:
    """Issue 5 asks for hundreds; a file emptied by mistake must not pass."""
    total = sum(len(read(name)) for name in ("clocks", "choice", "limits", "measures")) + sum(map(len, read("money").values()))
    assert total >= 250


def test_every_case_file_is_dated_in_china_days() -> None:
    """A legal day is a date, never a moment."""
    assert all(type(case["started"]) is dt.date for case in read("clocks"))
