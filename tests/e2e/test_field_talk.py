"""An interview and a refusal, off line, with the fingers of one officer."""

from __future__ import annotations

import re

import pytest

from qingyuan.records.inspections.field_kinds import single_id
from qingyuan.records.inspections.models import FieldRecord, Inspection

from .field_stage import Tablet, raised, sent
from .stage import Stage

pytestmark = pytest.mark.browser
ASKED = {"asked_name": "陈立", "employer": "清河水泥有限公司", "position": "环保负责人", "relation": "当事人员工", "place": "中控室"}


@pytest.fixture
def stage(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    yield from raised(live_server.url, chromium, tmp_path, settings, monkeypatch)


def test_an_interview_and_a_refused_signature_become_documents(stage: Stage) -> None:
    """Measures 30 arts. 23, 25, 28: questions and answers, the refusal with its witness, as recorded steps."""
    task = sent(stage)
    tablet = Tablet(stage, "李明")
    tablet.register()
    tablet.download(task)
    tablet.cut()
    at, onsite = f"#/t/{task.number}", single_id(task.number, "on_site")
    tablet.go(f"{at}/visit")
    for step in ("entered", "certificates_shown", "rights_told", "recusal_asked"):
        tablet.record(step)
    talk = interview(tablet, at)
    for field in ("production", "permits", "treatment", "facts", "person_on_site"):
        tablet.write(f"{at}/field/on_site/{onsite}~{field}", "陈立" if field == "person_on_site" else "正常，未见异常。")
    refuse(tablet, f"{at}/sign/on_site/{onsite}~refusal~")
    for number, name in ((1, "李明"), (2, "王建国")):
        tablet.sign(f"{at}/sign/on_site/{onsite}~signature_officer_{number}~{name}", name)
    finish(tablet, f"{at}/rec/on_site/{onsite}")
    tablet.restore()
    tablet.meet()
    record, spoken = Inspection.objects.get().record, FieldRecord.objects.get(pk=talk)
    assert "社区干部林芳" in record.refusal and not record.was_signed
    assert spoken.state == "accepted", spoken.problems
    facts = spoken.document.facts
    assert facts["questions"] == [{"question": "喷氨泵何时停运？", "answer": "九月十二日夜班。"}] and facts["asked"]["name"] == "陈立"
    assert not stage.complaints, stage.complaints
    tablet.close()


def interview(tablet: Tablet, at: str) -> str:
    """Begin, tell, ask, sign, finish."""
    page = tablet.page
    tablet.go(f"{at}/talks")
    page.click("#new")
    page.wait_for_selector("[data-step=began]")
    talk = page.evaluate("() => location.hash.split('/').at(-1)")
    for step in ("began", "certificates_shown", "rights_told", "recusal_asked"):
        page.click(f"[data-step={step}]")
        if step == "recusal_asked":
            page.locator("dialog button", has_text=re.compile("^不申请$")).click()
        page.locator(f"[data-step={step}]").wait_for(state="detached")
    for field, words in ASKED.items():
        tablet.write(f"{at}/field/interview/{talk}~{field}", words)
    tablet.go(f"{at}/rec/interview/{talk}")
    page.click("#add-qa")
    for words in ("喷氨泵何时停运？", "九月十二日夜班。"):
        page.locator("dialog textarea").fill(words)
        page.locator("dialog button", has_text="确定").click()
    page.locator(".line", has_text="九月十二日夜班").wait_for()
    for field, name in (("signature_party", "陈立"), ("signature_officer_1", "李明"), ("signature_officer_2", "王建国")):
        tablet.sign(f"{at}/sign/interview/{talk}~{field}~{name}", name)
    finish(tablet, f"{at}/rec/interview/{talk}")
    return talk


def refuse(tablet: Tablet, place: str) -> None:
    """Neither witness nor recording: the app does not take it."""
    tablet.go(place)
    tablet.page.click("#refused")
    tablet.page.locator(".toast.on", has_text="须有见证人").wait_for()
    tablet.page.fill("#witness", "社区干部林芳")
    tablet.page.click("#refused")
    tablet.page.wait_for_function("() => !document.querySelector('#refused')")


def finish(tablet: Tablet, place: str) -> None:
    tablet.go(place)
    tablet.page.click("#finish")
    tablet.page.locator("dialog button", has_text="定稿").click()
    tablet.page.locator("dialog").wait_for(state="detached")
