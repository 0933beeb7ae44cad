"""The desk of the command centre: everybody sees their own division, on the map and in the lists; what is missing is said."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from qingyuan import clock, imports
from qingyuan.clock import CHINA
from qingyuan.engines.province import geography
from qingyuan.engines.province.small import small
from qingyuan.faces.desk import tiles
from qingyuan.faces.desk.command_layers import LAYERS
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.load import load_plan
from qingyuan.records.registry.models import Division, Officer, SectionReading
from qingyuan.records.reports import basin, sightings
from qingyuan.records.reports.models import Incident, Sighting, SupportCall
from qingyuan.testing import PHOTO

AT = dt.datetime(2026, 9, 15, 13, 20, tzinfo=CHINA)
PASSWORD = "a-long-test-password"


@pytest.fixture
def world(db, settings, tmp_path, monkeypatch):
    """The small province with borders, a river and its section, a control unit, two sightings; the clock stands."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)
    plan = small(1, AT)
    load_plan(plan, boundaries={row["properties"]["code"]: row["geometry"] for row in geography.geojson(plan)["features"]}, passwords={person.certificate: PASSWORD for person in plan.people})
    take("rivers", "code,name,kind,river,river_name,lon,lat,downstream,km,velocity,target_class\nZ1,源头,source,Z1,清水河,104.0,36.62,Z2,12,0.5,\nZ2,清河断面,section,Z1,清水河,104.05,36.60,,0,0.5,3\n")
    for hours in range(0, 240, 4):
        SectionReading.objects.create(place_id=Division.objects.count() and basin.RiverPlace.objects.get(code="Z2").pk, factor="w21003", at=AT.replace(minute=0) - dt.timedelta(hours=hours), value=1.8 if hours < 8 else 0.5, way="auto", received_at=AT)
    square = {"type": "Polygon", "coordinates": [[[104.0, 36.55], [104.1, 36.55], [104.1, 36.65], [104.0, 36.65], [104.0, 36.55]]]}
    unit = {"kind": "control_unit", "code": "ZH1", "name": "清河重点管控单元", "requirements": [{"dimension": "layout", "text": "禁止新建化工项目"}]}
    take("areas", json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": unit, "geometry": square}]}))
    for key, place, lon, lat in (("a", "清河区", 104.05, 36.6), ("b", "临江区", 105.12, 36.30)):
        sightings.register(kind="patch", key=key, title=f"{place}图斑", division=Division.objects.get(name=place), lon=lon, lat=lat, seen_at=AT - dt.timedelta(days=1), at=AT, by=None, subject="mining")
    return plan


def take(kind, content):
    return imports.take(kind, name="file", content=content.encode(), by=None, at=AT)


@pytest.fixture
def li(world, client):
    return signed_in(client, "李明")


def signed_in(client, name):
    officer = Officer.objects.get(name=name, agency__division__code="990100000000")
    client.force_login(officer.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", ["command", "sightings", "basin", "projects", "sources", "imports"])
def test_every_page_opens_and_names_its_division(li, name):
    answer = li.get(reverse(f"desk:{name}"))
    assert answer.status_code == 200 and "清源市" in answer.content.decode()


def test_the_map_holds_what_lies_in_the_viewers_division_and_nothing_else(li, world):
    told = li.get(reverse("desk:command_live")).json()
    assert set(told["layers"]) == set(LAYERS) and told["at"] == int(AT.timestamp())
    mine = {one.code for one in world.facilities if one.division.startswith("9901")}
    assert {row["properties"]["c"] for row in told["layers"]["sources"]["features"]} == mine
    assert [row["properties"]["name"] for row in told["layers"]["sightings"]["features"]] == ["清河区图斑"]
    assert {row["properties"]["name"]: row["properties"]["bad"] for row in told["layers"]["sections"]["features"]}["清河断面"] == 0 and len(told["layers"]["units"]["features"]) == 1
    ground = li.get(reverse("desk:command_ground")).json()
    assert all(row["properties"]["code"].startswith("9901") for row in ground["divisions"]["features"]) and len(ground["rivers"]["features"]) > 1


def test_a_layer_that_does_not_exist_is_refused_and_a_visitor_sees_nothing(li, client):
    assert li.get(reverse("desk:command_live") + "?layers=nothing").status_code == 400
    client.logout()
    assert client.get(reverse("desk:command_live")).status_code == 302 and client.get(reverse("desk:tile", args=[0, 0, 0])).status_code == 302


def test_a_point_says_its_unit_and_access_list_and_a_point_elsewhere_says_nothing(li):
    page = li.get(reverse("desk:command_point") + "?lon=104.05&lat=36.6").content.decode()
    assert "清河重点管控单元" in page and "禁止新建化工项目" in page and "空间布局约束" in page
    assert li.get(reverse("desk:command_point") + "?lon=105.12&lat=36.30").status_code == 404
    assert li.get(reverse("desk:command_point") + "?lon=36.6&lat=104.05").status_code == 400
    assert li.get(reverse("desk:command_point") + "?lon=x&lat=1").status_code == 400


def test_an_incident_is_opened_logged_and_closed_from_the_board(li):
    where = {"lon": "104.05", "lat": "36.6"}
    assert li.post(reverse("desk:open_incident"), {"title": "清河桥下油污", "kind": "pollution", "grade": "red", **where}).status_code == 302
    row = Incident.objects.get()
    assert "还没有负责人" in li.get(reverse("desk:incident", args=[row.number])).content.decode()
    wang = Officer.objects.get(name="王建国", agency__division__code="990100000000")
    for step, given in (("assign", {"lead": wang.pk}), ("log", {"text": "已布设围油栏"}), ("close", {"why": "清除完毕"})):
        assert li.post(reverse("desk:incident_step", args=[row.number, step]), given).status_code == 302
    row.refresh_from_db()
    assert row.state == "closed" and row.lead == wang and row.entries.count() == 4
    assert li.post(reverse("desk:open_incident"), {"title": "别处", "kind": "other", "grade": "blue", "lon": "105.12", "lat": "36.30"}).status_code == 404
    assert li.post(reverse("desk:open_incident"), {"title": "", "kind": "other", "grade": "blue", "lon": "1", "lat": "36"}).status_code == 400 and Incident.objects.count() == 1


def test_a_call_for_support_stands_first_until_it_is_answered(li):
    li.post(reverse("desk:call_for_support"), {"caller": "网格员赵", "phone": "", "need": "请求到场取证", "lon": "104.05", "lat": "36.6"})
    row = SupportCall.objects.get()
    assert "没有人应答" in li.get(reverse("desk:command")).content.decode()
    li.post(reverse("desk:call_step", args=[row.number, "answer"]))
    assert "没有人应答" not in li.get(reverse("desk:command")).content.decode()
    li.post(reverse("desk:call_step", args=[row.number, "close"]), {"why": "已到场取证"})
    row.refresh_from_db()
    assert row.state == "closed" and row.result == "已到场取证"


def test_a_sighting_is_checked_rectified_and_becomes_a_clue_from_its_page(li):
    row = Sighting.objects.get(key="a")
    page = li.get(reverse("desk:sighting", args=[row.number])).content.decode()
    assert "不能单独作为行政处罚的依据" in page
    assert li.get(reverse("desk:sighting", args=[Sighting.objects.get(key="b").number])).status_code == 404
    assert li.post(reverse("desk:sighting_step", args=[row.number, "confirm"]), {"finding": ""}).status_code == 400
    assert li.post(reverse("desk:sighting_step", args=[row.number, "confirm"]), {"finding": "现场有采坑一处", "facility_code": "", "rectify_by": ""}).status_code == 302
    photo = SimpleUploadedFile("before.jpg", PHOTO, "image/jpeg")
    assert li.post(reverse("desk:sighting_step", args=[row.number, "photos"]), {"stage": "before", "files": photo}).status_code == 302
    shown = li.get(reverse("desk:sighting_photo", args=[row.photos.get().pk]))
    assert shown.content == PHOTO and "sandbox" in shown["Content-Security-Policy"]
    assert li.post(reverse("desk:sighting_clue", args=[row.number])).status_code == 302
    row.refresh_from_db()
    clue = Clue.objects.get(number=row.clue_number)
    assert clue.source == "remote_sensing" and clue.division.name == "清河区"
    assert li.post(reverse("desk:sighting_clue", args=[row.number])).status_code == 409 or Clue.objects.count() == 1


def test_a_section_that_rose_is_confirmed_traced_and_handed_out_from_its_page(li, client):
    assert li.post(reverse("desk:check_sections")).status_code == 302
    row = basin.SectionWarning.objects.get()
    page = reverse("desk:warning", args=[row.number])
    assert "逐项排除" in li.get(page).content.decode()
    assert li.post(page + "confirm/", {"doubts": ["rain"], "why": "连续两次"}).status_code == 400
    assert li.post(page + "confirm/", {"doubts": ["rain", "backflow", "gate", "maintenance", "upstream"], "why": "连续两次"}).status_code == 302
    assert li.post(page + "trace/").status_code == 302
    assert li.post(page + "clue/").status_code == 302
    row.refresh_from_db()
    assert Clue.objects.get(number=row.clue_number).source == "section"
    leader = signed_in(client, "吴海涛")
    county = Division.objects.get(name="清河区")
    given = {"to": county.pk, "title": "清河断面氨氮", "problem": "Ⅴ类", "demand": "排查", "due_on": "2026-09-30"}
    assert leader.post(page + "hand_out/", given).status_code == 302
    made = row.handouts.get()
    project = {"to": county.pk, "code": "P1", "name": "排口封堵", "kind": "outlet", "owner": "清河区政府", "starts_on": "2026-09-20", "due_on": "2026-12-31", "planned_fen": "12.5"}
    assert leader.post(reverse("desk:handout_step", args=[made.number, "project"]), project).status_code == 302
    assert leader.post(reverse("desk:project_step", args=["P1", "money"]), {"on": "2026-09-21", "fund": "city", "kind": "paid", "amount_fen": "1", "note": ""}).status_code == 400
    assert leader.post(reverse("desk:project_step", args=["P1", "money"]), {"on": "2026-09-21", "fund": "city", "kind": "granted", "amount_fen": "12.5", "note": ""}).status_code == 302
    assert "125,000 元" in leader.get(reverse("desk:project", args=["P1"])).content.decode()
    assert leader.get(reverse("desk:section", args=["Z2"])).status_code == 200


def test_bad_air_is_followed_back_through_the_measured_wind_to_a_plant_upwind(li, world):
    """Odour at a place east of the cement works, the wind from the west."""
    plant = next(one for one in world.facilities if "水泥" in one.name)
    take("stations", f"code,name,lon,lat\nA1,城关,{plant.lon + 0.03},{plant.lat}\n")
    hours = "".join(f"A1,2026-09-15 {hour:02d}:00,小时,2.0,270,60\n" for hour in range(6, 13))
    take("air", "station,at,kind,wind_speed,wind_from,aqi\n" + hours)
    asked = {"receptors": f"{plant.lon + 0.03},{plant.lat},2026-09-15 12:30", "hours": "2", "factor": "a21002"}
    page = li.get(reverse("desk:air_trace"), asked)
    assert page.status_code == 200 and page.context["candidates"][0]["facility"] == plant.code and "不是认定" in page.content.decode()
    assert "没有风的记录" in li.get(reverse("desk:air_trace"), {**asked, "receptors": f"{plant.lon},{plant.lat},2026-09-01 12:30"}).content.decode()
    assert li.get(reverse("desk:air_trace"), {**asked, "receptors": "昨天"}).status_code == 400
    assert "不在您的辖区" in li.get(reverse("desk:air_trace"), {**asked, "receptors": "105.12,36.30,2026-09-15 12:30"}).content.decode()
    assert li.get(reverse("desk:air_trace") + "?station=A1").status_code == 200


def test_an_upload_says_which_rows_did_not_go_in(li):
    file = SimpleUploadedFile("stations.csv", "code,name,lon,lat\nA1,城关,104.05,36.60\nA2,错,36.6,104.05\n".encode(), "text/csv")
    page = li.post(reverse("desk:imports"), {"kind": "stations", "file": file}).content.decode()
    assert "新收 <b>1</b> 行" in page and "写反" in page
    bad = SimpleUploadedFile("stations.csv", b"\x00\x00", "text/csv")
    answer = li.post(reverse("desk:imports"), {"kind": "stations", "file": bad})
    assert answer.status_code == 400 and "不是文本文件" in answer.content.decode()


def test_tiles_come_from_the_configured_service_and_only_pictures_do(li, settings):
    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = ("image/png", b"\x89PNG tile") if self.path.endswith("/3/5/2?tk=key") else ("text/html", b"<script>")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    assert li.get(reverse("desk:tile", args=[3, 5, 2])).status_code == 404
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings.QINGYUAN_WMTS = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}?tk=key"
        tiles.fetched.cache_clear()
        answer = li.get(reverse("desk:tile", args=[3, 5, 2]))
        assert answer.status_code == 200 and answer.content == b"\x89PNG tile" and answer["Content-Type"] == "image/png"
        assert li.get(reverse("desk:tile", args=[3, 6, 2])).status_code == 404 and li.get(reverse("desk:tile", args=[3, 9, 2])).status_code == 404
    finally:
        server.shutdown()
        server.server_close()
