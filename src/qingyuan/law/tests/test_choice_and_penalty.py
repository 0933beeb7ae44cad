"""Two ways to the same answer: `choose` weighing with the penalty's amounts, and `penalty.calculate` choosing by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.choice import choose
from qingyuan.law.penalty import PenaltyInput, assess, shelf

CODE = dt.date(2026, 8, 15)
ENDED = dt.date(2026, 8, 14)


def weighed(given: PenaltyInput):
    """Assess a case of which nothing is known: every factor asked for is answered "unknown", which counts as the lightest."""
    while True:
        try:
            return assess(given, shelf.load())
        except BadInput as asked:
            name = asked.field.removeprefix("factors.")
            if name == asked.field or name in given.factors:
                raise
            given = replace(given, factors={**given.factors, name: "unknown"})


@pytest.mark.parametrize("violation", ["air_exceedance", "water_exceedance", "permit_exceedance_air", "permit_exceedance_water", "noise_exceedance", "no_permit_air", "air_evasion"])
@pytest.mark.parametrize("province", ["guangdong", "demo"])
def test_the_lighter_law_is_the_one_under_which_this_case_would_get_less(violation: str, province: str) -> None:
    """Penalty Law art. 37; Code art. 1057: what this case would really get, not the maxima."""
    given = PenaltyInput(violation, province, "company", dt.date(2026, 8, 1), ENDED, CODE)
    result, outcomes = weighed(given)
    amounts = {outcome.regime.regime: outcome.amount_yuan for outcome in outcomes}
    assert set(amounts) == {"legacy", "code"}
    chosen = choose(violation, began=given.began, ended=ENDED, decided_on=CODE, weigh=amounts.__getitem__)
    assert amounts[chosen.regime] == min(amounts.values()) == result.amount_yuan
    if amounts["legacy"] != amounts["code"]:
        assert chosen.regime == result.regime


@pytest.mark.parametrize(("ended", "decided", "regimes"), [(ENDED, ENDED, {"legacy"}), (CODE, CODE, {"code"}), (None, CODE, {"code"}), (None, ENDED, {"legacy"})])
def test_outside_the_border_only_one_law_is_weighed(ended: dt.date | None, decided: dt.date, regimes: set[str]) -> None:
    """An act that went on into the Code falls under the Code alone (opinions of 2018 and 2019)."""
    given = PenaltyInput("air_exceedance", "demo", "company", dt.date(2026, 8, 1), ended, decided)
    _, outcomes = weighed(given)
    assert {outcome.regime.regime for outcome in outcomes} == regimes
    assert {choose("air_exceedance", began=given.began, ended=ended, decided_on=decided).regime} == regimes
