"""Every rule's own cases, as its YAML tells them."""

from __future__ import annotations

import pytest

from qingyuan.engines.judge import cases, rule

ALL = [(name, case) for name in rule.names() for case in rule.named(name).cases]


@pytest.mark.parametrize(("name", "case"), ALL, ids=[f"{name}: {case['name']}" for name, case in ALL])
def test_the_case_holds(name, case):
    assert cases.disagreements(rule.named(name), case) == []


@pytest.mark.parametrize("name", rule.names())
def test_every_rule_has_a_case_that_finds_and_a_clean_one(name):
    found = [len(case["expect"]) for case in rule.named(name).cases]
    assert any(found) and 0 in found and len(found) >= 3
