"""Who may be sent.  Penalty Law arts. 42, 43."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import NotAllowed
from qingyuan.records.clues import actions as clues
from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch import actions, queries
from qingyuan.records.dispatch.models import Assignment, Recusal
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
pytestmark = pytest.mark.django_db


@pytest.fixture
def clue():
    small_province(AT)
    place = Facility.objects.get(name="清河水泥有限公司")
    row = clues.open_clue(facility=place, source="complaint", title="异味", severity="yellow", began=AT, ended=AT, at=AT)
    return clues.accept(row, by=officer("李明"), at=AT)


def officer(name: str) -> Officer:
    return Officer.objects.get(name=name)


def test_two_certified_inspectors_may_go(clue):
    """Penalty Law art. 42."""
    task = actions.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)
    assert task.inspectors.count() == 2
    assert Clue.objects.get().state == "verified"


def test_the_same_officer_twice_is_one_officer(clue):
    """Penalty Law art. 42: not fewer than two people."""
    with pytest.raises(NotAllowed, match="现有1人"):
        actions.assign(clue=clue, inspectors=[officer("李明"), officer("李明")], by=officer("李明"), at=AT)


def test_a_certificate_that_ended_yesterday_keeps_its_holder_home(clue):
    """Penalty Law art. 42."""
    wang = officer("王建国")
    wang.certificate_to = AT.date() - dt.timedelta(days=1)
    wang.save()
    with pytest.raises(NotAllowed, match="王建国的执法证件"):
        actions.assign(clue=clue, inspectors=[officer("李明"), wang], by=officer("李明"), at=AT)
    assert not Assignment.objects.exists() and Clue.objects.get().state == "accepted"


def test_who_must_stand_back_is_not_sent(clue):
    """Penalty Law art. 43."""
    Recusal.objects.create(officer=officer("王建国"), facility=clue.facility, reason="近亲属在该单位任职", decided_on=AT.date())
    with pytest.raises(NotAllowed, match="近亲属"):
        actions.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)


def test_every_reason_is_given_at_once(clue):
    """An officer should not have to try three times to learn three reasons."""
    with pytest.raises(NotAllowed) as refusal:
        actions.assign(clue=clue, inspectors=[officer("赵晓燕")], by=officer("李明"), at=AT, due_on=AT.date() - dt.timedelta(days=1))
    assert len(refusal.value.reasons) == 3


def test_a_second_visit_while_one_is_open_is_refused(clue):
    """Merge visits instead (综合查一次)."""
    pair = [officer("李明"), officer("王建国")]
    actions.assign(clue=clue, inspectors=pair, by=officer("李明"), at=AT)
    second = clues.open_clue(facility=clue.facility, source="complaint", title="噪声", severity="yellow", began=AT, ended=AT, at=AT)
    clues.accept(second, by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="重复入企"):
        actions.assign(clue=second, inspectors=pair, by=officer("李明"), at=AT)


def test_the_candidates_list_says_who_may_not_and_why(clue):
    """The form shows the reason before anyone tries."""
    Recusal.objects.create(officer=officer("王建国"), facility=clue.facility, reason="近亲属", decided_on=AT.date())
    rows = {o.name: why for o, why in queries.candidates(officer("李明"), clue.facility, AT.date())}
    assert rows["李明"] == "" and "近亲属" in rows["王建国"] and "赵晓燕" not in rows


def test_a_task_called_off_before_entry_frees_the_facility(clue):
    """Cancelling needs a reason."""
    task = actions.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)
    actions.cancel(task, why="企业停产", by=officer("李明"), at=AT)
    assert actions.why_not_assign(facility=clue.facility, inspectors=[officer("李明"), officer("王建国")], on=AT.date()) == []
