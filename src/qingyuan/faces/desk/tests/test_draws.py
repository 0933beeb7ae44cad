"""Plans, draws and the positive list over the test client: who may see what, and a whole draw by the forms alone."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from qingyuan import clock
from qingyuan.engines.draw import bundle
from qingyuan.records.dispatch import positive
from qingyuan.records.dispatch.models import Draw, InspectionPlan, PositiveListEntry
from qingyuan.records.registry.models import Facility
from qingyuan.testing import small_province

from .test_pages import AT, officer, signed_in

pytestmark = pytest.mark.django_db
LATER = AT.replace(hour=22)


@pytest.fixture(autouse=True)
def place(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    small_province(AT)
    moment = {"at": AT}
    monkeypatch.setattr(clock, "now", lambda: moment["at"])
    return moment


def planned() -> InspectionPlan:
    assert signed_in(officer("李明")).post("/plans/", {"year": AT.year, "scope": "national", "frequency_cap": 2}).status_code == 302
    plan = InspectionPlan.objects.get()
    assert signed_in(officer("吴海涛")).post(f"/plans/{plan.number}/approve/").status_code == 302
    return plan


def committed(plan: InspectionPlan) -> Draw:
    given = {"source": "welfare_lottery_ssq", "round_": "2026107", "earliest": "2026-09-15 21:15"}
    assert signed_in(officer("李明")).post(f"/plans/{plan.number}/commit/", given).status_code == 302
    return Draw.objects.get()


def drawn(place) -> Draw:
    draw = committed(planned())
    place["at"] = LATER
    given = {"value": "03 07 11 19 24 30+08", "published_at": "2026-09-15 21:15", "evidence": "福彩公告"}
    assert signed_in(officer("李明")).post(f"/draws/{draw.pk}/run/", given).status_code == 302
    draw.refresh_from_db()
    return draw


def test_a_quarter_from_the_plan_to_the_bundle_by_forms_alone(place):
    draw = drawn(place)
    li = signed_in(officer("李明"))
    told = json.loads(li.get(f"/draws/{draw.pk}/bundle.json").content)
    assert bundle.problems(told) == [] and told["digest"] == draw.digest
    item = draw.items.get()
    page = li.get(f"/draws/{draw.pk}/").content.decode()
    assert item.facility.name in page and "与记录相符" in page
    assert li.post(f"/draws/{draw.pk}/{item.order}/send/").status_code == 302
    item.refresh_from_db()
    assert item.assignment.number in li.get(f"/draws/{draw.pk}/").content.decode()


def test_who_neither_drew_nor_goes_sees_that_there_is_a_secret_and_not_which(place):
    draw = drawn(place)
    name = draw.items.get().facility.name
    zhao = signed_in(officer("赵晓燕"))
    page = zhao.get(f"/draws/{draw.pk}/").content.decode()
    assert name not in page and "1 个对象在检查开始前保密" in page and draw.digest in page
    assert zhao.get(f"/draws/{draw.pk}/bundle.json").status_code == 409
    assert zhao.post(f"/draws/{draw.pk}/1/send/").status_code == 404


def test_another_city_finds_neither_plan_nor_draw(place):
    draw = drawn(place)
    stranger = signed_in(officer("冯永福", "9902"))
    for address in (f"/plans/{draw.plan.number}/", f"/draws/{draw.pk}/", f"/draws/{draw.pk}/bundle.json"):
        assert stranger.get(address).status_code == 404


def test_a_seed_in_the_wrong_spelling_is_explained(place):
    draw = committed(planned())
    place["at"] = LATER
    answer = signed_in(officer("李明")).post(f"/draws/{draw.pk}/run/", {"value": "3 7", "published_at": "2026-09-15 21:15", "evidence": "x"})
    assert answer.status_code == 409 and "写法应为" in answer.content.decode()
    answer = signed_in(officer("李明")).post(f"/draws/{draw.pk}/run/", {"value": "3 7", "published_at": "昨晚", "evidence": "x"})
    assert answer.status_code == 400


def test_the_offered_steps_say_why_not(place):
    plan = planned()
    page = signed_in(officer("赵晓燕")).get(f"/plans/{plan.number}/").content.decode()
    assert "执法人员、研判员或负责人抽取" in page


def test_the_positive_list_from_candidate_to_listed_and_out(place):
    li, wu, power = signed_in(officer("李明")), signed_in(officer("吴海涛")), Facility.objects.get(name="红旗电力有限公司")
    assert li.post("/positive/", {"facility": power.code, "ground": "good_management", "reason": "管理好"}).status_code == 302
    entry = PositiveListEntry.objects.get()
    assert li.post(f"/positive/{entry.pk}/give_notice/").status_code == 302
    assert "公示至" in wu.get(f"/positive/{entry.pk}/").content.decode()
    place["at"] = AT + dt.timedelta(days=13)
    assert wu.post(f"/positive/{entry.pk}/enter/").status_code == 302
    assert positive.listing(power, place["at"].date()) == entry
    assert "不计" in li.get("/positive/?state=listed").content.decode()
    assert wu.post(f"/positive/{entry.pk}/remove/", {"removal": "accident", "why": "发生事件"}).status_code == 302
    assert positive.listing(power, place["at"].date()) is None and "发生突发环境事件" in wu.get(f"/positive/{entry.pk}/").content.decode()


def test_a_candidate_of_another_city_is_not_found(place):
    water = Facility.objects.get(name="云汐城市污水处理厂")
    answer = signed_in(officer("李明")).post("/positive/", {"facility": water.code, "ground": "livelihood", "reason": "x"})
    assert answer.status_code == 404 and not PositiveListEntry.objects.exists()


@pytest.mark.parametrize("address", ["/plans/", "/positive/"])
def test_the_lists_open_empty_and_ask_for_a_login(address, client):
    assert client.get(address).status_code == 302
    assert signed_in(officer("李明")).get(address).status_code == 200
