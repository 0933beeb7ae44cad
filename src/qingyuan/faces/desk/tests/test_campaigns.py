"""Campaigns, rounds, problems and notices over the test client."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qingyuan import clock
from qingyuan.records.dispatch.campaign_models import AssistanceRound, Campaign, Problem, SupervisionNotice
from qingyuan.records.dispatch.tests.cast_visits import AT, inspectors_of, officer, place, planner, published_campaign
from qingyuan.records.dispatch.tests.conftest import province  # noqa: F401  shared by the file
from qingyuan.records.registry.models import Division
from qingyuan.testing import PHOTO

from .test_pages import signed_in

pytestmark = [pytest.mark.usefixtures("province", "db")]


@pytest.fixture(autouse=True)
def here(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)


def test_a_campaign_from_draft_to_a_problem_struck_off_by_forms_alone():
    li, wu, wang = signed_in(officer("李明")), signed_in(officer("吴海涛")), signed_in(officer("王建国"))
    given = {"kind": "third_party", "title": "第三方整治", "began": "2026-09-01", "ended": "2026-10-31", "most": "5"}
    assert li.post("/campaigns/", given).status_code == 302
    row = Campaign.objects.get()
    base = f"/campaigns/{row.number}/"
    assert wu.post(base + "approve/").status_code == wu.post(base + "publish/").status_code == 302
    assert li.post(base + "targets/", {"source": "list", "priority": "1", "lines": place().code}).status_code == 302
    page = li.get(base).content.decode()
    assert "派发检查" in page and "LAB01" in page and "限 5" in page
    assert f'<option value="{row.number}" selected' in li.get("/gate/", {"facility": place().code, "basis": "campaign", "campaign": row.number}).content.decode()
    assert li.post(base + "problem/", {"kind": "ledger", "where": place().code, "description": "台账缺页"}).status_code == 302
    problem = Problem.objects.get()
    base = f"/problems/{problem.number}/"
    assert li.post(base + "hand_over/", {"note": "1号", "due_on": ""}).status_code == 302
    assert li.post(base + "proof/", {"files": SimpleUploadedFile("a.jpg", PHOTO, "image/jpeg")}).status_code == 302
    assert li.post(base + "rectify/", {"plan": "已补齐"}).status_code == 302
    assert li.post(base + "close/", {"why": "x"}).status_code == 409
    assert wang.post(base + "close/", {"why": "现场复核属实"}).status_code == 302
    assert "已销号" in li.get(base).content.decode() and problem.number in li.get("/problems/?state=closed").content.decode()
    assert wu.post(f"/campaigns/{row.number}/close/", {"report": "查 1 家"}).status_code == 302


def test_what_cannot_be_read_comes_back_with_a_sentence():
    li, row = signed_in(officer("李明")), published_campaign()
    base = f"/campaigns/{row.number}/"
    for step, given, said in [
        ("targets", {"source": "list", "priority": "1", "lines": "NOPE"}, "NOPE"), ("problem", {"kind": "ledger", "where": "NOPE", "description": "x"}, "没有登记"),
        ("problem", {"kind": "ghost", "where": "x", "description": "x"}, "ghost"),
    ]:  # fmt: skip
        answer = li.post(base + f"{step}/", given)
        assert answer.status_code == 400 and said in answer.content.decode(), (step, said)
    assert li.post(base + "fly/").status_code == 400 and not Problem.objects.exists()
    assert li.post("/campaigns/", {"kind": "x"}).status_code == 400


def test_a_case_number_nobody_knows_is_refused_and_a_clue_is_opened_by_one_button():
    li, row = signed_in(officer("李明")), published_campaign()
    li.post(f"/campaigns/{row.number}/problem/", {"kind": "fake_data", "where": place().code, "description": "管路加装过滤"})
    base = f"/problems/{Problem.objects.get().number}/"
    answer = li.post(base + "further/", {"case_number": "清环罚〔2026〕999号"})
    assert answer.status_code == 400 and "没有编号为" in answer.content.decode()
    assert li.post(base + "further/", {"transferred": "清源市公安局 1号"}).status_code == 302
    assert li.post(base + "to_clue/").status_code == 302 and "转为线索" in li.get(base).content.decode()


def test_a_round_is_planned_begun_and_ended_and_a_stranger_does_not_find_it():
    boss, (lead, other) = signed_in(planner()), inspectors_of("9901")
    given = {
        "mode": "on_site", "theme": "秋冬季帮扶", "division": "990200000000", "began": "2026-09-15", "ended": "2026-09-29", "lead": lead.pk, "team": [other.pk], "campaign": "",
    }  # fmt: skip
    assert boss.post("/rounds/", {**given, "division": "990100000000"}).status_code == 409
    assert boss.post("/rounds/", given).status_code == 302
    row = AssistanceRound.objects.get()
    assert boss.post(f"/rounds/{row.number}/begin/").status_code == 302
    member = signed_in(lead)
    assert member.post(f"/rounds/{row.number}/problem/", {"kind": "truck", "where": "国道收费站", "description": "尿素未喷"}).status_code == 302
    assert "国道收费站" in member.get(f"/rounds/{row.number}/").content.decode()
    assert signed_in(inspectors_of("9903")[0]).get(f"/rounds/{row.number}/").status_code == 404
    assert boss.post(f"/rounds/{row.number}/end/").status_code == 409


def test_a_notice_is_signed_by_a_leader_above_and_answered():
    li, boss = signed_in(officer("李明")), signed_in(planner())
    row = published_campaign()
    li.post(f"/campaigns/{row.number}/problem/", {"kind": "dust", "where": place().code, "description": "扬尘"})
    problem = Problem.objects.get()
    li.post(f"/problems/{problem.number}/hand_over/", {"note": "1号"})
    given = {"division": "990100000000", "problems": [problem.pk], "content": "长期未解决", "reply_by": "2026-10-15"}
    assert boss.post("/notices/", given).status_code == 302
    notice = SupervisionNotice.objects.get()
    assert notice.number in boss.get("/notices/").content.decode()
    assert boss.post(f"/notices/{notice.number}/answer/", {"text": "已部署"}).status_code == 302
    assert boss.post(f"/notices/{notice.number}/close/", {"text": "办结"}).status_code == 409
    assert Division.objects.get(code="990100000000").name in boss.get(f"/notices/{notice.number}/").content.decode()


@pytest.mark.parametrize("address", ["/campaigns/", "/rounds/", "/problems/", "/notices/"])
def test_the_lists_open_empty_and_ask_for_a_login(address, client):
    assert client.get(address).status_code == 302
    assert signed_in(officer("李明")).get(address).status_code == 200
