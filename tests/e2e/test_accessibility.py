"""Every screen through axe-core: WCAG 2.1 A and AA, on a desktop and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from .screens import settle

pytestmark = pytest.mark.browser
RULES = "{runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}}"


def test_no_screen_has_a_barrier(stage) -> None:
    """WCAG 2.1 AA (GB/T 37668-2019): no violation on any screen an officer or a visitor meets."""
    clue = stage.officer("李明") and first_clue()
    screens = [
        ("", "/login/"), ("李明", "/"), ("李明", "/clues/"), ("李明", f"/clues/{clue.number}/"), ("李明", "/tasks/"), ("李明", "/cases/"),
        ("李明", "/facilities/"), ("李明", f"/facilities/{clue.facility.code}/"), ("李明", "/map/"), ("李明", "/rules/"),
        ("李明", "/rules/flat_line/"), ("李明", "/rules/flat_line/trial/?days=2&p_hours_water=4"), ("李明", "/devices/"),
        ("李明", "/devices/QY9901020000131000000010/"), ("李明", f"/facilities/{clue.facility.code}/stack/"),
        ("李明", f"/findings/{clue.findings.first().finding_id}/"), ("李明", "/cases/999/"), ("李明", "/cases/openings/"), ("李明", "/laboratory/"), ("李明", "/transfers/"), ("李明", "/sessions/"), ("李明", "/numbers/"),
        ("李明", "/figures/"), ("李明", "/watch/"), ("", "/public/"), ("", "/public/verify/?digest=" + "0" * 64),
    ]
    library = (Path(settings.QINGYUAN_ASSETS) / "js" / "axe.min.js").read_text(encoding="utf-8")
    barriers = []
    for width in (1280, 390):
        for who, address in screens:
            page = stage.page(who, width)
            page.goto(stage.url + address)
            settle(page, barriers)
            barriers += [f"{address} @{width}：{text}" for text in violations(page, library)]
    assert not barriers, "\n".join(barriers)


def first_clue():
    from qingyuan.records.clues.models import Clue

    return Clue.objects.select_related("facility").filter(facility__name="清河水泥有限公司", findings__rule="hourly_mean_exceedance").distinct().get()


def violations(page, library: str) -> list[str]:
    """What axe finds, one line each.  The library goes in through the debugger, past the page's own script policy."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": library + "\n;0"})
    found = page.evaluate(f"axe.run(document, {RULES}).then(result => result.violations.map(v => `${{v.id}} ${{v.nodes.length}} ${{v.nodes[0].html.slice(0, 120)}}`))")
    session.detach()
    return found
