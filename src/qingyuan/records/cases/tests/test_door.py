"""A decision that was annulled comes back to the rule that began it."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.engines.learn import outcomes as learn
from qingyuan.records.cases import door
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.clues import door as clues
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.mark.django_db
def test_two_rules_of_one_clue_each_hear_how_it_ended(tmp_path):
    """One row per rule, in a file the engine reads without a database."""
    small_province(AT)
    place = Facility.objects.get(name="清河水泥有限公司")
    row = {
        "facility": place.code, "outlet": f"{place.code}/DA001", "factor": "a21002", "began": AT.isoformat(),
        "ended": (AT + dt.timedelta(hours=1)).isoformat(), "violation": "air_exceedance", "severity": "yellow", "title": "超标", "revision": 1,
    }  # fmt: skip
    clues.take_findings([{**row, "id": "a", "rule": "hourly_mean_exceedance"}, {**row, "id": "b", "rule": "consecutive_hours_exceedance"}], at=AT)
    clue_actions.dismiss(Clue.objects.get(), cause="calibration", why="校准", by=Officer.objects.get(name="李明"), at=AT)
    assert door.hand_outcomes(tmp_path) == 2
    told = {one.rule: (one.verdict, one.cause) for one in learn.read(tmp_path / door.FILE)}
    assert told == dict.fromkeys(("hourly_mean_exceedance", "consecutive_hours_exceedance"), ("false", "校准、维护期间数据"))
