"""The command centre in a real browser: the map without tiles, its layers and slider, a point looked up, an incident, the keyboard."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from qingyuan import imports
from qingyuan.records.reports.models import Incident

from .stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    """The people and places of the small province; no telemetry is needed here."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    made = Stage(live_server.url, chromium, dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00"), monkeypatch)
    made.raise_people()
    yield made
    made.close()


def count(page, layer: str, number: int) -> None:
    """Wait until the layer says how many things it holds."""
    from playwright.sync_api import expect

    expect(page.locator(f"[data-count={layer}]")).to_have_text(str(number), timeout=20_000)


def plant(stage) -> None:
    """A control unit around the county seat and thirty patches in it."""
    def square(x, y, size):
        return {"type": "Polygon", "coordinates": [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]}

    def take(kind, *rows):
        content = json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in rows]}).encode()
        imports.take(kind, name="a.geojson", content=content, by=None, at=stage.at)

    unit = {"kind": "control_unit", "code": "ZH1", "name": "清河重点管控单元", "requirements": [{"dimension": "layout", "text": "禁止新建化工项目"}]}
    take("areas", (unit, square(103.9, 36.5, 0.3)))
    take("patches", *(({"patch_id": f"T{n}", "type": "mining", "date_after": "2026-09-01"}, square(104.0 + n * 0.004, 36.6, 0.002)) for n in range(30)))


def test_the_map_works_without_tiles_and_its_content_is_in_the_list_too(stage):
    plant(stage)
    page = stage.page("李明", 1366, 900)
    page.goto(stage.url + "/command/")
    page.wait_for_selector("#command-map[data-ready='1']", timeout=60_000)
    assert page.locator("[data-count=sightings]").inner_text() == "30"
    assert int(page.locator("[data-count=sources]").inner_text()) > 3
    page.locator("input[data-layer=units]").check()
    count(page, "units", 1)
    page.locator("#time-slider").focus()
    page.keyboard.press("Home")  # a week ago: nothing had been seen
    count(page, "sightings", 0)
    assert "前 24 小时" in page.locator("#time-label").inner_text()
    page.keyboard.press("End")
    count(page, "sightings", 30)
    assert page.locator("a", has_text="开矿图斑").count() >= 30
    assert not stage.complaints, stage.complaints


def test_a_click_on_the_ground_says_the_access_list_and_fills_the_form_of_an_incident(stage):
    plant(stage)
    page = stage.page("李明", 1366, 900)
    page.goto(stage.url + "/command/")
    page.wait_for_selector("#command-map[data-ready='1']", timeout=60_000)
    page.evaluate("qyMap.jumpTo({center: [103.95, 36.55], zoom: 12})")
    box = page.locator("#command-map canvas").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#point >> text=禁止新建化工项目")
    page.locator("#incidents summary").click()
    page.fill("#open-title", "河边有人倾倒")
    assert page.input_value("#open-lon").startswith("103.9")
    page.locator("#incidents form.qy-form button[type=submit]").click()
    page.wait_for_selector("#incidents >> text=河边有人倾倒")
    assert Incident.objects.get().division.name == "清河区"
    assert not stage.complaints, stage.complaints
