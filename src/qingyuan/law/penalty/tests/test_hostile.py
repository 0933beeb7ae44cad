"""Whatever is typed, the answer is a fine or one sentence."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.cli import main
from qingyuan.errors import BadInput
from qingyuan.law.penalty import calculate, verify

from .test_certificate import CASE, leaves, resealed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["广东省", "water_exceedance", "2026-03-01", "1e999999999", "unknown", "first"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(CASE) + ["tier", "base_yuan", "benchmark", "other_kinds"]


@given(st.sampled_from(FIELDS), JSON)
@settings(max_examples=100, deadline=None)
def test_any_value_in_any_field_is_a_fine_or_a_sentence(field: str, value: Any) -> None:
    try:
        result = calculate({**copy.deepcopy(CASE), field: value})
    except BadInput as error:
        assert str(error)
    else:
        assert result.floor_yuan <= result.amount_yuan <= result.high_yuan


@given(st.sampled_from(sorted(CASE["factors"])), JSON)
@settings(max_examples=100, deadline=None)
def test_any_value_of_any_factor_is_a_fine_or_a_sentence(factor: str, value: Any) -> None:
    try:
        calculate({**CASE, "factors": {**CASE["factors"], factor: value}})
    except BadInput as error:
        assert str(error)


@given(st.data(), JSON)
@settings(max_examples=80, deadline=None)
def test_any_value_anywhere_in_a_certificate_is_found_even_when_sealed_again(data: st.DataObject, value: Any) -> None:
    certificate = calculate(CASE).certificate
    path = data.draw(st.sampled_from(leaves(certificate)))
    place: Any = certificate
    for key in path[:-1]:
        place = place[key]
    if place[path[-1]] == value:
        return
    place[path[-1]] = value
    assert verify(certificate)
    if path[0] not in ("inputs", "digest", "revisions"):
        try:
            again = resealed(certificate)
        except (KeyError, TypeError, ValueError):
            return
        assert verify(again)


@pytest.mark.parametrize("value", ["1e999999999", "-1e999999999", "1e-999999999", "NaN", "Infinity", "9" * 400])
def test_monstrous_numbers_are_refused_at_once(value: str) -> None:
    with pytest.raises(BadInput):
        calculate({**CASE, "factors": {**CASE["factors"], "daily_discharge": value}})
    with pytest.raises(BadInput):
        calculate({**CASE, "circumstances": [f"merit:{value}"]})


def test_a_message_stays_one_short_line_whatever_was_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({**CASE, "violation": "水\n" * 5000}), encoding="utf-8")
    assert main(["penalty", str(path)]) == 2
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    assert len(told) < 1500
