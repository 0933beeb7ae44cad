"""The gate and the task code over the test client."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan import clock
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.tests.cast_visits import AT, officer, place, sent
from qingyuan.records.dispatch.tests.conftest import province  # noqa: F401  shared by the file
from qingyuan.records.dispatch.visit_models import OutsideVisit, VisitCode

from .test_pages import signed_in

pytestmark = [pytest.mark.usefixtures("province", "db")]


@pytest.fixture(autouse=True)
def here(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)


def form(**given) -> dict:
    return {"basis": "complaint", "reason": "群众反映异味", "items": ["EE-I03"], "inspectors": [officer("李明").pk, officer("王建国").pk], "mode": "ordinary", **given}


def test_search_then_gate_then_task_then_code_by_forms_alone():
    li = signed_in(officer("李明"))
    assert place().code in li.get("/gate/", {"words": "清河水泥"}).content.decode()
    assert "入企前核对" in li.get("/gate/", {"facility": place().code}).content.decode()
    assert li.post(f"/gate/{place().code}/send/", form()).status_code == 302
    task = Assignment.objects.get()
    page = li.get(f"/tasks/{task.number}/").content.decode()
    assert "入企前核对" in page and "出示任务码" in page and "大气污染物排放与治理设施运行" in page
    assert li.post(f"/tasks/{task.number}/code/").status_code == 302
    shown = li.get(f"/tasks/{task.number}/code/").content.decode()
    assert f"/visit/{VisitCode.objects.get().code}/" in shown and "<svg" in shown
    assert li.post(f"/tasks/{task.number}/code/withdraw/", {"why": "换手机"}).status_code == 302
    assert VisitCode.objects.get().withdrawn_why == "换手机"


def test_a_refusal_comes_back_on_the_form_with_what_was_typed():
    li = signed_in(officer("李明"))
    answer = li.post(f"/gate/{place().code}/send/", form(basis="campaign", reason="我写的事由", items=["EE-I03"], inspectors=[officer("李明").pk]))
    text = answer.content.decode()
    assert answer.status_code == 409 and "现有1人" in text and "我写的事由" in text
    answer = li.post(f"/gate/{place().code}/send/", form(items=["EE-X1"]))
    assert answer.status_code == 400 and not Assignment.objects.exists()


def test_another_departments_visit_is_noted_offered_and_merged():
    li = signed_in(officer("李明"))
    given = {"department": "应急管理局", "planned_on": (AT.date() + dt.timedelta(days=3)).isoformat(), "items": "安全生产", "contact": ""}
    assert li.post(f"/gate/{place().code}/outside/", given).status_code == 302
    again = li.post(f"/gate/{place().code}/outside/", given)
    assert again.status_code == 400 and "已经登记" in again.content.decode()
    row = OutsideVisit.objects.get()
    assert "应急管理局" in li.get("/gate/", {"facility": place().code}).content.decode()
    assert li.post(f"/gate/{place().code}/send/", form(merge=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.merged_into == Assignment.objects.get()


def test_a_task_already_out_takes_another_department_along():
    from qingyuan.records.dispatch import sending

    li, task = signed_in(officer("李明")), sent()
    row = sending.note_outside(facility=place(), department="应急管理局", planned_on=AT.date(), items="安全", by=officer("李明"), at=AT)
    assert "并入本次检查" in li.get(f"/tasks/{task.number}/").content.decode()
    assert li.post(f"/tasks/{task.number}/merge/{row.pk}/").status_code == 302
    assert signed_in(officer("冯永福", "9902")).post(f"/tasks/{task.number}/merge/{row.pk}/").status_code == 404


def test_a_place_of_another_city_is_not_found():
    assert signed_in(officer("李明")).get("/gate/", {"facility": place("云汐城市污水处理厂").code}).status_code == 404


def test_a_surprise_check_is_revealed_by_its_planner_and_found_by_nobody_before():
    li, wang = signed_in(officer("李明")), signed_in(officer("王建国"))
    assert li.post(f"/gate/{place().code}/send/", form(is_surprise="on")).status_code == 302
    task = Assignment.objects.get()
    assert wang.get(f"/tasks/{task.number}/").status_code == 404
    assert li.post(f"/tasks/{task.number}/reveal/").status_code == 302
    assert wang.get(f"/tasks/{task.number}/").status_code == 200
    assert signed_in(officer("吴海涛")).get(f"/tasks/{task.number}/").status_code == 404


@pytest.mark.parametrize("address", ["/gate/", "/tasks/RW202609150001/code/"])
def test_the_gate_asks_for_a_login(address, client):
    assert client.get(address).status_code == 302


def test_the_burden_pages_say_what_stands_first_and_how_it_was_counted():
    task = sent()
    Assignment.objects.filter(pk=task.pk).update(state="finished")
    li = signed_in(officer("李明"))
    text = li.get("/burden/").content.decode()
    assert place().name in text and "怎么算的" in text and "满 5 份才显示" in text
    assert task.number in li.get(f"/burden/{place().code}/").content.decode()
    assert li.get("/burden/?year=19x").status_code == li.get("/burden/?year=2999").status_code == 400
    assert li.get(f"/burden/{place('云汐城市污水处理厂').code}/").status_code == 404
    assert li.get("/burden/?page=99&words=%27").status_code == 200


def test_items_named_before_entry_end_the_code_that_said_otherwise():
    li, task = signed_in(officer("李明")), sent(items=[])
    li.post(f"/tasks/{task.number}/code/")
    assert li.post(f"/tasks/{task.number}/set_items/", {"items": []}).status_code == 400
    assert li.post(f"/tasks/{task.number}/set_items/", {"items": ["EE-I05"]}).status_code == 302
    assert VisitCode.objects.get().withdrawn_why == "检查事项变更，已换新码"
    li.post(f"/tasks/{task.number}/code/")
    assert VisitCode.objects.latest("pk").told["items"][0]["code"] == "EE-I05"


def test_a_problem_seen_on_the_visit_goes_into_the_ledger_from_the_task():
    from qingyuan.records.dispatch.campaign_models import Problem
    from qingyuan.records.dispatch.tests.cast_visits import published_campaign

    campaign = published_campaign(kind="third_party")
    li, task = signed_in(officer("李明")), sent(basis="campaign", campaign=campaign)
    assert li.post(f"/tasks/{task.number}/open_inspection/").status_code == 302
    given = {"kind": "fake_data", "gravity": "", "point": "AUT01", "description": "管路加装过滤"}
    assert li.post(f"/tasks/{task.number}/note_problem/", {**given, "point": "XXX"}).status_code == 400
    assert li.post(f"/tasks/{task.number}/note_problem/", given).status_code == 302
    row = Problem.objects.get()
    assert (row.assignment, row.campaign, row.point, row.gravity) == (task, campaign, "AUT01", "suspected")


def test_people_sent_from_another_city_work_on_their_task_and_their_colleagues_do_not_see_it():
    from qingyuan.records.dispatch.tests.cast_visits import inspectors_of, planner

    team = inspectors_of("9902")
    task = sent(mode="mobile", authority_letter="示环执〔2026〕5号", inspectors=team, by=planner())
    guest = signed_in(team[0])
    assert guest.post(f"/tasks/{task.number}/open_inspection/").status_code == 302
    assert "收入照片和材料" in guest.get(f"/tasks/{task.number}/").content.decode()
    assert signed_in(officer("孙立军", "9901")).get(f"/tasks/{task.number}/").status_code == 200
    other = next(one for one in type(team[0]).objects.filter(agency__division__code__startswith="9902").exclude(pk__in=[one.pk for one in team]))
    assert signed_in(other).get(f"/tasks/{task.number}/").status_code == 404


def test_evidence_of_cross_work_goes_to_the_local_body_against_a_receipt_and_comes_back_as_a_report():
    from django.core.files.uploadedfile import SimpleUploadedFile

    from qingyuan.records.dispatch.tests.cast_visits import inspectors_of, planner
    from qingyuan.testing import PHOTO

    team = inspectors_of("9902")
    task = sent(mode="mobile", authority_letter="示环执〔2026〕5号", inspectors=team, by=planner())
    guest, local, base = signed_in(team[0]), signed_in(officer("李明")), f"/tasks/{task.number}/"
    guest.post(base + "open_inspection/")
    assert guest.post(base + "hand_evidence/", {"note": ""}).status_code == 400  # nothing was taken yet
    guest.post(base + "take_photo/", {"files": SimpleUploadedFile("a.jpg", PHOTO, "image/jpeg")})
    assert guest.post(base + "hand_evidence/", {"note": ""}).status_code == 302
    assert guest.post(base + "receive_evidence/").status_code == 409 and local.post(base + "report_handover/", {"text": "x"}).status_code == 400
    assert local.post(base + "receive_evidence/").status_code == 302
    assert local.post(base + "report_handover/", {"text": "已立案"}).status_code == 302
    page = guest.get(base).content.decode()
    assert "办理结果：已立案" in page and "a.jpg" in page


def test_an_emergency_campaign_is_outside_the_cap_and_an_ordinary_one_cannot_pretend_to_be_one():
    from qingyuan.errors import NotAllowed
    from qingyuan.records.dispatch.tests.cast_draws import approved_plan
    from qingyuan.records.dispatch.tests.cast_visits import published_campaign

    approved_plan(frequency_cap=1)
    first = sent(basis="campaign", campaign=published_campaign())
    Assignment.objects.filter(pk=first.pk).update(state="finished", issued_on=dt.date(2026, 3, 1))
    with pytest.raises(NotAllowed, match="不是应急类专项"):
        sent(basis="response", campaign=published_campaign())
    task = sent(basis="response", campaign=published_campaign(kind="epidemic"), items=[])
    assert "EE-I12" in task.items and task.campaign.packs == ["epidemic_medical", "epidemic_market", "epidemic_port"]


def test_the_burden_map_says_the_same_as_the_list():
    Assignment.objects.filter(pk=sent().pk).update(state="finished")
    told = signed_in(officer("李明")).get("/burden/places.json").json()["places"]["features"]
    assert [(one["properties"]["name"], one["properties"]["open"]) for one in told] == [(place().name, 0)] and "入企 1 次" in told[0]["properties"]["note"]
