"""What the browser tests and the screenshots stand on: a province, people who sign in, a clock that can be moved."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from qingyuan import clock
from qingyuan.engines.province.small import small
from qingyuan.records.registry.load import load_plan
from qingyuan.records.registry.models import Officer
from qingyuan.testing import telemetry

PASSWORD = "qingyuan-e2e-1"
HOME_BUREAU = "9901"  # 清源市: the division of the cast


def find_browser() -> str | None:
    """Where Chromium is: named by QINGYUAN_BROWSER, or Debian's."""
    named = os.environ.get("QINGYUAN_BROWSER")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


class Stage:
    """A live server at ``url``, a browser, and the moment it is."""

    def __init__(self, url: str, browser, begins: dt.datetime, monkeypatch) -> None:
        self.url, self.browser, self.at = url, browser, begins.astimezone(clock.CHINA)
        self.pages: dict[str, object] = {}
        self.complaints: list[str] = []
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def raise_province(self) -> int:
        """Fill the registry and let the devices speak; returns how many clues came of it."""
        self.raise_people()
        return self.raise_telemetry()

    def raise_people(self) -> None:
        self.plan = small(1, self.at)
        load_plan(self.plan, boundaries=shapes(self.plan), passwords={person.certificate: PASSWORD for person in self.plan.people})

    def raise_telemetry(self) -> int:
        return telemetry(self.plan, settings.QINGYUAN_DATA, until=self.at)

    def pass_time(self, **how_long: int) -> None:
        self.at += dt.timedelta(**how_long)

    def officer(self, name: str) -> Officer:
        return Officer.objects.select_related("account").get(name=name, agency__division__code__startswith=HOME_BUREAU)

    def page(self, name: str, width: int = 1360, height: int = 860):
        """The browser window of one person, signed in once; "" is a visitor."""
        key = f"{name}-{width}"
        if key not in self.pages:
            context = self.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai")
            page = context.new_page()
            page.on("console", self.listen)
            page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
            if name:
                self.sign_in(page, self.officer(name).account.username)
            self.pages[key] = page
        return self.pages[key]

    def listen(self, message) -> None:
        """Errors in the console are faults of the page; a refusal shown as a page (4xx) is not."""
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, page, username: str, password: str = PASSWORD) -> None:
        page.goto(self.url + "/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.click("button[type=submit]")
        page.wait_for_load_state()

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
        cache.clear()


def shapes(plan) -> dict[str, object]:
    """Boundaries of the synthetic divisions as GeoJSON geometries."""
    from qingyuan.engines.province import geography

    return {feature["properties"]["code"]: feature["geometry"] for feature in geography.geojson(plan)["features"]}
