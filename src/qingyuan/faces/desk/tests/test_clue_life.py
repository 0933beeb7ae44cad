"""Clues on the desk: written down by hand, asked about, waiting, suppressed, counted; the firm answers without a login."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qingyuan import clock
from qingyuan.clock import CHINA
from qingyuan.engines.ledger import bundle
from qingyuan.errors import NotAllowed, QingyuanError
from qingyuan.records.cases import filing
from qingyuan.records.clues import actions, answers, planting
from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.stage_models import AnswerRequest, EarlyWarning
from qingyuan.records.clues.suppression_models import Suppression
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import PHOTO, small_province

from .test_pages import officer, signed_in

AT = dt.datetime(2026, 9, 15, 13, tzinfo=CHINA)
pytestmark = pytest.mark.django_db
PAGES = ["/", "/clues/", "/clues/?queue=waiting&source=uav", "/clues/new/", "/clues/new/?source=uav", "/station/", "/capacity/", "/yields/", "/yields/?by=source", "/suppressions/", "/liaison/"]


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)
    small_province(AT)
    planting.plant_clues(AT)


@pytest.fixture
def li(world) -> Client:
    return signed_in(officer("李明"))


def photo(name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PHOTO, "image/jpeg")


def of(source: str) -> Clue:
    return Clue.objects.get(source=source)


def test_the_demo_shows_clues_of_many_sources_and_all_four_grades(world):
    assert set(Clue.objects.values_list("severity", flat=True)) == {"red", "orange", "yellow", "blue"}
    assert Clue.objects.values("source").distinct().count() >= 7 and planting.plant_clues(AT) == 0


def test_every_new_page_answers_and_a_stranger_is_sent_to_the_login(li):
    for page in PAGES:
        assert li.get(page).status_code == 200, page
        assert Client().get(page).status_code == 302, page
    for clue in Clue.objects.filter(city_code="990100000000"):
        assert li.get(f"/clues/{clue.number}/").status_code == 200


def test_a_clue_is_written_down_by_hand_and_a_bad_form_comes_back_with_its_words(li):
    given = {
        "source": "grid", "fact-seen_at": "2026-09-15 09:00", "fact-seen": "排口有白沫", "fact-position": "112.93,28.22", "fact-reporter": "张网格", "title": "河边排口白沫",
        "severity": "yellow", "began": "2026-09-15 09:00", "place": "河边", "division": "990100000000",
    }  # fmt: skip
    bad = li.post("/clues/new/?source=grid", {**given, "fact-position": "河边"})
    assert bad.status_code == 400 and "不是位置" in bad.content.decode() and not Clue.objects.filter(source="grid").exists()
    unknown = li.post("/clues/new/?source=grid", {**given, "facility": "nobody"})
    assert "没有这一编码的污染源" in unknown.content.decode()
    done = li.post("/clues/new/?source=grid", {**given, "files": photo()})
    clue = of("grid")
    assert done.url == f"/clues/{clue.number}/" and clue.docket.evidence.count() == 1 and "认定污染源" in li.get(done.url).content.decode()


def test_the_page_says_that_a_satellite_alone_proves_nothing_and_what_is_next(li):
    page = li.get(f"/clues/{of('remote_sensing').number}/").content.decode()
    assert "不得单独作为处罚依据" in page and "研判：受理或者不予受理" in page


def test_the_firm_answers_by_its_link_without_a_login_and_the_desk_assesses(li):
    clue = of("complaint")
    li.post(f"/clues/{clue.number}/ask_firm/", {"questions": "夜间是否生产\n气味来源", "wanted": "生产记录"})
    request = AnswerRequest.objects.get(clue=clue)
    link, firm = urlsplit(answers.link_of(request)).path, Client()
    page = firm.get(link).content.decode()
    assert "夜间是否生产" in page and "请勿转发" in page
    half = firm.post(link, {"said-0": "是", "said-1": " ", "by_firm": "刘芳", "phone": "139"})
    assert half.status_code == 400 and AnswerRequest.objects.get(pk=request.pk).state == "asked"
    firm.post(link, {"said-0": "是", "said-1": "<script>alert(1)</script>", "by_firm": "刘芳", "phone": "139", "files": [photo("记录.jpg")]})
    request.refresh_from_db()
    assert request.state == "answered" and request.files.count() == 1 and "等待审核" in firm.get(link).content.decode()
    shown = li.get(f"/clues/{clue.number}/").content.decode()
    assert "审核企业的说明" in shown and "<script>alert" not in shown
    li.post(f"/clues/answers/{request.pk}/assess/", {"why": "记录相符", "verdict": "yes"})
    request.refresh_from_db()
    assert request.state == "accepted"
    forged = firm.get(link[:-3] + "xx/")
    assert forged.status_code == 404 and "链接无效" in forged.content.decode()


def test_the_shortest_path_for_one_who_has_all_is_accept_and_send(li):
    clue = of("complaint")
    li.post(f"/clues/{clue.number}/accept/", {})
    pair = [officer(name).pk for name in ("李明", "王建国")]
    assert li.post(f"/clues/{clue.number}/verify/", {"inspectors": pair}).url == f"/clues/{clue.number}/"
    clue.refresh_from_db()
    assert (clue.state, clue.on_site_ground) == ("verified", "people_saw")


def test_every_step_of_the_off_site_stage_can_be_taken_from_the_page(li):
    clue = of("remote_sensing")
    place = Facility.objects.get(name="清河水泥有限公司")
    li.post(f"/clues/{clue.number}/identify/", {"facility": place.code, "why": "图斑落在厂界内"})
    li.post(f"/clues/{clue.number}/accept/", {})
    assert "还没有非现场核查" in li.get(f"/clues/{clue.number}/").content.decode()
    silent = li.post(f"/clues/{clue.number}/check_remotely/", {"way": "video_call", "minutes": 12, "found": "看了堆场", "result": "problem"})
    assert silent.status_code == 400 and "对方是谁" in silent.content.decode()
    li.post(f"/clues/{clue.number}/check_remotely/", {"way": "video_call", "minutes": 12, "people": "厂长", "found": "看了堆场", "result": "problem", "file": photo("录像.jpg")})
    page = li.get(f"/clues/{clue.number}/").content.decode()
    assert "非现场核查后仍需到场" in page and "录像.jpg" in page
    li.post(f"/clues/{clue.number}/papers/", {"source": "卫星中心", "files": [photo("前后影像.jpg")]})
    assert clue.docket.evidence.count() == 2 or Clue.objects.get(pk=clue.pk).docket.evidence.count() >= 2


def test_a_case_on_a_satellite_picture_needs_something_taken_on_site(world):
    """行政处罚法第41条; the guard stands at the filing of the case."""
    clue, person = of("remote_sensing"), officer("李明")
    actions.identify(clue, facility=Facility.objects.get(name="清河水泥有限公司"), why="落在厂界内", by=person, at=AT)
    actions.accept(clue, by=person, at=AT)
    with pytest.raises(NotAllowed, match="还没有非现场核查"):
        dispatch.assign(clue=clue, inspectors=[person, officer("王建国")], by=person, at=AT)
    actions.go_on_site(clue, ground="must_sample", why="须勘测", by=person, at=AT)
    visit = inspections.open_inspection(dispatch.assign(clue=clue, inspectors=[person, officer("王建国")], by=person, at=AT), by=person, at=AT)
    lacking = filing.why_not_file(visit, by=person, on=AT.date(), act_ended=None)
    assert any("不得单独作为处罚依据" in reason and "不能据此立案" in reason for reason in lacking)
    inspections.take_photo(visit, name="现场.jpg", content=PHOTO, by=person, at=AT)
    assert not any("不能据此立案" in reason for reason in filing.why_not_file(visit, by=person, on=AT.date(), act_ended=None))


def test_a_transferred_clue_leaves_the_list_with_a_word(li):
    clue = of("tower_video")
    to = Officer.objects.filter(agency__code="A9902").first().agency
    done = li.post(f"/clues/{clue.number}/transfer/", {"to": to.pk, "why": "在邻市"})
    assert done.url == "/clues/" and "已转办" in li.get("/clues/").content.decode() and li.get(f"/clues/{clue.number}/").status_code == 404


def test_the_analyst_warns_from_the_station_and_others_are_told_who_does(li):
    clue = of("complaint")
    assert "由技术中心研判员办理" in li.get("/station/").content.decode()
    han = signed_in(Officer.objects.get(name=planting.ANALYST))
    bad = han.post(f"/station/{clue.number}/warn/", {"tier": "orange", "text": "异味", "to_firm": "", "to_county": ""})
    assert bad.status_code == 400 and "企业、属地" in bad.content.decode()
    han.post(f"/station/{clue.number}/warn/", {"tier": "orange", "text": "夜间异味，请说明", "to_firm": "on", "to_county": "on"})
    warning = EarlyWarning.objects.get(clue=clue)
    assert warning.request.state == "asked" and "尚未签收" in li.get(f"/clues/{clue.number}/").content.decode()
    li.post(f"/warnings/{warning.pk}/receive/")
    warning.refresh_from_db()
    assert warning.received_by == officer("李明")


def test_less_capacity_makes_clues_wait_in_the_open_and_a_leader_lets_one_out(li):
    leader = signed_in(officer("吴海涛"))
    for person in duty.members_of(officer("李明").agency):
        leader.post("/capacity/declare/", {"officer": person.pk, "week": "2026-09-15", "clues": 0})
    waiting = Clue.objects.filter(released_at=None, agency__code="A9901").first()
    page = li.get("/capacity/").content.decode()
    assert waiting.title in page and "命中率" in page and "条等候" in page
    told = li.get(f"/clues/{waiting.number}/").content.decode()
    assert "等候" in told and "第 1 位" in told or "位，共" in told
    assert li.post(f"/clues/{waiting.number}/accept/", {}).status_code in (403, 409)
    leader.post(f"/clues/{waiting.number}/release/", {"why": "市长批示"})
    waiting.refresh_from_db()
    assert waiting.released_at == AT
    shift = leader.post("/capacity/shift/", {"officer": officer("李明").pk, "began_at": "2026-10-01 17:30", "ended_at": "2026-09-30 17:30"})
    assert shift.status_code == 400 and "先起后止" in shift.content.decode()


def test_a_suppression_is_proposed_by_one_and_approved_by_another(li):
    row = Suppression.objects.get()
    leader = signed_in(officer("吴海涛"))
    assert li.post(f"/suppressions/{row.pk}/approve/", {}).status_code in (403, 409)
    leader.post(f"/suppressions/{row.pk}/approve/", {"why": "同意"})
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("approved", officer("吴海涛"))
    bad = li.post("/suppressions/", {"rule": "offline", "began_at": "2026-09-15 08:00", "expires_at": "2027-09-15 08:00", "cause": "known_work", "why": "检修"})
    assert bad.status_code == 400 and "不超过 90 天" in bad.content.decode()


def test_figures_bulletins_and_lists_come_as_files(li):
    table = li.get("/yields/table.csv?by=source").content.decode()
    assert "群众举报,1" in table and "合计" in table
    li.post("/liaison/bulletins/", {"kind": "monthly", "began": "2026-09-01", "ended": "2026-09-15"})
    page = li.get("/liaison/").content.decode()
    link = page.split('href="/liaison/bulletins/')[1].split('"')[0]
    assert li.get(f"/liaison/bulletins/{link}").content.startswith(b"%PDF-")
    refused = li.post("/liaison/bulletins/", {"kind": "monthly", "began": "2026-09-15", "ended": "2026-09-01"})
    assert refused.status_code == 400 and "先起后止" in refused.content.decode()


def test_one_click_gives_a_bundle_that_a_stranger_can_verify(li, tmp_path):
    """Without telemetry behind it the bundle holds the papers and the trail; nothing in it can be changed unseen."""
    clue = of("police")
    answer = li.post(f"/clues/{clue.number}/bundle/")
    file = tmp_path / "b.zip"
    file.write_bytes(answer.content)
    told = bundle.verify(file)
    assert told.manifest["about"]["number"] == clue.number and any(row["name"] == "files/clue.json" for row in told.manifest["files"])
    broken = bytearray(answer.content)
    broken[len(broken) // 3] ^= 1
    file.write_bytes(bytes(broken))
    with pytest.raises(QingyuanError):
        bundle.verify(file)


def test_a_clue_of_another_city_and_its_answer_are_not_shown(world):
    stranger = signed_in(next(one for one in Officer.objects.filter(agency__division__code__startswith="9902") if one.has_role("inspector")))
    request = AnswerRequest.objects.get()
    assert stranger.get(f"/clues/{of('police').number}/").status_code == 404
    assert stranger.post(f"/clues/answers/{request.pk}/assess/", {"why": "x", "verdict": "yes"}).status_code == 404
    assert stranger.post(f"/clues/{of('police').number}/bundle/").status_code == 404
