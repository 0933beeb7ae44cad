"""One field, many authors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.records.inspections.merging import Said, ancestors, is_circular, merge, spelled


def said(key: str, value: object, *bases: str, refused: bool = False) -> Said:
    return Said(key, bases, value, refused)


def test_one_after_another_is_no_conflict():
    """The later entry saw the earlier one."""
    cell = merge([said("a", "停运"), said("b", "停运三天", "a")], legal=True)
    assert (cell.state, cell.value, cell.heads) == ("settled", "停运三天", ("b",))


def test_a_legal_field_in_conflict_has_no_value_until_a_person_has_seen_both():
    """G7: two statements, none of them the record's."""
    two = [said("a", "停运"), said("b", "停运三天", "a"), said("c", "运行正常", "a")]
    cell = merge(two, legal=True)
    assert cell.state == "conflict" and cell.value is None and cell.heads == ("b", "c")
    assert merge([*two, said("d", "停运三天", "b", "c")], legal=True).value == "停运三天"
    assert merge([*two, said("d", "停运三天", "b", "c"), said("e", "停运两天", "a")], legal=True).state == "conflict", "an entry nobody saw opens it again"


def test_an_ordinary_field_shows_one_and_is_flagged():
    """G6: both are kept."""
    cell = merge([said("a", "厂长"), said("b", "环保负责人")], legal=False)
    assert (cell.state, cell.value, cell.heads) == ("flagged", "环保负责人", ("a", "b"))


def test_the_same_words_twice_are_one_answer():
    """Equal values are no conflict, however their JSON is spelled."""
    assert merge([said("a", {"x": 1, "y": 2}), said("b", {"y": 2, "x": 1})], legal=True).state == "settled"


def test_a_refused_entry_has_no_say_but_does_not_cut_the_thread():
    """What was built on it still builds on what came before."""
    cell = merge([said("a", "旧"), said("b", "太长", "a", refused=True), said("c", "新", "b")], legal=True)
    assert (cell.state, cell.value) == ("settled", "新")


def test_what_has_not_arrived_is_named():
    """G8: an entry may come before the one it builds on."""
    assert merge([said("b", "新", "a")], legal=True).missing == ("a",)
    assert merge([said("b", "新", "a"), said("a", "旧")], legal=True).missing == ()


@st.composite
def histories(draw):
    """Operations that each build on some earlier ones; a few refused."""
    made: list[Said] = []
    for number in range(draw(st.integers(1, 12))):
        bases = draw(st.lists(st.sampled_from([one.id for one in made]), max_size=3, unique=True)) if made else []
        made.append(Said(f"{number:02d}", tuple(bases), draw(st.sampled_from(["甲", "乙", "丙", None])), draw(st.integers(0, 9)) == 0))
    return made, draw(st.permutations(made)), draw(st.booleans())


@given(histories())
@settings(max_examples=100)
def test_the_order_of_arrival_changes_nothing_and_nothing_is_merged_in_silence(history):
    """Convergence; and every entry is either built upon by an accepted one, or stands as a head."""
    made, shuffled, legal = history
    cell = merge(made, legal=legal)
    assert cell == merge(shuffled, legal=legal)
    known = {one.id: one for one in made}
    alive = [one.id for one in made if not one.is_refused]
    for key in alive:
        assert key in cell.heads or any(key in ancestors(known, other) for other in alive)
    values = {spelled(known[head].value) for head in cell.heads}
    assert (len(values) > 1) == (cell.state in ("conflict", "flagged"))
    assert cell.state != "conflict" or (legal and cell.value is None)


@pytest.mark.parametrize(("bases", "expected"), [(("c",), True), (("a",), False), (("zz",), False)])
def test_a_circle_is_seen(bases, expected):
    """Nobody can have seen what was written after them."""
    known = {one.id: one for one in [said("a", 1), said("b", 2, "a", "x"), said("c", 3, "b")]}
    assert is_circular(known, Said("x", bases, 4)) is expected
