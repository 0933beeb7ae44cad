"""What devices ask for over HTTP: only what was signed, only what is theirs."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.test import Client

from qingyuan import clock
from qingyuan.law.penalty import shelf
from qingyuan.records.inspections import devices
from qingyuan.records.inspections.models import FieldDevice, SyncOperation
from qingyuan.records.inspections.tests.cast import AT, officer, operation, sent
from qingyuan.records.registry.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(db, settings, tmp_path, monkeypatch):
    settings.QINGYUAN_FILES = tmp_path
    monkeypatch.setattr(clock, "now", lambda: AT)
    return sent()


class Tablet:
    """A device with a real key and no cookie."""

    def __init__(self, name: str = "李明") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = base64.b64encode(self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).decode()
        self.client, self.id = Client(enforce_csrf_checks=True), str(uuid.uuid4())
        self.owner = officer(name)

    def enrolled(self) -> Tablet:
        devices.enrol(key=uuid.UUID(self.id), name="平板", public_key=self.public, by=self.owner, at=AT)
        return self

    def ask(self, method: str, path: str, body: Any = None, **change: str) -> Any:
        word = self.client.get("/field/api/hello").json()["challenge"]
        content = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        r, s = utils.decode_dss_signature(self.key.sign(devices.message(word, method, path, content), ec.ECDSA(hashes.SHA256())))
        head = {"X-Field-Device": self.id, "X-Field-Challenge": word, "X-Field-Signature": base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()}
        return self.client.generic(method, path, content, content_type="application/json", headers=head | change)


def signed_in(name: str) -> Client:
    person = officer(name)
    person.account = Account.objects.create(username=f"u-{name}")
    person.save()
    client = Client()
    client.force_login(person.account)
    return client


def test_the_shell_needs_no_login_and_holds_nothing_personal(task) -> None:
    """It is kept on the device for days."""
    page = Client().get("/field/")
    assert page.status_code == 200 and "csrf" not in page.content.decode() and "sessionid" not in page.cookies
    script = Client().get("/field/sw.js")
    assert script["Service-Worker-Allowed"] == "/field/" and "/static/field/app.js" in script.content.decode() and "/static/js/idb.js" in script.content.decode()
    assert Client().get("/field/manifest.webmanifest").json()["scope"] == "/field/"


def test_a_device_is_registered_by_whoever_is_signed_in_and_by_nobody_else(task) -> None:
    """Once, on line."""
    tablet, body = Tablet(), None
    body = {"id": tablet.id, "name": "支队平板3号", "public_key": tablet.public}
    assert Client().post("/field/api/enrol", body, content_type="application/json").status_code == 404
    client = signed_in("李明")
    assert Client(enforce_csrf_checks=True).post("/field/api/enrol", body, content_type="application/json").status_code == 403
    told = client.post("/field/api/enrol", body, content_type="application/json").json()
    assert told["officer"] == "李明" and told["recovery"] and FieldDevice.objects.get().officer == officer("李明")
    assert client.post("/field/api/enrol", body | {"public_key": "x"}, content_type="application/json").status_code in (400, 409)
    assert client.post("/field/api/recover", {"id": tablet.id}, content_type="application/json").json() == {"recovery": told["recovery"]}
    assert "不是执法人员" in signed_in("郑静").post("/field/api/enrol", body, content_type="application/json").json()["error"]


def test_what_is_not_signed_for_this_request_is_nobodys(task) -> None:
    """404 as for anything out of scope."""
    tablet = Tablet().enrolled()
    assert tablet.ask("POST", "/field/api/sync", {"ops": []}).status_code == 200
    for change in ({"X-Field-Signature": "AAAA"}, {"X-Field-Device": str(uuid.uuid4())}, {"X-Field-Challenge": "x"}):
        assert tablet.ask("POST", "/field/api/sync", {"ops": []}, **change).status_code == 404
    assert Client().post("/field/api/sync", {}, content_type="application/json").status_code == 404
    assert tablet.ask("GET", "/field/api/sync").status_code == 405


def test_operations_go_in_and_records_come_back(task) -> None:
    """One request; the answer can be asked for again."""
    tablet, op = Tablet().enrolled(), operation(task, "facts", "喷氨泵停运。")
    told = tablet.ask("POST", "/field/api/sync", {"ops": [op], "seen": {}}).json()
    again = tablet.ask("POST", "/field/api/sync", {"ops": [op], "seen": {told["records"][0]["id"]: told["records"][0]["version"]}}).json()
    assert told["answers"][0]["outcome"] == "applied" and told["records"][0]["cells"]["facts"]["value"] == "喷氨泵停运。"
    assert again["answers"][0]["repeated"] and again["records"] == [] and SyncOperation.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"ops": 7}', b'{"ops": [], "seen": []}', b'{"ops": [NaN]}'])
def test_what_is_no_request_gets_a_sentence(task, body) -> None:
    """Bad input is part of the interface."""
    answer = Tablet().enrolled().ask("POST", "/field/api/sync", body)
    assert answer.status_code == 400 and answer.json()["error"]


def test_a_pack_is_what_the_officer_may_see_and_only_of_their_own_tasks(task) -> None:
    """One firm's file in the pocket: size before, expiry in it."""
    mine, stranger = Tablet().enrolled(), Tablet("孙立军")
    listed = mine.ask("GET", "/field/api/tasks").json()["tasks"]
    assert [row["number"] for row in listed] == [task.number] and listed[0]["bytes"] > 2000
    pack = mine.ask("GET", f"/field/api/packs/{task.number}").json()
    assert pack["firm"]["name"] == "清河水泥有限公司" and pack["firm"]["outlets"][0]["limits"] and pack["expires_at"] > pack["made_at"]
    assert any("许可证" in point["text"] for point in pack["checklist"]) and len({point["id"] for point in pack["checklist"]}) == len(pack["checklist"])
    stranger.owner.roles = ["inspector"]
    stranger.owner.save()
    assert stranger.enrolled().ask("GET", "/field/api/tasks").json()["tasks"] == []
    assert stranger.ask("GET", f"/field/api/packs/{task.number}").status_code == 404
    assert mine.ask("GET", "/field/api/packs/RW-none").status_code == 404


