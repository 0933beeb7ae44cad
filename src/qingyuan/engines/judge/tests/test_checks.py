"""The battery over every rule."""

from __future__ import annotations

import pytest

from qingyuan.engines.judge import checks, rule


@pytest.mark.parametrize("name", rule.names())
def test_the_rule_passes_the_battery(name):
    assert checks.failures(rule.named(name)) == []
