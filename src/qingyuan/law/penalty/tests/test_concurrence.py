"""One act, one fine: the rule with the higher fine."""

from __future__ import annotations

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.penalty import heaviest

from .test_certificate import CASE

OPEN = {**CASE, "circumstances": [], "decided_on": "2026-06-01"}


def test_the_permit_regulation_is_the_heavier_of_two_rules_with_the_same_maximum() -> None:
    """Penalty Law art. 29: 200,000–1,000,000 against 100,000–1,000,000."""
    found = heaviest([OPEN, {**OPEN, "violation": "permit_exceedance_water"}])
    assert (found.chosen.violation, found.chosen.amount_yuan) == ("permit_exceedance_water", 200_000)
    assert [other.violation for other in found.others] == ["water_exceedance"]
    assert "10万元至100万元" in found.reason
    assert found.citations == ("penalty_law:29", "measures_30:7")


def test_the_order_in_which_the_rules_are_named_does_not_matter() -> None:
    cases = [OPEN, {**OPEN, "violation": "permit_exceedance_water"}]
    assert heaviest(cases).chosen == heaviest(cases[::-1]).chosen


@pytest.mark.parametrize(("other", "field"), [({"violation": "water_exceedance"}, "violation"), ({"violation": "permit_exceedance_water", "began": "2026-02-01"}, "began"), ({"violation": "permit_exceedance_water", "party_kind": "person"}, "party_kind")])
def test_what_is_not_one_act_is_not_weighed(other: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        heaviest([OPEN, {**OPEN, **other}])
    assert caught.value.field == field
