"""Other systems: one officer's scope, one act per key, every refusal a sentence."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from qingyuan.records.clues import actions as clues
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import ApiToken, Event, Facility, Officer
from qingyuan.records.registry.tokens import issue_token, revoke_token
from qingyuan.testing import small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FAR = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def clue():
    small_province(AT)
    place = Facility.objects.get(name="清河水泥有限公司")
    return clues.open_clue(facility=place, source="complaint", title="异味", severity="yellow", began=AT, ended=AT, at=AT)


def token(name: str = "李明", may_write: bool = True) -> dict[str, str]:
    clear = issue_token(name="对接", officer=Officer.objects.get(name=name), may_write=may_write, valid_to=FAR, by=None, at=AT)
    return {"HTTP_AUTHORIZATION": f"Bearer {clear}"}


def post(client, path: str, body: dict, key: str = "", **headers):
    extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(path, json.dumps(body), content_type="application/json", **extra, **headers)


def test_without_a_token_nothing_is_said(client, clue):
    """401, and not a word about the row."""
    answer = client.get(f"/api/clues/{clue.number}")
    assert answer.status_code == 401 and clue.title not in answer.content.decode()


def test_a_revoked_token_is_no_token(client, clue):
    """It ends at once."""
    headers = token()
    assert client.get("/api/clues", **headers).status_code == 200
    revoke_token(ApiToken.objects.get(), why="人员调离", by=None, at=AT)
    assert client.get("/api/clues", **headers).status_code == 401


def test_a_token_sees_what_its_officer_sees(client, clue):
    """Another city: the list is empty and the row is not there."""
    other = Officer.objects.filter(agency__division__code="990200000000").first().name
    assert client.get("/api/clues", **token(other)).json()["items"] == []
    assert client.get(f"/api/clues/{clue.number}", **token(other)).status_code == 404


def test_the_same_key_twice_is_one_act(client, clue):
    """The second answer is the first answer, and one event was written."""
    headers = token()
    path, body = f"/api/clues/{clue.number}/steps", {"step": "accept"}
    first = post(client, path, body, key="key-00000001", **headers)
    again = post(client, path, body, key="key-00000001", **headers)
    assert first.status_code == again.status_code == 200 and first.json() == again.json() == {"state": "accepted"}
    assert Event.objects.filter(subject=f"clue:{clue.pk}", step="accept").count() == 1


def test_a_key_used_for_something_else_is_refused(client, clue):
    """Otherwise a mistake would look like success."""
    headers = token()
    post(client, f"/api/clues/{clue.number}/steps", {"step": "accept"}, key="key-00000001", **headers)
    answer = post(client, f"/api/clues/{clue.number}/steps", {"step": "dismiss", "cause": "other", "why": "x"}, key="key-00000001", **headers)
    assert answer.status_code == 400 and "另一个请求" in answer.json()["reasons"][0]


def test_a_write_without_a_key_or_by_a_reading_token_is_refused(client, clue):
    """Both say what would be right."""
    path = f"/api/clues/{clue.number}/steps"
    assert "Idempotency-Key" in post(client, path, {"step": "accept"}, **token()).json()["reasons"][0]
    assert post(client, path, {"step": "accept"}, key="key-00000001", **token(may_write=False)).status_code == 409
    assert Clue.objects.get().state == "found"


def test_a_refused_step_is_not_remembered_as_done(client, clue):
    """The same key may be used again after the refusal was mended."""
    headers = token("赵晓燕")
    answer = post(client, f"/api/clues/{clue.number}/steps", {"step": "accept"}, key="key-00000001", **headers)
    assert answer.status_code == 409 and "岗位" in answer.json()["reasons"][0]
    assert Clue.objects.get().state == "found"


def test_the_description_names_every_operation_and_every_refusal(client):
    """OpenAPI: an integrator learns the refusals from it."""
    from qingyuan.faces.api.exchange import api

    schema = api.get_openapi_schema()
    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert {op["operationId"] for op in operations} >= {"list_clues", "step_clue", "read_case", "record_payment", "reply_to_transfer"}
    assert all({"400", "401", "404", "409", "422"} <= set(map(str, op["responses"])) for op in operations)


def test_a_nul_is_refused_by_name_wherever_it_stands(client, clue):
    """PostgreSQL keeps none; SQLite would."""
    for answer in (client.get("/api/clues?state=%00", **token()), post(client, f"/api/clues/{clue.number}/steps", {"step": "dismiss", "why": "\0"}, key="key-00000001", **token())):
        assert answer.status_code == 400 and "NUL" in answer.json()["reasons"][0]


def test_a_large_file_goes_in_piece_by_piece_and_out_as_it_was(client, clue, settings, tmp_path):
    """Announce, send, finish; the item of evidence is read back byte by byte."""
    import hashlib

    from qingyuan.records.cases.tests.cast import file, inspected

    settings.QINGYUAN_FILES = tmp_path
    case = file(inspected())
    content, headers = b"\0\0\0\x18ftypmp42" + b"\7" * 5000, token()
    body = {"name": "记录仪.mp4", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    begun = post(client, f"/api/cases/{case.pk}/uploads", body, key="key-00000001", **headers).json()
    for offset in (0, 3000):
        path = f"/api/uploads/{begun['id']}?offset={offset}"
        answer = client.put(path, content[offset : offset + 3000], content_type="application/octet-stream", **headers)
        assert answer.status_code == 200
    assert client.put(f"/api/uploads/{begun['id']}?offset=9", b"x", content_type="application/octet-stream", **token(may_write=False)).status_code == 409
    end = {"kind": "audiovisual", "source": "记录仪", "taken_at": AT.isoformat()}
    item = post(client, f"/api/uploads/{begun['id']}/finish", end, key="key-00000002", **headers).json()
    assert item["digest"] == body["sha256"]
    assert b"".join(client.get(f"/api/evidence/{item['id']}", **headers).streaming_content) == content


def test_double_publicity_of_a_period_names_what_it_cannot_send(client, clue, settings, tmp_path):
    """One row per decision; a period of more than a year is refused."""
    from qingyuan.records.cases.tests.cast import file, forward, inspected

    settings.QINGYUAN_FILES = tmp_path
    case = forward(file(inspected()), "served")
    told = client.get("/api/exchange/penalties?began=2026-09-01&ended=2026-09-30", **token()).json()
    assert [row["CF_WSH"] for row in told["rows"]] == [case.decision.number] and told["rows"][0]["CF_GSJZQ"] == "20290915"
    table = client.get("/api/exchange/penalties.csv?began=2026-09-01&ended=2026-09-30", **token())
    assert case.decision.number in table.content.decode("utf-8-sig")
    assert client.get("/api/exchange/penalties?began=2025-01-01&ended=2026-09-30", **token()).status_code == 400


def test_malformed_bodies_get_a_sentence(client, clue):
    """Not a stack trace."""
    answer = client.post(f"/api/clues/{clue.number}/steps", "{", content_type="application/json", HTTP_IDEMPOTENCY_KEY="key-00000001", **token())
    assert answer.status_code in (400, 422)
    answer = post(client, f"/api/clues/{clue.number}/steps", {"step": 5}, key="key-00000002", **token())
    assert answer.status_code == 422 and answer.json()["reasons"]