def test_the_check_list_follows_the_items_and_the_third_party_campaign(task) -> None:
    """Permit, items and campaign; every point carries its basis and grade."""
    task.items = ["EE-I10", "EE-I14"]
    task.save()
    points = Tablet().enrolled().ask("GET", f"/field/api/packs/{task.number}").json()["checklist"]
    groups = {point["group"] for point in points}
    assert {"每次检查", "线索", "排污许可", "许可限值", "自动监测", "检查事项", "第三方机构专项"} <= groups
    assert all(point["basis"] and point["grade"] in "ABCU" for point in points)


def test_the_rule_book_that_comes_with_it_is_the_desks(task) -> None:
    """G23: the same pages, told apart by their digest."""
    told = Tablet().enrolled().ask("GET", "/field/api/law").json()
    book = shelf.load()
    assert told["violations"]["air_exceedance"] == book.violations["air_exceedance"] and told["tables"]["national/general"] == book.tables["national/general"]
    assert len(told["digest"]) == 64 and told["articles"] and all(row["name"] for row in told["articles"])


def test_a_lost_device_brings_what_it_holds_gets_nothing_and_wipes_itself(task) -> None:
    """G24."""
    tablet = Tablet().enrolled()
    client = signed_in("李明")
    assert "平板" in client.get("/field/devices/").content.decode()
    assert client.post(f"/field/devices/{tablet.id}/revoke/", {"why": ""}).status_code == 400
    assert client.post(f"/field/devices/{tablet.id}/revoke/", {"why": "遗失"}).status_code == 302
    told = tablet.ask("POST", "/field/api/sync", {"ops": [operation(task, "facts", "x")]}).json()
    assert told["wipe"] and told["answers"][0]["outcome"] == "refused" and "records" not in told
    assert tablet.ask("GET", "/field/api/tasks").status_code == 409 and tablet.ask("GET", f"/field/api/packs/{task.number}").status_code == 409
    assert tablet.ask("POST", "/field/api/wiped", {}).status_code == 200 and FieldDevice.objects.get().wiped_at == AT
    assert "已吊销" in client.get("/field/devices/").content.decode()


def test_nobody_revokes_a_colleagues_device_but_a_leader(task) -> None:
    """And nobody sees it."""
    tablet = Tablet().enrolled()
    assert signed_in("王建国").post(f"/field/devices/{tablet.id}/revoke/", {"why": "x"}).status_code == 404
    assert signed_in("吴海涛").post(f"/field/devices/{tablet.id}/revoke/", {"why": "遗失，本人报告"}).status_code == 302


def test_what_is_recorded_on_site_shows_at_the_desk_with_its_gaps(task) -> None:
    """全过程留痕 (Penalty Law art. 47)."""
    tablet, client = Tablet().enrolled(), signed_in("吴海涛")
    page = f"/field/trace/{task.number}/"
    assert "还没有同步内容" in client.get(page).content.decode()
    early = operation(task, "entered", {"at": AT.replace(hour=9).isoformat()}, kind="visit", at=AT.replace(hour=9).isoformat())
    late = operation(task, "facts", "喷氨泵停运。", at=AT.replace(hour=11).isoformat(), clock_jump_ms=-3_600_000)
    tablet.ask("POST", "/field/api/sync", {"ops": [early, late]})
    shown = client.get(page).content.decode()
    for words in ("进入现场", "喷氨泵停运。", "120 分钟没有记录", "尚缺：出示执法证件", "时钟被拨动约 3600 秒"):
        assert words in shown, words
    assert client.get("/field/trace/RW-none/").status_code == 404
    assert client.get(f"{page}{tablet.id}/captures.json").status_code == 404


def test_an_instrument_is_registered_with_its_calibration_and_goes_into_the_pack(task) -> None:
    """Penalty Law art. 46: without a calibration that holds, a reading proves nothing."""
    client, words = signed_in("李明"), {"name": "便携式烟气分析仪", "serial": "YQ-7", "certificate": "JD-2026-11", "calibrated_on": "2026-09-01", "valid_to": "2027-08-31"}
    assert "不能作为证据" in client.get("/field/instruments/").content.decode()
    bad = client.post("/field/instruments/", words | {"valid_to": "2026-08-31"})
    assert bad.status_code == 400 and "晚于检定日期" in bad.content.decode()
    assert client.post("/field/instruments/", words).status_code == 302
    assert client.post("/field/instruments/", words | {"valid_to": "2027-09-30", "certificate": "JD-2026-12"}).status_code == 302
    tools = Tablet().enrolled().ask("GET", f"/field/api/packs/{task.number}").json()["instruments"]
    assert [(tool["serial"], tool["to"]) for tool in tools] == [("YQ-7", "2027-09-30")]


def test_the_pack_brings_the_code_for_the_gate_and_a_map(task) -> None:
    """国办发〔2024〕54号: scan to enter, also where there is no network."""
    pack = Tablet().enrolled().ask("GET", f"/field/api/packs/{task.number}").json()
    code = pack["code"]
    assert code["address"].split("/visit/")[1] and len(code["rows"]) == len(code["rows"][0]) > 25 and {o["name"] for o in code["officers"]} == {"李明", "王建国"}
    assert pack["map"]["name"] == "清河水泥有限公司" and pack["map"]["lon"] == task.facility.lon
