"""A visit recorded with the network cut, the tab killed in the middle, a colleague on a second tablet: nothing lost, nothing merged in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from qingyuan.records.inspections.field_kinds import single_id
from qingyuan.records.inspections.models import FieldCapture, FieldCell, FieldRecord, Inspection, SyncOperation
from qingyuan.testing import PHOTO

from .field_stage import Tablet, raised, sent
from .stage import Stage
from .test_accessibility import violations

pytestmark = pytest.mark.browser
WORDS = {
    "production": "2 号窑正常生产，日产熟料 4800 吨。", "permits": "持有排污许可证，环评、验收手续齐全。", "treatment": "SCR 喷氨泵停运，其他设施运行正常。",
    "person_on_site": "陈立",
}  # fmt: skip
MINE, HIS = "喷氨泵停运三日，窑尾氮氧化物超过许可排放浓度。", "喷氨泵运行正常，流量计故障。"


@pytest.fixture
def stage(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    yield from raised(live_server.url, chromium, tmp_path, settings, monkeypatch)


def test_a_visit_without_a_network_loses_nothing_and_merges_nothing_in_silence(stage: Stage, tmp_path: Path) -> None:
    """G1-G12, G16, G17, G22 in a real browser."""
    task = sent(stage)
    li, wang = Tablet(stage, "李明"), Tablet(stage, "王建国", 820, 1180)
    for tablet in (li, wang):
        tablet.register()
        tablet.download(task)
        tablet.cut()
    at, onsite = f"#/t/{task.number}", single_id(task.number, "on_site")
    enter(li, at)
    look_around(li, at, tmp_path)
    write_record(li, at, onsite)
    wang.write(f"{at}/field/on_site/{onsite}~facts", HIS)
    assert SyncOperation.objects.count() == 0 and "待发" in li.page.inner_text("#pill"), "the network is really cut"
    wang.restore()
    wang.meet()
    li.restore()
    li.meet()
    assert_conflict(onsite)
    decide(li, at, onsite)
    record = FieldRecord.objects.get(pk=onsite)
    assert record.state == "accepted", record.problems
    assert_file(task)
    wang.meet()
    wang.go(f"{at}/rec/on_site/{onsite}")
    assert "已制成" in wang.page.inner_text("main")
    assert not barriers(wang, at, onsite)
    assert not stage.complaints, stage.complaints
    li.close()
    wang.close()


def barriers(tablet: Tablet, at: str, onsite) -> list[str]:
    """WCAG 2.1 AA on every screen (axe-core)."""
    library = (Path(settings.QINGYUAN_ASSETS) / "js" / "axe.min.js").read_text(encoding="utf-8")
    inside = ["", "/gate", "/map", "/visit", "/firm", "/check", "/evidence", "/samples/new", "/readings/new", "/talks", f"/rec/on_site/{onsite}", f"/field/on_site/{onsite}~facts", f"/sign/on_site/{onsite}~refusal~", f"/sign/on_site/{onsite}~signature_witness~", "/calc"]
    found = []
    for place in ["#/", "#/law", "#/sync", "#/me", *(at + rest for rest in inside)]:
        tablet.go(place)
        found += [f"{place}：{text}" for text in violations(tablet.page, library)]
    return found


def enter(li: Tablet, at: str) -> None:
    """Start offline from the worker's copy of the shell."""
    li.kill()
    assert "离线" in li.page.inner_text("#pill")
    li.go(f"{at}/visit")
    for step in ("entered", "certificates_shown", "rights_told", "recusal_asked"):
        li.record(step)


def look_around(li: Tablet, at: str, folder: Path) -> None:
    """Two points of the list, one photo."""
    li.go(f"{at}/check")
    li.page.locator("[data-point] [data-answer=yes]").first.click()
    li.page.locator("[data-point].is-yes").first.wait_for()
    photo = folder / "窑尾喷氨泵.jpg"
    photo.write_bytes(PHOTO)
    li.go(f"{at}/evidence")
    li.page.fill("#caption", "喷氨泵停运")
    li.page.set_input_files("#photo", str(photo))
    li.page.locator(".shot").first.wait_for()


def write_record(li: Tablet, at: str, onsite) -> None:
    """The elements one by one; the tab is killed while the most important is being typed."""
    for field, words in WORDS.items():
        li.write(f"{at}/field/on_site/{onsite}~{field}", words)
    li.go(f"{at}/field/on_site/{onsite}~facts")
    li.page.locator("#words").press_sequentially(MINE, delay=1)
    li.page.wait_for_function("() => document.getElementById('saved').textContent === '草稿已存'")
    li.kill()
    li.go(f"{at}/field/on_site/{onsite}~facts")
    assert li.page.input_value("#words") == MINE, "the last answer survived the killed tab"
    for field, who in (("signature_officer_1", "李明"), ("signature_officer_2", "王建国"), ("signature_party", "陈立")):
        li.sign(f"{at}/sign/on_site/{onsite}~{field}~", who)
    finish(li, at, onsite)


def finish(li: Tablet, at: str, onsite) -> None:
    li.go(f"{at}/rec/on_site/{onsite}")
    li.page.click("#finish")
    li.page.locator("dialog button", has_text="定稿").click()
    li.page.locator("dialog").wait_for(state="detached")


def assert_conflict(onsite) -> None:
    """Both entries are there, and the field has no value."""
    cell = FieldCell.objects.get(record=onsite, field="facts")
    assert cell.state == "conflict" and cell.value is None
    assert {op.value for op in SyncOperation.objects.filter(field="facts")} == {MINE, HIS}
    assert FieldRecord.objects.get(pk=onsite).state == "received" and not hasattr(Inspection.objects.get(), "record")


def decide(li: Tablet, at: str, onsite) -> None:
    """A person decides, says why, and finishes again."""
    li.go("#/sync")
    li.page.locator("main a", has_text="检查所见").click()
    assert "没有值" in li.page.inner_text("main") and MINE in li.page.inner_text("main") and HIS in li.page.inner_text("main")
    li.page.locator(".said", has_text=MINE).locator("button").click()
    li.page.locator("dialog textarea").fill("与录像和台账核对，喷氨泵停运。")
    li.page.locator("dialog button", has_text="确定").click()
    li.page.locator(".said").first.wait_for(state="detached")
    finish(li, at, onsite)
    li.meet()


def assert_file(task) -> None:
    """The file of the visit holds what was done on site."""
    visit = Inspection.objects.get(assignment=task)
    assert visit.state == "recorded" and visit.record.facts == MINE and visit.record.was_signed
    assert FieldCell.objects.get(field="facts").state == "settled"
    taken = list(FieldCapture.objects.order_by("number"))
    assert len(taken) == 4 and all(one.item is not None for one in taken), [one.refused for one in taken]
    assert {item.media_type for item in visit.docket.evidence.all()} == {"image/jpeg", "text/plain"}
    assert not SyncOperation.objects.filter(outcome="refused").exists()
