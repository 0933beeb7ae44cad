"""After the visit, team, calendar, credit grades, agreements, alerts and key areas over the test client."""

from __future__ import annotations

import pytest

from qingyuan import clock
from qingyuan.records.dispatch.alert_models import Alert
from qingyuan.records.dispatch.joint_models import Agreement, SharedClue
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.result_models import CreditGrade, Leave, VisitResult
from qingyuan.records.dispatch.tests.cast_visits import AT, officer, place, sent
from qingyuan.records.dispatch.tests.conftest import province  # noqa: F401  shared by the file
from qingyuan.records.dispatch.tests.test_joint import reserve
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.inspections.models import CorrectionOrder

from .test_pages import signed_in

pytestmark = [pytest.mark.usefixtures("province", "db")]
PAGES = ["/aftermath/", "/team/", "/calendar/", "/credit-grades/", "/agreements/", "/alerts/", "/areas/"]


@pytest.fixture(autouse=True)
def here(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)


def visited() -> Assignment:
    """A visit that found a violation and ordered a correction."""
    li, task = officer("李明"), sent()
    visit = inspections.open_inspection(task, by=li, at=AT)
    said = dict.fromkeys(("production", "permits", "treatment", "facts"), "正常")
    inspections.record(visit, **said, person_on_site="陈厂长", was_certificate_shown=True, was_told_of_recusal=True, was_signed=True, by=li, at=AT)
    inspections.conclude(visit, conclusion="violation", why="堆场未覆盖", by=li, at=AT)
    inspections.order_correction(visit, requirement="覆盖堆场", correct_by=AT.date(), by=li, at=AT)
    return task


def test_the_lists_open_empty_and_ask_for_a_login(client):
    li = signed_in(officer("李明"))
    for address in PAGES:
        assert client.get(address).status_code == 302
        assert li.get(address).status_code == 200, address
    assert li.get("/calendar/?year=abc").status_code == 400


def test_a_correction_is_checked_again_and_a_result_goes_public_by_two_people():
    task, li, zheng = visited(), signed_in(officer("李明")), signed_in(officer("郑静"))
    page = li.get("/aftermath/").content.decode()
    assert "覆盖堆场" in page and "派发复查任务" in page and place().name in page
    order = CorrectionOrder.objects.get()
    assert li.post(f"/aftermath/orders/{order.pk}/", {"note": ""}).status_code == 400
    assert li.post(f"/aftermath/orders/{order.pk}/", {"note": "已覆盖"}).status_code == 302
    assert li.post(f"/aftermath/orders/{order.pk}/", {"note": "再来"}).status_code == 404
    assert li.post(f"/aftermath/tasks/{task.number}/", {"result": "x"}).status_code == 400
    assert li.post(f"/aftermath/tasks/{task.number}/", {"result": "corrected", "note": "已责令改正"}).status_code == 302
    row = VisitResult.objects.get()
    assert li.post(f"/aftermath/results/{row.pk}/publish/").status_code == 409
    assert zheng.post(f"/aftermath/results/{row.pk}/publish/").status_code == 302
    public = li.get("/public/inspections/").content.decode()
    assert place().name in public and "发现问题已责令改正" in public and "李明" not in public
    assert place().name in li.get("/public/inspections.csv").content.decode("utf-8-sig")
    assert signed_in(officer("冯永福", "9902")).post(f"/aftermath/results/{row.pk}/publish/").status_code == 404


def test_the_team_page_shows_who_is_on_site_and_takes_leave():
    visited()
    Assignment.objects.update(state="started")
    wu = signed_in(officer("吴海涛"))
    page = wu.get("/team/").content.decode()
    assert place().name in page and "不定位" in page
    given = {"officer": officer("冯磊").pk, "began": "2026-09-15", "ended": "2026-09-18", "why": "年休假"}
    assert wu.post("/team/", {**given, "ended": "2026-09-01"}).status_code == 400
    assert wu.post("/team/", given).status_code == 302 and Leave.objects.count() == 1 and "请假" in wu.get("/team/").content.decode()


