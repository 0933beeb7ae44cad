"""A panel may leave the table, never the law, and never without reasons."""

from __future__ import annotations

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.penalty import calculate, verify

from .test_certificate import CASE

REASON = "当事人承担了全部修复费用，与同类案件持平"


def test_the_panel_may_depart_from_the_table_inside_the_range_with_reasons() -> None:
    """Penalty Law arts. 34, 57; Hunan rules art. 13."""
    result = calculate({**CASE, "decided_yuan": 210_000, "decided_reason": REASON})
    assert (result.amount_yuan, result.benchmark_yuan, result.panel_required, result.hearing_required) == (210_000, 120_000, True, True)
    assert REASON in str(result.working)
    assert verify(result.certificate) == []


@pytest.mark.parametrize("amount", [100_000, 1_000_000])
def test_the_ends_of_the_range_are_inside_it(amount: int) -> None:
    assert calculate({**CASE, "decided_yuan": amount, "decided_reason": REASON}).amount_yuan == amount


@pytest.mark.parametrize("amount", [99_999, 1_000_001, 0, -1])
def test_no_panel_can_leave_the_range(amount: int) -> None:
    with pytest.raises(BadInput, match=r"10万元 至 100万元.*第八十三条") as caught:
        calculate({**CASE, "decided_yuan": amount, "decided_reason": REASON})
    assert caught.value.field == "decided_yuan"


def test_below_the_minimum_only_as_far_as_mitigation_allows() -> None:
    """Penalty Law art. 32: 30 % below 100,000 is 70,000 and no less."""
    case = {**CASE, "circumstances": ["merit_below_minimum:30"], "decided_reason": REASON}
    assert calculate({**case, "decided_yuan": 70_000}).amount_yuan == 70_000
    with pytest.raises(BadInput):
        calculate({**case, "decided_yuan": 69_999})


@pytest.mark.parametrize(("more", "field"), [({"decided_yuan": 210_000}, "decided_reason"), ({"decided_yuan": 1.5, "decided_reason": REASON}, "decided_yuan"), ({"decided_yuan": 100_000, "decided_reason": REASON, "circumstances": ["no_fault"]}, "decided_yuan")])
def test_a_departure_without_reasons_or_against_an_exemption_is_refused(more: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        calculate({**CASE, **more})
    assert caught.value.field == field
