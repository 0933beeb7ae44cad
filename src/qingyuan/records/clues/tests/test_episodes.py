"""Joining and parting clues: findings, answers and outcomes follow, nothing is lost, a merge undoes a split."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions, answers, door, episodes, remote
from qingyuan.records.clues.models import Clue, ClueFinding, FindingMove
from qingyuan.records.registry.events import trail

from .cast import AT, cement, finding, found, officer

pytestmark = pytest.mark.usefixtures("province")


def two() -> tuple[Clue, Clue]:
    place = cement()
    door.take_findings([finding(place, 1), finding(place, 2, severity="orange"), finding(place, 60, id="late")], at=AT)
    first, second = Clue.objects.order_by("id")
    return first, second


def test_a_merge_takes_findings_questions_checks_and_gravity_along():
    first, second = two()
    li = officer("李明")
    request = answers.ask_firm(first, questions=["为什么超标"], wanted=[], by=li, at=AT)
    remote.check_remotely(first, way="data_check", minutes=20, found="查了用电", result="unclear", by=li, at=AT)
    episodes.merge(first, into=second, why="同一次故障", by=li, at=AT)
    first.refresh_from_db()
    second.refresh_from_db()
    request.refresh_from_db()
    assert (first.state, first.merged_into, first.findings.count()) == ("merged", second, 0)
    assert (second.findings.count(), second.severity, request.clue, second.remote_checks.count()) == (3, "orange", second, 1)
    assert (second.ended - second.began).total_seconds() == 60 * 3600
    assert {(m.kind, m.origin.number) for m in FindingMove.objects.all()} == {("merge", first.number)}
    assert [event.step for event in trail(f"clue:{second.pk}")][-1] == "take_in"


def test_a_split_is_undone_by_a_merge():
    li, clue = officer("李明"), found(3)
    before = {row.finding_id for row in clue.findings.all()}
    new = episodes.split(clue, findings=["f3"], title="", why="另一台炉", by=li, at=AT)
    clue.refresh_from_db()
    assert (new.split_from, [row.finding_id for row in new.findings.all()], new.clocks.exists()) == (clue, ["f3"], True)
    assert (clue.ended - clue.began).total_seconds() == 2 * 3600
    episodes.merge(new, into=clue, why="查明是同一台", by=li, at=AT)
    clue.refresh_from_db()
    assert {row.finding_id for row in clue.findings.all()} == before and (clue.ended - clue.began).total_seconds() == 3 * 3600
    assert [move.kind for move in ClueFinding.objects.get(finding_id="f3").moves.all()] == ["split", "merge"]


def test_the_outcome_of_a_joined_clue_counts_once_for_its_rule():
    first, second = two()
    li = officer("李明")
    episodes.merge(first, into=second, why="同一次", by=li, at=AT)
    actions.dismiss(second, cause="known_work", why="报备过检修", by=li, at=AT)
    lines = door.precision_of(li, "hourly_mean_exceedance", since=AT.date(), by_season=False)
    assert [(line.pushed, line.checked, line.false) for line in lines] == [(1, 1, 1)]


def test_joining_and_parting_refuse_what_makes_no_sense():
    first, second = two()
    li = officer("李明")
    with pytest.raises(BadInput, match="另一条线索"):
        episodes.merge(first, into=first, why="x", by=li, at=AT)
    with pytest.raises(BadInput, match="为什么是同一件事"):
        episodes.merge(first, into=second, why=" ", by=li, at=AT)
    for chosen in ([], ["f1", "f2"], ["nobody"]):
        with pytest.raises(BadInput, match="至少留一条"):
            episodes.split(first, findings=chosen, title="", why="x", by=li, at=AT)
    actions.dismiss(second, cause="duplicate", why="已有案件", by=li, at=AT)
    with pytest.raises(NotAllowed, match="不能再并入"):
        episodes.merge(first, into=second, why="x", by=li, at=AT)
    assert FindingMove.objects.count() == 0


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=6))
def test_whatever_is_joined_and_parted_every_finding_has_one_clue(province, picks):
    """Findings are neither lost nor doubled by any walk of merges and splits."""
    from django.db import transaction

    with transaction.atomic():
        clue, li = found(4), officer("李明")
        everything = set(ClueFinding.objects.values_list("finding_id", flat=True))
        for is_split, n in picks:
            open_ = list(Clue.objects.filter(facility=clue.facility, state="found").order_by("id"))
            here = open_[n % len(open_)]
            if is_split and here.findings.count() > 1:
                episodes.split(here, findings=[here.findings.all()[n % here.findings.count()].finding_id], title="", why="试", by=li, at=AT)
            elif not is_split and len(open_) > 1:
                episodes.merge(here, into=open_[(n + 1) % len(open_)] if open_[(n + 1) % len(open_)] != here else open_[0 if here != open_[0] else 1], why="试", by=li, at=AT)
        held = list(ClueFinding.objects.values_list("finding_id", flat=True))
        assert sorted(held) == sorted(everything)
        assert not ClueFinding.objects.filter(clue__state="merged").exists()
        transaction.set_rollback(True)
