"""Inspection results and draws in public: nothing early, nothing hidden, recomputed while you wait."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from qingyuan import clock
from qingyuan.engines.draw import bundle
from qingyuan.records.dispatch.models import Draw, DrawnItem
from qingyuan.records.dispatch.tests.cast_draws import AFTER, approved_plan, committed, drawn
from qingyuan.records.dispatch.tests.conftest import province  # noqa: F401  shared by the file

pytestmark = [pytest.mark.usefixtures("province", "db")]


@pytest.fixture
def draw(settings, tmp_path, monkeypatch) -> Draw:
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    return drawn(approved_plan())


def test_before_the_results_are_public_the_digest_is_and_the_names_are_not(draw):
    name = draw.items.get().facility.name
    page = Client().get(f"/public/draws/{draw.digest}/").content.decode()
    assert draw.digest in page and name not in page and "名单保密" in page
    assert draw.digest[:16] in Client().get("/public/draws/").content.decode()
    assert Client().get(f"/public/draws/{draw.digest}/bundle.json").status_code == 409


def test_afterwards_anyone_downloads_the_bundle_and_gets_the_same_draw(draw):
    DrawnItem.objects.update(result="none_found", finished_on=AFTER.date(), published_on=AFTER.date())
    Draw.objects.update(state="published")
    told = json.loads(Client().get(f"/public/draws/{draw.digest}/bundle.json").content)
    assert bundle.problems(told) == []
    page = Client().get(f"/public/draws/{draw.digest}/").content.decode()
    assert "与公布的结果相符" in page and draw.items.get().facility.name in page
    assert draw.items.get().facility.name in Client().get("/public/inspections/").content.decode()


def test_a_redraw_stands_beside_what_it_replaced_with_its_reason(draw):
    again = committed(draw.plan, why="漏了一家企业", at=AFTER, round_="2026108", earliest=AFTER.replace(hour=21))
    text = Client().get("/public/draws/").content.decode()
    assert draw.digest[:16] in text and again.digest[:16] in text and "漏了一家企业" in text


@pytest.mark.parametrize("address", ["/public/draws/x/", "/public/draws/" + "0" * 64 + "/", "/public/draws/x/bundle.json"])
def test_a_draw_nobody_made_is_not_found(address):
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("query", ["", "?year=1", "?year=abc&page=-3", "?page=999&words=%27"])
def test_the_lists_open_with_odd_questions(query):
    for address in ("/public/inspections/", "/public/inspections.csv", "/public/draws/"):
        assert Client().get(address + query).status_code == 200


def test_a_cell_that_a_spreadsheet_would_run_is_made_text():
    from qingyuan.faces.public.inspection_results import plain

    assert plain("=cmd()") == "'=cmd()" and plain("清河水泥") == "清河水泥"
