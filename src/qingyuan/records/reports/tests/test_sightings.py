"""A sighting is a lead until somebody stood there; it is struck off by another person, with the photo that shows it."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.scope import scoped
from qingyuan.records.reports import sightings
from qingyuan.records.reports.models import Sighting
from qingyuan.records.reports.states import HANDOUT, INCIDENT, PROJECT, SIGHTING, SUPPORT, WARNING
from qingyuan.testing import PHOTO, photo

from .conftest import AT


@pytest.mark.parametrize("machine", [SIGHTING, WARNING, HANDOUT, PROJECT, INCIDENT, SUPPORT], ids=lambda m: m.name)
def test_every_state_can_be_reached_and_final_ones_end(machine):
    assert machine.reachable() == set(machine.states)
    assert all(bool(machine.open_steps(state)) != (state in machine.final) for state in machine.states)


@pytest.fixture
def row(cast):
    made, _ = sightings.register(kind="patch", key="b/1", title="开矿图斑", division=Division.objects.get(name="清河区"), lon=104.05, lat=36.6, seen_at=AT - dt.timedelta(days=3), at=AT, by=None, subject="mining")
    return made


def test_a_sighting_walks_from_found_to_struck_off(row, cast):
    li, wang, leader = cast["李明"], cast["王建国"], cast["吴海涛"]
    assert row.due_at == AT + dt.timedelta(hours=240)
    sightings.assign(row, checker=wang, by=leader, at=AT)
    sightings.confirm(row, finding="现场有一处新挖的采坑，约三亩", by=wang, at=AT + dt.timedelta(hours=5))
    assert row.due_on == (AT + dt.timedelta(hours=5 + 2160)).date()
    sightings.rectify(row, remedy="采坑回填并覆绿", by=li, at=AT + dt.timedelta(days=20))
    assert "整改后的照片" in "".join(sightings.reasons_against(row, "close", leader))
    sightings.add_photo(row, stage="before", name="a.jpg", content=PHOTO, by=wang, at=AT)
    sightings.add_photo(row, stage="after", name="b.jpg", content=photo((9, 9, 9)), by=li, at=AT + dt.timedelta(days=20))
    with pytest.raises(NotAllowed, match="岗位"):
        sightings.close(row, why="已回填", by=li, at=AT + dt.timedelta(days=21))
    sightings.close(row, why="照片和现场一致", by=leader, at=AT + dt.timedelta(days=21))
    assert row.state == "closed" and row.ended_at and [event.step for event in sightings.history(row)][-1] == "close"


def test_who_checked_does_not_strike_off(row, cast):
    leader = cast["吴海涛"]
    Officer.objects.filter(pk=leader.pk).update(roles=["leader", "inspector"])
    leader.refresh_from_db()
    sightings.confirm(row, finding="现场有采坑一处", by=leader, at=AT)
    sightings.rectify(row, remedy="已经回填", by=leader, at=AT)
    sightings.add_photo(row, stage="after", name="b.jpg", content=PHOTO, by=leader, at=AT)
    with pytest.raises(NotAllowed, match="核查人以外"):
        sightings.close(row, why="好了", by=leader, at=AT)


def test_a_sighting_cannot_be_rectified_before_anybody_stood_there(row, cast):
    with pytest.raises(NotAllowed, match="待派核"):
        sightings.rectify(row, remedy="已整改完成", by=cast["李明"], at=AT)
    with pytest.raises(BadInput, match="现场看到"):
        sightings.confirm(row, finding=" ", by=cast["李明"], at=AT)
    assert Sighting.objects.get().state == "found"


def test_a_sighting_of_another_city_does_not_exist_for_us(row, cast):
    other = Officer.objects.filter(agency__division__code="990200000000").first()
    with pytest.raises(NotYours):
        sightings.sighting(other, row.number)
    assert not sightings.sightings(other).exists() and scoped(Sighting.objects.all(), None).count() == 0


def test_a_sighting_becomes_one_clue_and_no_second(row, cast):
    sightings.hand_to_clue(row, clue_number="XS1", by=cast["李明"], at=AT)
    with pytest.raises(NotAllowed, match="XS1"):
        sightings.hand_to_clue(row, clue_number="XS2", by=cast["李明"], at=AT)
    assert "不能单独作为行政处罚的依据" in sightings.facts_of(row)["caution"]


def test_a_file_that_is_no_photo_is_no_photo_whatever_its_name(row, cast):
    with pytest.raises(BadInput, match="照片|类型|JPG"):
        sightings.add_photo(row, stage="after", name="b.jpg", content=b"%PDF-1.4 hello", by=cast["李明"], at=AT)
    assert not row.photos.exists()
