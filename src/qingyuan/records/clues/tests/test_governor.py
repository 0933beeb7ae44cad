"""Never more open clues than people said they can check; what waits is ranked and visible; what the law wants at once passes by."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions, door, governor, precision, timing
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Agency

from .cast import AT, cement, data_clue, finding, officer

pytestmark = pytest.mark.usefixtures("province")
DAY = dt.timedelta(days=1)


def unit() -> Agency:
    return Agency.objects.get(code="A9901")


def declare(clues: int, name: str = "李明") -> None:
    duty.declare_capacity(officer=officer(name), week=AT.date(), clues=clues, by=officer("吴海涛"), at=AT)


def rain(count: int, **changes) -> None:
    """So many clues: findings of as many factors."""
    door.take_findings([finding(cement(), 1, id=f"r{n}", factor=f"a{n}", **changes) for n in range(count)], at=AT)


def test_without_a_declaration_nothing_waits():
    rain(4)
    assert not Clue.objects.filter(released_at=None).exists() and governor.load_of(unit(), AT).capacity is None


def test_what_does_not_fit_waits_with_the_reason_for_its_place_and_moves_up_when_one_ends():
    declare(2)
    rain(4)
    assert Clue.objects.filter(released_at=None).count() == 2
    rows = governor.waiting_list(unit(), AT)
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True) and "命中率" in rows[0].because and "＝" in rows[0].because
    waiting, li = rows[0].clue, officer("李明")
    with pytest.raises(NotAllowed, match="等候队列"):
        actions.accept(waiting, by=li, at=AT)
    assert not waiting.clocks.exists()
    first = Clue.objects.filter(released_at__isnull=False).first()
    actions.dismiss(first, cause="data_error", why="错", by=li, at=AT)
    governor.govern_all(AT)
    assert Clue.objects.filter(state="found", released_at__isnull=False).count() == 2
    assert waiting.pk in Clue.objects.filter(released_at__isnull=False).values_list("pk", flat=True) and waiting.clocks.exists()


def test_grave_clues_and_what_the_law_wants_soon_pass_by():
    declare(0)
    rain(1, severity="red")
    complaint = data_clue(source="complaint", title="异味")
    governor.govern(unit(), AT)
    complaint.refresh_from_db()
    assert {c.bypass for c in Clue.objects.all()} == {"重大等级直通", "群众举报须依法办理，直通"} or complaint.released_at is not None
    door.take_findings([finding(cement(), 1, id="slow", factor="b1")], at=AT)
    slow = Clue.objects.get(factor="b1")
    assert slow.released_at is None
    near = dt.datetime.combine(slow.due_on - 3 * DAY, dt.time(9), AT.tzinfo)
    governor.govern_all(near)
    slow.refresh_from_db()
    assert slow.released_at == near and "令30第18条" in slow.bypass


def test_a_rule_that_was_right_here_goes_before_one_that_was_wrong():
    li = officer("李明")
    place = cement()
    for n in range(4):
        door.take_findings([finding(place, 1, id=f"good{n}", factor=f"g{n}", rule="good", violation=""), finding(place, 1, id=f"bad{n}", factor=f"b{n}", rule="bad", violation="")], at=AT)
    for clue in Clue.objects.all():
        actions.accept(clue, by=li, at=AT)
        if clue.rule == "good":
            Clue.objects.filter(pk=clue.pk).update(state="confirmed")
        else:
            actions.refute(clue, cause="data_error", why="错", by=li, at=AT)
    table = precision.precision_table(AT.date())
    good, bad = (table.of(rule, place.county_code, AT) for rule in ("good", "bad"))
    assert good[0] > bad[0] and "4 条核实 4 条属实" in good[1]
    declare(0)
    door.take_findings([finding(place, 1, id="w1", factor="w1", rule="bad", violation=""), finding(place, 1, id="w2", factor="w2", rule="good", violation="")], at=AT)
    assert [row.clue.rule for row in governor.waiting_list(unit(), AT)] == ["good", "bad"]


def test_a_leader_lets_one_out_before_its_turn_with_a_reason():
    declare(0)
    rain(1)
    clue, leader = Clue.objects.get(), officer("吴海涛")
    with pytest.raises(NotAllowed, match="岗位"):
        governor.release(clue, why="x", by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="要先办"):
        governor.release(clue, why=" ", by=leader, at=AT)
    governor.release(clue, why="省厅关注", by=leader, at=AT)
    governor.govern_all(AT)
    clue.refresh_from_db()
    assert clue.released_at == AT and clue.bypass == "吴海涛提前放出"


def test_less_capacity_takes_back_what_nobody_took_and_its_clock_with_it():
    declare(3)
    rain(3)
    declare(1)
    governor.govern_all(AT)
    assert Clue.objects.filter(released_at__isnull=False).count() == 1
    assert timing.escalate_overdue(AT + 30 * DAY) > 0
    assert not any(clue.clocks.exists() for clue in Clue.objects.filter(released_at=None))


def test_capacity_is_declared_by_oneself_or_the_leader_and_within_reason():
    with pytest.raises(NotAllowed, match="本人申报"):
        duty.declare_capacity(officer=officer("李明"), week=AT.date(), clues=3, by=officer("王建国"), at=AT)
    with pytest.raises(BadInput, match="0 至 200"):
        declare(999)
    declare(3)
    assert duty.capacity_of(unit(), AT.date() + 21 * DAY) == 3 and duty.capacity_of(unit(), AT.date() - 7 * DAY) is None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.sampled_from(["rain", "declare", "accept", "end"]), st.integers(0, 4)), max_size=10))
def test_whatever_happens_the_open_clues_stay_within_the_capacity(province, walk):
    """Invariant: open ≤ capacity, but for what passes by and for what was in hand before people declared less."""
    from django.db import transaction

    with transaction.atomic():
        li, serial, declared = officer("李明"), 0, 2
        declare(declared)
        for what, n in walk:
            mine = Clue.objects.filter(state="found", released_at__isnull=False).order_by("id").first()
            if what == "rain":
                serial += 1
                door.take_findings([finding(cement(), 1, id=f"{serial}-{k}", factor=f"{serial}-{k}") for k in range(n)], at=AT)
            elif what == "declare":
                declared = n
                declare(n)
            elif mine is not None:
                actions.accept(mine, by=li, at=AT) if what == "accept" else actions.dismiss(mine, cause="data_error", why="错", by=li, at=AT)
            governor.govern_all(AT)
            load = governor.load_of(unit(), AT)
            assert load.on_desk <= max(0, declared - load.in_hand) and load.waiting == Clue.objects.filter(state="found", released_at=None).count()
        transaction.set_rollback(True)
