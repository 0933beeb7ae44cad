"""Cases that a lawyer can read: facts, the arithmetic in words, and the fine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from qingyuan.errors import BadInput
from qingyuan.law.penalty import calculate, verify

FOLDER = Path(__file__).parent / "cases"
CASES = [
    pytest.param(case, id=f"{path.stem}-{number}-{case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
]


def plain(value: Any) -> Any:
    """YAML dates back to text, as JSON would bring them."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("case", CASES)
def test_the_case_comes_out_as_written(case: dict[str, Any]) -> None:
    expect, given = dict(case["expect"]), plain(case["input"])
    if "refused" in expect:
        with pytest.raises(BadInput) as caught:
            calculate(given)
        assert caught.value.field == expect["field"]
        for words in expect["refused"]:
            assert str(words) in str(caught.value)
        return
    result = calculate(given)
    for words in expect.pop("says", []):
        assert words in str(result.working) + str(result.warnings) + result.hearing_reason
    expect["citations"] = tuple(expect.get("citations", result.citations))
    assert {key: getattr(result, key) for key in expect} == expect
    assert result.floor_yuan <= result.amount_yuan <= result.high_yuan


def test_there_are_enough_cases_and_every_one_says_why() -> None:
    assert len(CASES) >= 150
    assert all(param.values[0]["why"] for param in CASES)


@pytest.mark.parametrize("case", [param for param in CASES if "refused" not in param.values[0]["expect"]][::9])
def test_the_certificate_of_a_case_holds(case: dict[str, Any]) -> None:
    assert verify(calculate(plain(case["input"])).certificate) == []
