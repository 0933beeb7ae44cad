"""The tables of plan, draw and positive list: no dead state, no step for a post that does not exist."""

from __future__ import annotations

import pytest

from qingyuan.records.dispatch.plan_states import DRAW, PLAN, POSITIVE
from qingyuan.records.registry.models import ROLES

TABLES = [PLAN, DRAW, POSITIVE]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_is_reached_and_only_final_ones_are_ends(table):
    assert table.reachable() == set(table.states)
    assert {state for state in table.states if not table.open_steps(state)} == set(table.final)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_step_belongs_to_a_post(table):
    known = {role for role, _ in ROLES}
    assert all(step.roles and step.roles <= known for step in table.steps.values())
