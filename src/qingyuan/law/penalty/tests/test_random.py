"""No input leads outside the law, and graver facts never cost less."""

from __future__ import annotations

import pytest

from qingyuan.law.penalty.shelf import load

from .draws import results

SHORT, LONG = 4_000, 1_000_000


def prove(count: int, seed: int) -> dict[str, set[str]]:
    """Check ``count`` random cases and the graver neighbour of each; returns what was seen, for a look at the spread."""
    seen: dict[str, set[str]] = {"violation": set(), "table": set(), "regime": set()}
    for given, result, graver, second in results(count, seed):
        assert result.floor_yuan <= result.amount_yuan <= result.high_yuan, given
        mitigated = any("_below_minimum" in ground for ground in given.circumstances)
        assert result.exempt or mitigated or result.low_yuan <= result.amount_yuan, given
        assert not result.exempt or result.amount_yuan == 0
        assert mitigated or result.exempt or result.floor_yuan == result.low_yuan, given
        assert 2 * result.floor_yuan >= result.low_yuan or result.exempt, "the law's minimum is cut by half at most"
        if second is not None:
            assert second.amount_yuan >= result.amount_yuan or second.exempt, (given, graver)
        for key in seen:
            seen[key].add(str(getattr(result, key)))
    return seen


def test_thousands_of_random_cases_stay_inside_the_law_and_grow_with_gravity() -> None:
    """Penalty Law arts. 5, 32, 34; the long form of this proof runs a million (marker ``slow``)."""
    seen = prove(SHORT, seed=20260815)
    assert len(seen["violation"]) > 0.95 * len(load().violations)
    assert seen["regime"] == {"legacy", "code"}


@pytest.mark.slow
def test_a_million_random_cases_stay_inside_the_law_and_grow_with_gravity() -> None:
    seen = prove(LONG, seed=1242)
    assert seen["violation"] == set(load().violations)
    assert seen["table"] == {table.id for table in load().all_tables()}
