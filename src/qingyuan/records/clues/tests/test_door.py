"""Findings become clues: one episode, one clue, and the same finding never twice."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions, door, queries
from qingyuan.records.clues.models import Clue, ClueFinding
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import small_province

CHINA = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 9, 15, 12, tzinfo=CHINA)
pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    small_province(AT)
    return Facility.objects.get(name="清河水泥有限公司")


def finding(place: Facility, hour: int, **changes):
    began = dt.datetime(2026, 9, 15, 0, tzinfo=CHINA) + dt.timedelta(hours=hour)
    row = {
        "id": f"f{hour}", "rule": "hourly_mean_exceedance", "facility": place.code, "outlet": f"{place.code}/DA001", "factor": "a21002",
        "began": began.isoformat(), "ended": (began + dt.timedelta(hours=1)).isoformat(), "value": 400.0, "limit_value": 320.0,
        "severity": "orange", "title": "氮氧化物小时均值超标", "evidence_needed": ["现场检查（勘察）笔录"], "violation": "air_exceedance",
    }
    return {**row, **changes}


def test_hours_of_one_episode_are_one_clue(place):
    """Three hours in a row: one clue from the first to the last."""
    door.take_findings([finding(place, h) for h in (1, 2, 3)], at=AT)
    clue = Clue.objects.get()
    assert clue.findings.count() == 3
    assert (clue.ended - clue.began) == dt.timedelta(hours=3)
    assert clue.title.startswith("清河水泥有限公司") and clue.evidence_needed


def test_the_same_findings_in_any_order_and_again_change_nothing(place):
    """Idempotent and independent of order."""
    rows = [finding(place, h) for h in (3, 1, 2)]
    door.take_findings(rows, at=AT)
    assert door.take_findings(list(reversed(rows)), at=AT) == []
    assert (Clue.objects.count(), ClueFinding.objects.count()) == (1, 3)


def test_a_finding_that_grew_grows_its_clue_while_it_is_open(place):
    """A live episode keeps its id; an ended clue keeps what it was ended on."""
    door.take_findings([finding(place, 1)], at=AT)
    longer = finding(place, 1, ended="2026-09-15T05:00:00+08:00", value=450.0)
    door.take_findings([longer], at=AT)
    clue = Clue.objects.get()
    assert (clue.findings.get().value, clue.ended - clue.began) == (450.0, dt.timedelta(hours=4))
    actions.dismiss(clue, cause="calibration", why="校准期间", by=Officer.objects.get(name="李明"), at=AT)
    assert door.take_findings([finding(place, 1, value=500.0)], at=AT) == []
    assert ClueFinding.objects.get().value == 450.0


def test_a_clue_whose_findings_late_data_took_away_lapses_while_nobody_touched_it(place):
    """It ends by itself, counts neither as true nor as false, and is written in the trail."""
    door.take_findings([finding(place, 1), finding(place, 2), finding(place, 60, id="other")], at=AT)
    since = dt.datetime(2026, 9, 14, tzinfo=CHINA)
    assert door.let_lapse({"f2", "other"}, since=since, at=AT) == []
    assert [c.state for c in door.let_lapse({"other"}, since=since, at=AT)] == ["lapsed"]
    assert sorted(Clue.objects.values_list("state", flat=True)) == ["found", "lapsed"] and door.outcomes() == []
    clue = Clue.objects.get(state="found")
    actions.accept(clue, by=Officer.objects.get(name="李明"), at=AT)
    assert door.let_lapse(set(), since=since, at=AT) == []


def test_two_rules_that_see_the_same_violation_make_one_clue_as_grave_as_the_graver(place):
    """Hour by hour and hours in a row: one outlet, one factor, one suspected violation."""
    door.take_findings([finding(place, 1, severity="yellow"), finding(place, 1, id="row", rule="consecutive_hours_exceedance", severity="red")], at=AT)
    clue = Clue.objects.get()
    assert (clue.findings.count(), clue.severity) == (2, "red")
    by = Officer.objects.get(name="李明")
    actions.dismiss(clue, cause="calibration", why="校准期间", by=by, at=AT)
    assert {row["rule"] for row in door.outcomes()} == {"hourly_mean_exceedance", "consecutive_hours_exceedance"}
    assert {row["rule"]: row["checked"] for row in queries.yield_by_rule(by, since=AT.date())} == {
        "hourly_mean_exceedance": 1, "consecutive_hours_exceedance": 1,
    }


def test_another_factor_or_a_day_long_gap_is_another_clue(place):
    """An episode is one outlet, one factor, one rule, without a long silence."""
    door.take_findings([finding(place, 1), finding(place, 1, id="x", factor="a34013"), finding(place, 60, id="y")], at=AT)
    assert Clue.objects.count() == 3


def test_a_finding_after_a_clue_ended_opens_a_new_one(place):
    """What was dismissed stays dismissed; a new event is a new clue."""
    by = Officer.objects.get(name="李明")
    door.take_findings([finding(place, 1)], at=AT)
    actions.dismiss(Clue.objects.get(), cause="calibration", why="校准期间", by=by, at=AT)
    door.take_findings([finding(place, 2)], at=AT)
    assert sorted(Clue.objects.values_list("state", flat=True)) == ["dismissed", "found"]


def test_a_finding_of_an_unknown_facility_is_left_for_later(place):
    """The registry may know it tomorrow; nothing is invented today."""
    assert door.take_findings([finding(place, 1, facility="nobody")], at=AT) == []
    assert not ClueFinding.objects.exists()


def test_a_clue_is_due_by_the_clock_of_the_preliminary_review(place):
    """Measures 30 art. 18; the work-list is ordered by it."""
    door.take_findings([finding(place, 1)], at=AT)
    clue = Clue.objects.get()
    assert clue.due_on > AT.date()
    assert list(queries.open_clues(Officer.objects.get(name="李明"))) == [clue]


def test_only_a_post_that_handles_clues_may_accept_one(place):
    """A case reviewer does not triage."""
    door.take_findings([finding(place, 1)], at=AT)
    with pytest.raises(NotAllowed, match="岗位"):
        actions.accept(Clue.objects.get(), by=Officer.objects.get(name="赵晓燕"), at=AT)
    assert Clue.objects.get().state == "found"


def test_a_false_alarm_needs_a_cause_from_the_list_and_a_reason(place):
    """The cause is what the rule learns from."""
    door.take_findings([finding(place, 1)], at=AT)
    by = Officer.objects.get(name="李明")
    with pytest.raises(BadInput, match="误报原因"):
        actions.dismiss(Clue.objects.get(), cause="whatever", why="x", by=by, at=AT)
    with pytest.raises(BadInput, match="理由"):
        actions.dismiss(Clue.objects.get(), cause="other", why=" ", by=by, at=AT)
    assert door.outcomes() == []


def test_the_outcome_goes_back_with_its_rule(place):
    """learn gets plain rows: rule, division, outcome, cause."""
    door.take_findings([finding(place, 1)], at=AT)
    actions.dismiss(Clue.objects.get(), cause="calibration", why="校准期间", by=Officer.objects.get(name="李明"), at=AT)
    (row,) = door.outcomes()
    assert (row["rule"], row["outcome"], row["cause"], row["city_code"]) == ("hourly_mean_exceedance", "false_alarm", "calibration", place.city_code)


def test_an_officer_of_another_city_does_not_see_the_clue(place):
    """Scope holds on lists, on search and on the one row."""
    door.take_findings([finding(place, 1)], at=AT)
    other = Officer.objects.filter(agency__division__code="990200000000").first()
    assert not queries.open_clues(other).exists()
    assert not queries.filtered(other, words="清河").exists()
