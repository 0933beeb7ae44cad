"""The desk over the test client: who may see what, what works without scripts, what refusals look like."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from qingyuan.clock import CHINA
from qingyuan.records.clues import actions as clues
from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.registry.models import Account, Facility, Officer
from qingyuan.testing import PHOTO, small_province

AT = dt.datetime(2026, 9, 15, 13, tzinfo=CHINA)
pytestmark = pytest.mark.django_db


def officer(name: str, division: str = "9901") -> Officer:
    return Officer.objects.get(name=name, agency__division__code__startswith=division)


def signed_in(person: Officer) -> Client:
    """A client with a login of that person, made on the spot."""
    account = person.account or Account.objects.create_user(username=f"u{person.pk}", password="correct-horse-1")
    Officer.objects.filter(pk=person.pk).update(account=account)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clue(settings, tmp_path) -> Clue:
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    small_province(AT)
    return clues.open_clue(
        facility=Facility.objects.get(name="清河水泥有限公司"), source="rule", title="氮氧化物小时均值超标", severity="orange", began=AT, ended=AT, at=AT,
    )


@pytest.fixture
def li(clue) -> Client:
    return signed_in(officer("李明"))


@pytest.fixture
def stranger(clue) -> Client:
    """An inspector of another city."""
    return signed_in(next(person for person in Officer.objects.filter(agency__division__code__startswith="9902") if person.has_role("inspector")))


LISTS = ["worklist", "clues", "tasks", "cases", "facilities", "map", "rules"]


@pytest.mark.parametrize("name", [*LISTS, "map_places", "chart"])
def test_the_desk_asks_for_a_login(name, clue):
    """Nothing of the desk is seen by a visitor."""
    answer = Client().get(reverse(f"desk:{name}"))
    assert answer.status_code == 302 and answer.url.startswith("/login/")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_with_and_without_rows(name, li, stranger):
    """The same page for a full and for an empty division."""
    for client in (li, stranger):
        assert client.get(reverse(f"desk:{name}")).status_code == 200


def test_an_account_without_a_person_sees_nothing(clue):
    client = Client()
    client.force_login(Account.objects.create_user(username="nobody", password="correct-horse-1"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 403


def test_a_row_of_another_city_and_a_row_that_is_not_there_look_the_same(clue, li, stranger):
    """Scope: 404 and the same words for both."""
    task = visited(clue)
    photo = task.inspection_photo
    for address in (f"/clues/{clue.number}/", f"/tasks/{task.number}/", f"/facilities/{clue.facility.code}/", f"/evidence/{photo.pk}/"):
        assert li.get(address).status_code == 200, address
        hidden, absent = stranger.get(address), stranger.get(address.replace(address.strip("/").split("/")[1], "999999"))
        assert hidden.status_code == absent.status_code == 404, address
        assert hidden.content == absent.content


def test_a_step_of_another_citys_clue_is_not_taken(clue, stranger):
    assert stranger.post(f"/clues/{clue.number}/accept/", {"why": ""}).status_code == 404
    clue.refresh_from_db()
    assert clue.state == "found"


def visited(clue: Clue):
    """The clue accepted, assigned and inspected, with one photo."""
    li, wang = officer("李明"), officer("王建国")
    clues.accept(clue, by=li, at=AT)
    task = dispatch.assign(clue=clue, inspectors=[li, wang], by=li, at=AT)
    visit = inspections.open_inspection(task, by=li, at=AT)
    task.inspection_photo = inspections.take_photo(visit, name="站房.jpg", content=PHOTO, by=li, at=AT)
    return task


def test_evidence_that_came_from_outside_cannot_run_in_our_page(clue, li):
    """A page with a script is kept as evidence and only ever downloaded."""
    task = visited(clue)
    folder = task.inspection_photo.docket
    page = docket.take_evidence(
        docket=folder, kind="electronic_data", name="网页.txt", content=b"<script>alert(1)</script>", source="网页", taken_at=AT, by=officer("李明"), at=AT,
    )
    answer = li.get(f"/evidence/{page.pk}/")
    assert answer["Content-Disposition"].startswith("attachment") and "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_step_out_of_order_answers_with_its_reasons(clue, li):
    """Penalty Law art. 42: the sentence, not a bare error."""
    answer = li.post(f"/clues/{clue.number}/verify/", {"inspectors": [officer("李明").pk, officer("王建国").pk]})
    assert answer.status_code == 409 and "待研判" in answer.content.decode()


def test_a_form_that_cannot_be_read_comes_back_with_its_words(clue, li):
    """What was typed is not lost."""
    answer = li.post(f"/clues/{clue.number}/dismiss/", {"cause": "", "why": "我写的理由"})
    text = answer.content.decode()
    assert answer.status_code == 400 and "我写的理由" in text and "这个字段" in text


def test_the_same_step_twice_is_one_step(clue, li):
    address = f"/clues/{clue.number}/accept/"
    assert li.post(address, {"why": ""}).status_code == 302
    assert li.post(address, {"why": ""}).status_code == 409


def test_a_mangled_cursor_is_refused_by_name(li):
    answer = li.get("/clues/?after=../../etc")
    assert answer.status_code == 400 and "翻页位置不能识别" in answer.content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(clue, li, monkeypatch):
    """Keyset: three pages of one row give the three rows."""
    from qingyuan.faces.desk import clues as screen

    for _ in range(2):
        clues.open_clue(facility=clue.facility, source="patrol", title="巡查发现", severity="blue", began=AT, ended=AT, at=AT)
    monkeypatch.setattr(screen, "SIZE", 1)
    seen, after = [], ""
    for _ in range(3):
        page = li.get("/clues/", {"after": after} if after else {}).context["page"]
        seen += [row.number for row in page.rows]
        after = page.after
    assert sorted(seen) == sorted(Clue.objects.values_list("number", flat=True)) and not after


def test_filters_live_in_the_address_and_need_no_script(clue, li):
    assert clue.number in li.get("/clues/?severity=orange&words=氮氧化物").content.decode()
    assert clue.number not in li.get("/clues/?severity=red").content.decode()


def test_htmx_gets_the_table_and_nothing_else(clue, li):
    text = li.get("/clues/", headers={"HX-Request": "true"}).content.decode()
    assert clue.number in text and "<html" not in text


def test_what_is_mine_stands_on_the_first_screen_with_its_clock(clue, li):
    """Measures 30 art. 18: the clue waits, until when, by which article."""
    text = li.get("/").content.decode()
    assert clue.number in text and "令30第18条" in text and "研判" in text


def test_a_title_with_markup_is_shown_as_text(clue, li):
    Clue.objects.filter(pk=clue.pk).update(title="<img src=x onerror=alert(1)>")
    for address in ("/", "/clues/", f"/clues/{clue.number}/"):
        assert "<img src=x" not in li.get(address).content.decode()


def test_too_many_failed_logins_lock_the_door(clue):
    """Five failures, then the right password does not help either."""
    Account.objects.create_user(username="guess", password="correct-horse-1")
    client = Client()
    for _ in range(5):
        client.post("/login/", {"username": "guess", "password": "wrong"})
    assert client.post("/login/", {"username": "guess", "password": "correct-horse-1"}).status_code in (403, 429)
