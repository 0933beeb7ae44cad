"""Tables of steps: what they refuse, and with which words."""

from __future__ import annotations

import pytest

from qingyuan.errors import NotAllowed
from qingyuan.machine import step, table
from qingyuan.records.cases.states import CASE
from qingyuan.records.clues.states import CLUE
from qingyuan.records.dispatch.states import ASSIGNMENT
from qingyuan.records.inspections.states import INSPECTION
from qingyuan.records.publish.states import RELEASE

DOOR = table(
    "door",
    {"open": "开", "shut": "关"},
    [step("close", "关门", "open", "shut", lambda _, f: None if f.get("hand") else "没有手", article="某法第1条"), step("open", "开门", "shut", "open")],
    initial="open",
)
TABLES = [CASE, CLUE, ASSIGNMENT, INSPECTION, RELEASE]


def test_a_guard_refuses_with_its_own_sentence():
    """The reasons are the guards' sentences."""
    with pytest.raises(NotAllowed, match="没有手"):
        DOOR.take("open", "close", facts={})
    assert DOOR.take("open", "close", facts={"hand": 1}) == "shut"


def test_a_step_out_of_order_names_the_article_and_what_is_possible():
    """Out of order: the state, the step, the article, and what can be done instead."""
    (reason,) = DOOR.why_not("shut", "close")
    assert "关" in reason and "某法第1条" in reason and "开门" in reason


def test_an_unknown_step_is_said_to_be_unknown():
    """No such step."""
    assert "没有“fly”" in DOOR.why_not("open", "fly")[0]


def test_a_table_with_a_state_nobody_declared_is_refused():
    """A typing mistake in a table fails when it is loaded."""
    with pytest.raises(ValueError, match="unknown states"):
        table("bad", {"a": "甲"}, [step("go", "走", "a", "b")], initial="a")
    with pytest.raises(ValueError, match="twice"):
        table("bad", {"a": "甲"}, [step("go", "走", "a", "a"), step("go", "走", "a", "a")], initial="a")


@pytest.mark.parametrize("machine", TABLES, ids=lambda m: m.name)
def test_every_state_is_reached_and_every_final_state_is_final(machine):
    """Nothing stands apart, nothing leaves a final state."""
    assert machine.reachable() == set(machine.states)
    for state in machine.final:
        assert not machine.open_steps(state)


@pytest.mark.parametrize("machine", TABLES, ids=lambda m: m.name)
def test_every_forbidden_step_raises(machine):
    """From every state, every step that does not leave it is refused with a sentence."""
    for state in machine.states:
        for name, row in machine.steps.items():
            if state not in row.sources:
                assert machine.why_not(state, name) != ()
