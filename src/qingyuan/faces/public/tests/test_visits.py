"""What an enterprise sees when it scans a task code, over the test client."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from qingyuan import clock
from qingyuan.records.dispatch import codes, sending
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.tests.cast_visits import AT, officer, sent
from qingyuan.records.dispatch.tests.conftest import province  # noqa: F401  shared by the file
from qingyuan.records.dispatch.visit_models import VisitCode

pytestmark = [pytest.mark.usefixtures("province", "db")]


@pytest.fixture
def row(settings, tmp_path, monkeypatch) -> VisitCode:
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)
    return codes.show_code(sent(), by=officer("李明"), at=AT)


def page(row: VisitCode, tail: str = "") -> str:
    return f"/visit/{row.code}/{tail}"


def test_a_scan_shows_people_basis_items_and_cap_without_a_login_and_keeps_nothing_in_a_cache(row):
    answer = Client().get(page(row))
    text = answer.content.decode()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    for said in ("李明", "王建国", "投诉举报", "排污许可证执行情况", "个案检查，不计入年度频次", "请核对来人", "noindex"):
        assert said in text
    assert "异味" not in text  # who complained about what is not told


def test_the_enterprise_confirms_and_the_inspectors_see_it(row):
    client = Client()
    answer = client.post(page(row, "enter/"), {"receiver": "陈厂长", "as_told": "1"})
    assert answer.status_code == 302
    assert "已确认入企" in client.get(answer.url).content.decode()
    assert client.post(page(row, "enter/"), {"receiver": "陈厂长", "as_told": "1"}).status_code == 409


@pytest.mark.parametrize(("given", "said"), [({}, "接待人"), ({"receiver": "陈", "as_told": "0"}, "哪里不一致"), ({"receiver": " " * 500, "as_told": "1"}, "接待人")])
def test_a_confirmation_that_cannot_be_used_comes_back_with_a_sentence(row, given, said):
    answer = Client().post(page(row, "enter/"), given)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert codes.find(row.code).entered_at is None


def test_an_unknown_code_says_what_to_do(row):
    for address in ("/visit/aaaaaaaaaaaaaaaaaaaaaaaaaa/", "/visit/x/", "/visit/?code=abc", "/visit/x/statement.json"):
        answer = Client().get(address)
        assert answer.status_code == 404 and "可以拒绝入企" in answer.content.decode(), address
    assert Client().post("/visit/x/enter/", {}).status_code == Client().post("/visit/x/rate/", {}).status_code == 404
    assert Client().get("/visit/").status_code == 200


def test_an_expired_and_a_withdrawn_code_open_no_gate(row, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(days=90))
    expired = Client().get(page(row))
    assert expired.status_code == 410 and "已过期" in expired.content.decode() and "确认入企" not in expired.content.decode().replace("再确认入企", "")
    monkeypatch.setattr(clock, "now", lambda: AT)
    codes.withdraw_code(row, why="手机丢失", by=officer("李明"), at=AT)
    withdrawn = Client().get(page(row))
    assert withdrawn.status_code == 410 and "手机丢失" in withdrawn.content.decode()
    assert Client().post(page(row, "enter/"), {"receiver": "陈", "as_told": "1"}).status_code == 409


def test_the_statement_can_be_kept_and_verified_without_us(row):
    import base64
    import hashlib

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    told = json.loads(Client().get(page(row, "statement.json")).content)
    body = json.dumps(told["statement"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["key"].split("+", 2)[2])[1:])
    key.verify(base64.b64decode(told["signature"]), b"qingyuan-visit-1\n" + body)
    assert hashlib.sha256(body).hexdigest() == told["sha256"]


def test_after_the_visit_it_may_be_rated_once_by_form(row):
    client = Client()
    assert client.post(page(row, "rate/"), dict.fromkeys(codes.QUESTIONS, "5")).status_code == 409
    Assignment.objects.filter(pk=row.assignment_id).update(state="finished")
    assert "匿名评价" in client.get(page(row)).content.decode()
    assert client.post(page(row, "rate/"), {"conduct": "9"}).status_code == 400
    assert client.post(page(row, "rate/"), dict.fromkeys(codes.QUESTIONS, "5")).status_code == 302
    assert "每次检查评价一次" in client.get(page(row)).content.decode()


def test_markup_from_the_enterprise_is_shown_as_text(row):
    Client().post(page(row, "enter/"), {"receiver": "<script>x</script>", "as_told": "0", "remark": "<img src=x>"})
    text = Client().get(page(row)).content.decode()
    assert "<script>x" not in text and "<img src=x" not in text


def test_a_merged_department_stands_on_the_page(row):
    place = row.assignment.facility
    other = sending.note_outside(facility=place, department="应急管理局", planned_on=AT.date(), items="安全", by=officer("李明"), at=AT)
    sending.merge_outside(other, into=row.assignment, by=officer("李明"), at=AT)
    codes.withdraw_code(row, why="加入联合部门", by=officer("李明"), at=AT)
    fresh = codes.show_code(row.assignment, by=officer("李明"), at=AT)
    assert "应急管理局" in Client().get(page(fresh)).content.decode()
