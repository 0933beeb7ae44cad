"""Five levels, two lines: what happens in a village reaches the nearest bureau, and goes up to whom that bureau answers."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues import actions, queries, reporting, routing, station
from qingyuan.records.clues.stage_models import ClueMessage
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Agency, Division, Officer
from qingyuan.testing import PHOTO

from .cast import AT, HOUR, analyst, cement, data_clue, officer

pytestmark = pytest.mark.usefixtures("province")


def bureau(code: str) -> Agency:
    return Agency.objects.get(code=code)


def branch() -> Agency:
    """A branch in the county of the cement works, which answers to the city's bureau."""
    county = cement().division
    row = Agency.objects.create(code="B1", name="分局", short_name="分环", division=county)
    duty.set_line(agency=row, answers_to=bureau("A9901"), government=county, is_branch=True, valid_from=dt.date(2020, 1, 1), basis="垂管改革", by=officer("吴海涛"), at=AT)
    return row


def test_a_village_is_handled_by_the_nearest_bureau_above_it():
    county = cement().division
    town = Division.objects.create(code=county.code[:6] + "101000", name="镇", level="township", parent=county)
    village = Division.objects.create(code=county.code[:6] + "101001", name="村", level="village", parent=town)
    assert duty.unit_for(village) == bureau("A9901")
    assert duty.unit_for(village) != branch() and duty.unit_for(village) == Agency.objects.get(code="B1")


def test_the_supervision_line_is_not_the_administrative_one():
    """省以下垂直管理: the branch answers to the city bureau, its government is the county's."""
    row = branch()
    assert [body.code for body in duty.chain_of(row, AT.date())] == ["B1", "A9901", "A9900"]
    assert duty.government_of(row, AT.date()) == cement().division and duty.government_of(bureau("A9901"), AT.date()).level == "city"
    leader = officer("吴海涛")
    duty.set_line(agency=row, answers_to=bureau("A9900"), government=None, is_branch=False, valid_from=dt.date(2026, 9, 1), basis="省直管", by=leader, at=AT)
    assert duty.superior_of(row, AT.date()) == bureau("A9900") and duty.superior_of(row, dt.date(2026, 8, 31)) == bureau("A9901")
    with pytest.raises(BadInput, match="倒过来"):
        duty.set_line(agency=bureau("A9900"), answers_to=row, government=None, is_branch=False, valid_from=AT.date(), basis="x", by=leader, at=AT)
    with pytest.raises(NotAllowed):
        duty.set_line(agency=row, answers_to=bureau("A9901"), government=None, is_branch=False, valid_from=AT.date(), basis="x", by=officer("李明"), at=AT)


def test_a_transfer_moves_clue_and_papers_and_comes_back_with_a_reason():
    li, other = officer("李明"), bureau("A9902")
    clue = data_clue()
    reporting.add_paper(clue, name="照片.jpg", content=PHOTO, source="现场", by=li, at=AT)
    actions.accept(clue, by=li, at=AT)
    with pytest.raises(BadInput, match="转办理由"):
        routing.transfer(clue, to=other, why="", by=li, at=AT)
    with pytest.raises(BadInput, match="已经在该单位"):
        routing.transfer(clue, to=bureau("T9901"), why="x", by=li, at=AT)
    routing.transfer(clue, to=other, why="厂在河对岸", by=li, at=AT)
    assert (clue.state, clue.agency, clue.division, clue.handler, clue.docket.agency) == ("found", other, other.division, None, other)
    with pytest.raises(NotYours):
        queries.clue(li, clue.number)
    assert routing.sent_away(li).get().why == "厂在河对岸" and ClueMessage.objects.filter(clue=clue, officer__agency__code__in=["A9902", "T9902"]).exists()
    theirs = next(one for one in Officer.objects.filter(agency__code="T9902") if one.has_role("inspector"))
    assert queries.papers_of(theirs, clue).count() == 1
    with pytest.raises(BadInput, match="退回理由"):
        routing.return_back(clue, why="", by=theirs, at=AT)
    routing.return_back(clue, why="红线图显示在贵市", by=theirs, at=AT + HOUR)
    assert (clue.agency, clue.division) == (bureau("A9901"), cement().division) and queries.clue(li, clue.number)
    with pytest.raises(NotAllowed, match="没有可退"):
        routing.return_back(clue, why="再退", by=li, at=AT + HOUR)


def test_what_goes_up_keeps_its_place_and_what_goes_down_is_named_so():
    row, clue = branch(), data_clue()
    assert clue.agency == row
    how = {agency.code: words for agency, words in routing.targets(clue)}
    assert (how["A9901"], how["A9900"], how["A9902"]) == ("上级", "上级", "其他属地")
    routing.transfer(clue, to=bureau("A9901"), why="提级办理", by=officer("李明"), at=AT)
    assert clue.division == cement().division


def test_the_station_warns_firm_and_county_and_the_county_signs_for_it():
    clue, han = data_clue(), analyst()
    with pytest.raises(NotAllowed, match="岗位"):
        station.warn(clue, tier="orange", text="缺数", by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="企业、属地"):
        station.warn(clue, tier="orange", text="缺数", by=han, at=AT, to_county=False, to_firm=False)
    assert list(station.to_screen(han)) == [clue]
    warning = station.warn(clue, tier="orange", text="连续缺数，请说明", by=han, at=AT, questions=["原因"])
    clue.refresh_from_db()
    assert (clue.severity, warning.request.state, warning.to_agency) == ("orange", "asked", bureau("A9901")) and not station.to_screen(han).exists()
    stranger = Officer.objects.filter(agency__code="T9902").first()
    with pytest.raises(NotAllowed, match="被推送的单位"):
        station.receive(warning, by=stranger, at=AT)
    assert station.receive(warning, by=officer("李明"), at=AT).received_by == officer("李明")
    with pytest.raises(NotAllowed, match="已经签收"):
        station.receive(warning, by=officer("李明"), at=AT)


def test_a_turn_of_duty_has_an_end_and_does_not_overlap():
    li, leader = officer("李明"), officer("吴海涛")
    shift = duty.set_shift(officer=li, began_at=AT, ended_at=AT + 8 * HOUR, by=leader, at=AT)
    assert duty.on_duty(bureau("A9901"), AT + HOUR) == [li] and duty.on_duty(bureau("A9901"), AT + 8 * HOUR) == []
    for changes, words in (({"began_at": AT + HOUR, "ended_at": AT + 9 * HOUR}, "已有值班"), ({"began_at": AT, "ended_at": AT}, "先起后止")):
        with pytest.raises(BadInput, match=words):
            duty.set_shift(officer=li, by=leader, at=AT, **changes)
    with pytest.raises(NotAllowed, match="本单位"):
        duty.set_shift(officer=Officer.objects.filter(agency__code="T9902").first(), began_at=AT, ended_at=AT + HOUR, by=leader, at=AT)
    duty.cancel_shift(shift, why="换班", by=leader, at=AT)
    assert duty.on_duty(bureau("A9901"), AT + HOUR) == []
