"""Suppression has a scope, a reason, two people, an end, and hides nothing that cannot be counted and brought back."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues import door, suppression
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Officer

from .cast import AT, HOUR, cement, finding, officer

pytestmark = pytest.mark.usefixtures("province")


def proposed(**changes):
    given = {
        "rule": "hourly_mean_exceedance", "division": cement().division, "facility": cement(), "began_at": AT - 24 * HOUR, "expires_at": AT + 24 * HOUR, "cause": "known_work",
        "why": "检修报备", "by": officer("李明"), "at": AT,
    }  # fmt: skip
    return suppression.propose_suppression(**{**given, **changes})


def approved(**changes):
    return suppression.decide_suppression(proposed(**changes), is_approved=True, why="", by=officer("吴海涛"), at=AT)


def test_a_proposal_hides_nothing_until_another_person_approves():
    row = proposed()
    door.take_findings([finding(cement(), 1)], at=AT)
    assert Clue.objects.count() == 1
    Officer.objects.filter(name="李明").update(roles=["inspector", "leader"])
    with pytest.raises(NotAllowed, match="双人复核"):
        suppression.decide_suppression(row, is_approved=True, why="", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="负责人"):
        suppression.decide_suppression(row, is_approved=True, why="", by=officer("王建国"), at=AT)


def test_what_it_hides_is_counted_and_comes_back_when_it_ends():
    row = approved()
    rows = [finding(cement(), 1), finding(cement(), 2), finding(cement(), 3, rule="other")]
    door.take_findings(rows, at=AT)
    door.take_findings(rows, at=AT + HOUR)
    li = officer("李明")
    assert (Clue.objects.count(), row.hidden.count(), suppression.hidden_since(li, AT.date()), suppression.suppressions(li).get().hidden_count) == (1, 2, 2, 2)
    with pytest.raises(NotAllowed, match="还在生效"):
        suppression.bring_back(row, why="x", by=li, at=AT)
    suppression.end_suppression(row, why="检修结束", by=officer("吴海涛"), at=AT)
    row.refresh_from_db()
    assert suppression.bring_back(row, why="还是要查", by=li, at=AT) == 2
    assert suppression.hidden_since(li, AT.date()) == 0 and sum(clue.findings.count() for clue in Clue.objects.all()) == 3


def test_its_scope_is_kept_to():
    approved(factor="a21002", outlet_code=f"{cement().code}/DA001")
    rows = [finding(cement(), 1), finding(cement(), 1, id="f-other", factor="a34013"), finding(cement(), 1, id="f-out", outlet="x"), finding(cement(), 40, id="f-after"), finding(cement(), 1, id="f-red", severity="red")]
    door.take_findings(rows, at=AT)
    assert {row.finding_id for row in suppression.HiddenFinding.objects.all()} == {"f1"}


def test_one_without_an_end_a_reason_or_a_known_cause_is_refused():
    for changes, words in (
        ({"expires_at": AT + dt.timedelta(days=120)}, "不超过 90 天"), ({"expires_at": AT - 48 * HOUR}, "先起后止"), ({"why": " "}, "凭什么材料"), ({"cause": "tired"}, "原因须为"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=words):
            proposed(**changes)
    with pytest.raises(NotAllowed, match="研判员或者执法人员"):
        proposed(by=officer("吴海涛"))
    stranger = next(one for one in Officer.objects.filter(agency__division__code__startswith="9902") if one.has_role("leader"))
    with pytest.raises(NotYours):
        suppression.suppression_for(stranger, proposed().pk)