def test_credit_grades_are_handed_in_all_or_none():
    li = signed_in(officer("李明"))
    answer = li.post("/credit-grades/", {"source": "省信用系统", "lines": f"{place().code},红,2026-01-01\nNOPE,红,2026-01-01"})
    assert answer.status_code == 400 and "第2行" in answer.content.decode() and not CreditGrade.objects.exists()
    assert li.post("/credit-grades/", {"source": "省信用系统", "lines": f"{place().code},红,2026-01-01"}).status_code == 302
    assert "红（不良）" in li.get("/credit-grades/").content.decode()


def test_an_agreement_shares_a_clue_and_answers_it_by_forms():
    li = signed_in(officer("李明"))
    given = {"kind": "police", "title": "生态警务协议", "parties": "清源市公安局", "shares": "线索", "contacts": "", "checks_per_year": "2", "signed_on": "2026-01-01", "valid_to": ""}
    assert li.post("/agreements/", given).status_code == 302
    base = f"/agreements/{Agreement.objects.get().number}/"
    assert li.post(base + "share/", {"direction": "in", "party": "清源市公安局", "content": "偷排", "facility": place().code, "clue": ""}).status_code == 302
    shared = SharedClue.objects.get()
    assert shared.clue.number in li.get(base).content.decode()
    assert li.post(f"{base}{shared.pk}/receive/", {"text": "李明"}).status_code == li.post(f"{base}{shared.pk}/answer/", {"text": "已查"}).status_code == 302
    assert li.post(f"{base}{shared.pk}/answer/", {"text": "已查"}).status_code == 409
    assert li.post(base + "recognise/", {"direction": "in", "party": "清源市公安局", "name": "笔录", "digest": "x", "why": "合法"}).status_code == 400
    assert li.post(base + "dance/").status_code == 400 and signed_in(officer("冯永福", "9902")).get(base).status_code == 404


def test_an_alert_lists_each_enterprise_and_takes_the_check():
    li = signed_in(officer("李明"))
    given = {"kind": "heavy_pollution", "level": "orange", "title": "橙色预警", "document": "1号", "division": "990100000000", "began_at": "2026-09-15 08:00"}
    assert li.post("/alerts/", {**given, "level": "event"}).status_code == 400
    assert li.post("/alerts/", given).status_code == 302
    row = Alert.objects.get()
    firm = row.firms.get(facility=place())
    assert li.post(f"/alerts/{row.number}/{firm.pk}/check/", {"way": "power", "is_met": "0", "found": "未降"}).status_code == 302
    page = li.get(f"/alerts/{row.number}/").content.decode()
    assert "先办未落实的 1 家" in page and "停止矿山爆破" in page
    assert li.post(f"/alerts/{row.number}/end/").status_code == 302
    assert signed_in(officer("冯永福", "9902")).get(f"/alerts/{row.number}/").status_code == 404


def test_a_key_area_is_planned_and_walked_by_forms():
    li, row = signed_in(officer("李明")), reserve()
    assert row.name in li.get("/areas/").content.decode()
    assert li.post(f"/areas/{row.pk}/plan/", {"times": "4", "officer": officer("李明").pk, "pack": "nature_reserve", "content": "每季度"}).status_code == 302
    assert li.post(f"/areas/{row.pk}/patrol/", {"on": "2026-09-16", "found": "x"}).status_code == 400
    assert li.post(f"/areas/{row.pk}/patrol/", {"on": "2026-09-15", "found": "正常"}).status_code == 302
    page = li.get(f"/areas/{row.pk}/").content.decode()
    assert "NAT01" in page and place().name in page
    assert len(li.get(f"/areas/{row.pk}/places.json").json()["places"]["features"]) == 1
