"""Calculation in a real browser: without scripts for a visitor, without barriers for everyone, from a case to a stranger's check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from .test_accessibility import violations

pytestmark = pytest.mark.browser
ASKED = "violation=air_exceedance&province=%E5%B9%BF%E4%B8%9C%E7%9C%81&party_kind=company&began=2026-09-01&ended=2026-09-02&decided_on=2026-09-15"


@pytest.fixture
def people(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    """The stage with its people and no telemetry."""
    import datetime as dt

    from .stage import Stage

    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES, settings.HOME = tmp_path / "telemetry", tmp_path / "files", tmp_path / "home"
    made = Stage(live_server.url, chromium, dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00"), monkeypatch)
    made.raise_people()
    yield made
    made.close()


def answer(page) -> None:
    """The lightest level of every factor, and the button."""
    for place in page.locator("select[name^='factors.']").all():
        if not place.get_attribute("name").endswith(":measure"):
            place.select_option(index=1)
    page.locator("form[method=post] button:has-text('计算')").click()
    page.wait_for_load_state()


def test_a_visitor_without_scripts_calculates_and_a_stranger_checks_the_certificate(people, tmp_path) -> None:
    """Penalty Law art. 34: the benchmark is public; a machine without scripts, a phone, no login."""
    context = people.browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{people.url}/public/penalty/?{ASKED}")
    answer(page)
    assert "计算过程" in page.inner_text("#result") and "不是处罚决定" in page.inner_text("main")
    page.goto(f"{people.url}/public/penalty/certificate/")
    page.locator("input[type=file]").set_input_files(str(certificate(tmp_path)))
    page.locator("button:has-text('复算核验')").click()
    assert "复算相符" in page.inner_text("main")
    context.close()


def certificate(folder: Path) -> Path:
    from qingyuan.faces.public.tests.test_penalty import made

    file = folder / "certificate.json"
    file.write_text(json.dumps(made(), ensure_ascii=False), encoding="utf-8")
    return file


def test_the_pages_of_law_have_no_barrier(people) -> None:
    """WCAG 2.1 AA (GB/T 37668-2019), on a desktop and on a phone."""
    library = (Path(settings.QINGYUAN_ASSETS) / "js" / "axe.min.js").read_text(encoding="utf-8")
    screens = [
        ("李明", "/calculator/", False), ("李明", f"/calculator/?{ASKED}", True), ("李明", "/law/impact/", False), ("李明", "/law/impact/?of=code", False),
        ("", f"/public/penalty/?{ASKED}", True), ("", "/public/penalty/certificate/", False),
    ]  # fmt: skip
    barriers = []
    for width in (1280, 390):
        for who, address, is_answered in screens:
            page = people.page(who, width)
            page.goto(people.url + address)
            if is_answered:
                answer(page)
            barriers += [f"{address} @{width}：{text}" for text in violations(page, library)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            barriers += [f"{address} @{width} 横向溢出 {wide - width} 像素"] if wide > width else []
    assert not barriers + people.complaints, "\n".join(barriers + people.complaints)
