"""A section rises, the doubts are excluded, the outlets above it are ranked, the problem is handed out, built, paid for and closed."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.engines.store import planting
from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.models import Division, Outlet, RiverPlace, SectionReading
from qingyuan.records.reports import basin, command
from qingyuan.records.reports.models import Handout, Incident, SectionWarning
from qingyuan.records.reports.states import WARNING_DOUBTS

from .conftest import AT


@pytest.fixture
def section(province, settings):
    """A section below one water outlet of the province, three weeks of quiet readings and two bad ones."""
    county = Division.objects.get(name="东山县")
    outlet = Outlet.objects.filter(medium="water", facility__division=county).first()
    made = RiverPlace(code="Z2", name="东山断面", kind="section", river="Z1", river_name="清水河", division=county, lon=104.3, lat=36.7, target_class=3, flow=6.0)
    made.save()
    RiverPlace(code="ZO1", name="东山排口", kind="outlet", river="Z1", river_name="清水河", division=county, lon=104.35, lat=36.72, downstream="Z2", km=5.0, velocity=0.5, outlet=outlet, facility=outlet.facility).save()
    for hours in range(0, 24 * 20, 4):
        when = AT.replace(minute=0) - dt.timedelta(hours=hours)
        SectionReading.objects.create(place=made, factor="w21003", at=when, value=1.8 if hours < 8 else 0.6, way="auto", received_at=AT)
    end = AT.replace(hour=0, minute=0)
    planting.plant(settings.QINGYUAN_DATA, province, end - dt.timedelta(days=2), end, kinds=("hour",), only={outlet.facility.code})
    return made


def test_a_rise_is_one_warning_however_often_one_looks(section):
    new = basin.find_warnings([section], AT)
    assert len(new) == 1 and new[0].reason == "Ⅴ类，劣于目标Ⅲ类" and new[0].usual == pytest.approx(0.6) and new[0].due_at == AT + dt.timedelta(hours=2)
    assert basin.find_warnings([section], AT) == [] and SectionWarning.objects.count() == 1


def test_one_bad_reading_is_no_warning_and_a_rise_below_the_target_is_one(section):
    SectionReading.objects.filter(value=1.8).update(value=0.95)
    assert basin.find_warnings([section], AT)[0].reason.startswith("为此前 14 天中位数的 1.6 倍")
    SectionWarning.objects.all().delete()
    SectionReading.objects.filter(value=0.95).order_by("at").last().delete()
    assert basin.find_warnings([section], AT) == []


def test_a_warning_is_traced_only_when_every_doubt_is_excluded(section, cast):
    row, li = basin.find_warnings([section], AT)[0], cast["李明"]
    with pytest.raises(BadInput, match="降雨"):
        basin.confirm(row, doubts=["gate"], why="连续两次", by=li, at=AT)
    with pytest.raises(NotAllowed, match="待复核"):
        basin.trace(row, by=li, at=AT)
    basin.confirm(row, doubts=list(WARNING_DOUBTS), why="连续两次，留样复测一致", by=li, at=AT)
    basin.trace(row, by=li, at=AT)
    first = row.candidates[0]
    assert row.state == "traced" and first["name"] == "东山排口" and round(first["hours"], 1) == 2.8 and len(first["reasons"]) >= 4


def test_a_handout_goes_down_and_closes_the_warning_only_when_it_is_closed(section, cast):
    row, leader, li = basin.find_warnings([section], AT)[0], cast["吴海涛"], cast["李明"]
    basin.confirm(row, doubts=list(WARNING_DOUBTS), why="连续两次", by=li, at=AT)
    given = {"title": "东山断面氨氮超标", "problem": "连续两次Ⅴ类", "demand": "排查上游排口", "due_on": AT.date() + dt.timedelta(days=15), "at": AT, "warning": row}
    with pytest.raises(NotYours):
        basin.hand_out(to=Division.objects.get(name="临江区"), by=leader, **given)
    made = basin.hand_out(to=Division.objects.get(name="东山县"), by=leader, **given)
    with pytest.raises(BadInput, match="没有办结"):
        basin.close(row, why="查明原因", by=leader, at=AT)
    basin.step_handout(made, "accept", by=li, at=AT)
    basin.step_handout(made, "answer", why="已查明为排口溢流，已封堵", by=li, at=AT)
    basin.step_handout(made, "close", why="属实", by=leader, at=AT)
    basin.close(row, why="东山排口溢流", by=leader, at=AT)
    assert Handout.objects.get().state == "closed" and row.state == "closed"


def test_money_is_not_paid_before_it_is_there(cast):
    county = Division.objects.get(name="东山县")
    row = basin.open_project(code="P1", name="东山污水厂提标", kind="sewage", to=county, owner="东山县政府", starts_on=AT.date(), due_on=AT.date() + dt.timedelta(days=200), planned_fen=10_000_000_00, by=cast["吴海涛"], at=AT)
    money = {"on": AT.date(), "fund": "province", "note": "", "by": cast["李明"], "at": AT}
    with pytest.raises(BadInput, match="超过到位资金"):
        basin.add_money(row, kind="paid", amount_fen=100, **money)
    basin.add_money(row, kind="granted", amount_fen=500_00, **money)
    basin.add_money(row, kind="paid", amount_fen=300_00, **money)
    told = basin.ledger(cast["李明"], AT.date())
    assert (told["granted"], told["paid"], told["all"], told["late"]) == (50000, 30000, 1, 0)
    assert basin.projects(cast["李明"]).get().paid_fen == 30000


def test_an_incident_has_a_log_a_lead_and_an_end(cast):
    li, leader = cast["李明"], cast["吴海涛"]
    row = command.open_incident(title="清河桥下油污", kind="pollution", grade="orange", lon=104.05, lat=36.6, by=li, at=AT)
    command.assign(row, lead=cast["王建国"], by=leader, at=AT)
    command.write_log(row, text="已布设围油栏", by=cast["王建国"], at=AT)
    command.close_incident(row, why="油污清除", by=leader, at=AT)
    assert [entry.text for entry in row.entries.all()] == ["登记：清河桥下油污", "指派王建国负责", "已布设围油栏", "结束：油污清除"]
    with pytest.raises(NotAllowed, match="不再记事"):
        command.write_log(row, text="又一条", by=li, at=AT)
    with pytest.raises(NotYours):
        command.open_incident(title="别处的事", kind="other", grade="blue", lon=105.12, lat=36.30, by=li, at=AT)
    assert Incident.objects.count() == 1 and not command.incidents(li).exists()


def test_a_call_for_support_is_answered_by_somebody_and_closed_with_its_result(cast):
    row = command.call_for_support(caller="网格员赵", phone="", need="发现偷排，请求到场取证", lon=104.05, lat=36.6, by=cast["李明"], at=AT)
    command.step_call(row, "answer", by=cast["王建国"], at=AT)
    assert row.agency == cast["王建国"].agency and list(command.calls(cast["李明"])) == [row]
    with pytest.raises(BadInput, match="结果"):
        command.step_call(row, "close", by=cast["王建国"], at=AT)
    command.step_call(row, "close", why="已取证", by=cast["王建国"], at=AT)
    assert not command.calls(cast["李明"]).exists()


def test_what_the_stations_told_the_lake_is_written_down_once_and_looked_at(province, settings, cast):
    """The province's own rivers: readings of the lake become records; the spill of the plan raises a warning with the outlet among its first candidates."""
    from qingyuan.records.registry.models import SectionReading as Reading

    spill = province.spills[0]
    end = spill.ended + dt.timedelta(hours=32)  # the water needs 29 hours to the next section
    planting.plant(settings.QINGYUAN_DATA, province, end - dt.timedelta(days=3), end, kinds=("hour",))
    new = basin.watch(end)
    assert Reading.objects.filter(way="auto").count() > 100 and basin.watch(end) == []
    row = next(one for one in new if one.factor == spill.factor)
    basin.confirm(row, doubts=list(WARNING_DOUBTS), why="连续两次", by=cast["李明"], at=end)
    basin.trace(row, by=cast["李明"], at=end)
    assert spill.outlet in [one["place"] for one in row.candidates[:3]]
