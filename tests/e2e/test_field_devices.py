"""Tablets that are shared, lost, cut off in the middle of an answer: what lies on them stays closed, and what was sent is there once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qingyuan.records.inspections import devices
from qingyuan.records.inspections.field_kinds import single_id
from qingyuan.records.inspections.models import FieldCapture, FieldCell, FieldDevice, SyncOperation

from .field_stage import PIN, Tablet, raised, sent
from .stage import Stage

pytestmark = pytest.mark.browser
SECRET = "喷氨泵停运三日，举报人住在隔壁村。"
STORED = """async () => {
  const db = await new Promise((yes) => { const r = indexedDB.open("qingyuan-field"); r.onsuccess = () => yes(r.result); });
  const rows = await new Promise((yes) => { const r = db.transaction("things").objectStore("things").getAll(); r.onsuccess = () => yes(r.result); });
  db.close();
  return rows.map((row) => ({ owner: row.owner, sort: row.sort, words: new TextDecoder().decode(row.data), keys: Object.keys(row).sort().join() }));
}"""


@pytest.fixture
def stage(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    yield from raised(live_server.url, chromium, tmp_path, settings, monkeypatch)


def test_a_shared_tablet_keeps_each_officers_drafts_closed_to_the_other(stage: Stage) -> None:
    """G24, G25: per-record encryption under a key of one's own; a safe change of user; five wrong PINs and the way back."""
    task = sent(stage)
    tablet = Tablet(stage, "李明")
    tablet.register()
    tablet.download(task)
    tablet.cut()
    at, onsite = f"#/t/{task.number}", single_id(task.number, "on_site")
    tablet.go(f"{at}/field/on_site/{onsite}~facts")
    tablet.page.locator("#words").press_sequentially(SECRET)
    tablet.page.wait_for_function("() => document.getElementById('saved').textContent === '草稿已存'")
    rows = tablet.page.evaluate(STORED)
    assert len(rows) > 3 and not any("喷氨泵" in row["words"] or "清河" in row["words"] for row in rows), "everything stored is encrypted"
    tablet.go("#/me")
    tablet.page.click("#lock")
    tablet.page.locator(".panel .line", has_text="李明").click()
    for left in (4, 3, 2, 1):
        tablet.page.fill("#pin", "000111")
        tablet.page.click("form button[type=submit]")
        tablet.page.wait_for_function("n => document.querySelector('[role=alert]').textContent.includes(`还可以试 ${n} 次`)", arg=left)
    tablet.page.fill("#pin", "000111")
    tablet.page.click("form button[type=submit]")
    tablet.page.locator("[role=alert]", has_text="口令已锁定").wait_for()
    tablet.restore()
    change_user(stage, tablet)
    recover(tablet)
    assert SyncOperation.objects.filter(value=SECRET).count() <= 1
    tablet.meet()
    assert FieldCell.objects.get(field="facts").value == SECRET, "what was typed before the change of user is there"
    assert not stage.complaints, stage.complaints
    tablet.close()


def change_user(stage: Stage, tablet: Tablet) -> None:
    """Another officer registers on the same tablet and sees nothing of the first."""
    page = tablet.page
    page.locator("button", has_text="换一位").click()
    tablet.context.clear_cookies()
    stage.sign_in(page, stage.officer("王建国").account.username)
    page.goto(stage.url + "/field/")
    page.click("#register")
    page.fill("#pin1", PIN)
    page.fill("#pin2", PIN)
    page.click("form button[type=submit]")
    page.wait_for_selector("#fetch")
    tablet.go("#/sync")
    assert "检查所见" not in page.inner_text("main")
    owners = {row["owner"] for row in page.evaluate(STORED)}
    assert len(owners) == 2 and FieldDevice.objects.count() == 2
    tablet.go("#/me")
    page.click("#lock")
    tablet.context.clear_cookies()
    stage.sign_in(page, stage.officer("李明").account.username)


def recover(tablet: Tablet) -> None:
    """The forgotten PIN is replaced on line; the drafts open again."""
    page = tablet.page
    page.goto(tablet.stage.url + "/field/")
    page.locator(".panel .line", has_text="李明").click()
    page.locator("button", has_text="忘记口令").click()
    page.fill("#pin1", PIN)
    page.fill("#pin2", PIN)
    page.click("form button[type=submit]")
    page.wait_for_selector("#pill")


def test_a_lost_tablet_hands_in_what_it_held_and_destroys_it(stage: Stage) -> None:
    """G24: revoked at the desk; at the next contact the server keeps what comes apart, and the tablet is empty."""
    task = sent(stage)
    tablet = Tablet(stage, "李明")
    tablet.register()
    tablet.download(task)
    tablet.cut()
    tablet.write(f"#/t/{task.number}/field/on_site/{single_id(task.number, 'on_site')}~facts", SECRET)
    row = FieldDevice.objects.get()
    devices.revoke(row, why="遗失", by=stage.officer("李明"), at=stage.at)
    tablet.restore()
    tablet.page.locator("text=本设备已被吊销").wait_for()
    assert tablet.page.evaluate(STORED) == []
    tablet.page.wait_for_function("() => true")
    tablet.page.wait_for_timeout(300)
    row.refresh_from_db()
    assert row.wiped_at is not None and row.recovery == ""
    kept = SyncOperation.objects.get(field="facts")
    assert kept.outcome == "refused" and kept.value == SECRET and not FieldCell.objects.exists()
    tablet.close()


def test_a_lost_answer_and_a_torn_upload_do_nothing_twice_and_lose_nothing(stage: Stage, tmp_path: Path) -> None:
    """G9, G10: the server had committed; the answer never came; the film goes on where it stopped."""
    task = sent(stage)
    tablet = Tablet(stage, "李明")
    tablet.register()
    tablet.download(task)
    page, at = tablet.page, f"#/t/{task.number}"
    lost = {"sync": 2, "files": 3}

    def swallow(route, name):
        if lost[name] > 0:
            lost[name] -= 1
            route.fetch()  # the server does its work …
            route.abort()  # … and nobody hears of it
        else:
            route.continue_()

    tablet.go(f"{at}/visit")
    tablet.record("entered")
    tablet.meet()
    page.route("**/field/api/sync", lambda route: swallow(route, "sync"))
    page.route("**/field/api/files/**", lambda route: swallow(route, "files"))
    film = tmp_path / "巡查.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42" + os.urandom(1_800_000))
    tablet.go(f"{at}/evidence")
    page.set_input_files("#film", str(film))
    page.locator(".shot").first.wait_for()
    tablet.write(f"{at}/field/on_site/{single_id(task.number, 'on_site')}~facts", SECRET)
    tablet.go("#/sync")
    for _ in range(12):
        page.click("#sync-now")
        page.wait_for_function("() => !document.querySelector('#pill.is-busy') && !document.querySelector('#sync-now[disabled]')")
        if page.inner_text("#pill") == "已同步":
            break
    assert lost == {"sync": 0, "files": 0} and page.inner_text("#pill") == "已同步"
    assert SyncOperation.objects.filter(field="facts").count() == 1
    taken = FieldCapture.objects.get()
    assert taken.item is not None and taken.item.size == film.stat().st_size and taken.item.media_type == "video/mp4"
    tablet.close()
