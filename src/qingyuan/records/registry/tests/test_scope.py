"""Nobody sees what is not theirs."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import NotYours
from qingyuan.records.registry import queries
from qingyuan.records.registry.events import record_event, trail
from qingyuan.records.registry.models import Agency, Division, Event, Facility, Officer
from qingyuan.records.registry.scope import scoped
from qingyuan.testing import small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return small_province(AT)


def officer_of(division: str) -> Officer:
    return Officer.objects.filter(agency__division__code=division).first()


def test_an_officer_of_a_city_sees_the_facilities_of_that_city_only(province):
    """Scope is the agency's division."""
    seen = list(queries.facilities(officer_of("990100000000")))
    assert seen and all(f.city_code == "990100000000" for f in seen)
    assert len(seen) < Facility.objects.count()


def test_an_officer_of_the_province_sees_all(province):
    """A province contains its cities."""
    corps = Agency.objects.get(code="T9900")
    viewer = Officer.objects.create(name="省总队", agency=corps, roles=["inspector"])
    assert queries.facilities(viewer).count() == Facility.objects.count()


def test_a_row_out_of_scope_and_a_row_that_does_not_exist_look_the_same(province):
    """The refusal does not say which."""
    viewer = officer_of("990100000000")
    other = Facility.objects.exclude(city_code="990100000000").first()
    with pytest.raises(NotYours) as out_of_scope:
        queries.facility(viewer, other.code)
    with pytest.raises(NotYours) as missing:
        queries.facility(viewer, "no-such-code")
    assert str(out_of_scope.value) == str(missing.value)


def test_nobody_and_a_village_post_see_nothing(province):
    """Deny by default: no viewer, or a level without a column."""
    village = Division.objects.create(code="990102001001", name="某村", level="village", parent_id="990102000000")
    agency = Agency.objects.create(code="V1", name="某村", short_name="村", division=village)
    viewer = Officer.objects.create(name="网格员", agency=agency)
    assert not scoped(Facility.objects.all(), viewer).exists()
    assert not scoped(Facility.objects.all(), None).exists()


def test_colleagues_are_people_of_the_division(province):
    """A city sees its own people, not another city's."""
    names = {o.agency.division_id for o in queries.colleagues(officer_of("990100000000"))}
    assert names == {"990100000000"}


def test_an_event_is_written_once_and_never_deleted(province):
    """The trail cannot be edited through the model."""
    event = record_event(by=None, subject="clue:1", step="open_clue", at=AT, after={"state": "found"})
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    assert [e.step for e in trail("clue:1")] == ["open_clue"] and Event.objects.count() == 1


def test_a_certificate_holds_on_its_last_day_and_not_on_the_next(province):
    """Penalty Law art. 42."""
    officer = officer_of("990100000000")
    assert officer.is_certified(officer.certificate_to)
    assert not officer.is_certified(officer.certificate_to + dt.timedelta(days=1))


def test_loading_the_same_plan_twice_changes_nothing(province):
    """A second start of the demo reuses what is there."""
    before = Facility.objects.count()
    small_province(AT)
    assert Facility.objects.count() == before
