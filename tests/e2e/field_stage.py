"""Tablets for the browser tests: registered once on line, then cut off, killed, brought back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from qingyuan.records.clues import actions as clues
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry.models import Facility

from .stage import Stage

PIN = "246813"


def raised(url: str, chromium, folder, settings, monkeypatch) -> Iterator[Stage]:
    """People and places without telemetry: the field needs none."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = folder / "telemetry", folder / "files"
    made = Stage(url, chromium, dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00"), monkeypatch)
    made.raise_people()
    yield made
    made.close()


def sent(stage: Stage) -> Assignment:
    """Two officers sent to the cement works."""
    place, li, wang = Facility.objects.get(name="清河水泥有限公司"), stage.officer("李明"), stage.officer("王建国")
    at = stage.at - dt.timedelta(days=1)
    clue = clues.open_clue(facility=place, source="complaint", title="窑尾氮氧化物超过许可排放浓度", severity="yellow", began=at, ended=at, at=at, violation="air_exceedance")
    clues.accept(clue, by=li, at=at)
    return dispatch.assign(clue=clue, inspectors=[li, wang], by=li, at=at)


class Tablet:
    """One device in one officer's hands; a fresh tab after each ``kill``."""

    def __init__(self, stage: Stage, name: str, width: int = 390, height: int = 844) -> None:
        self.stage, self.name = stage, name
        place = Facility.objects.get(name="清河水泥有限公司")
        self.context = stage.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", permissions=["geolocation"], has_touch=True,
            geolocation={"longitude": place.lon + 0.001, "latitude": place.lat, "accuracy": 12},
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.page = self.fresh()

    def fresh(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.stage.complaints.append(f"script: {error}"))
        page.on("console", self.listen)
        return page

    def listen(self, message) -> None:
        """A cut network and a refusal are no faults of the page."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.stage.complaints.append(message.text)

    def register(self) -> None:
        """Sign in at the desk once, give the device a key and a PIN, let the worker keep the shell."""
        self.stage.sign_in(self.page, self.stage.officer(self.name).account.username)
        self.page.goto(self.stage.url + "/field/")
        self.page.click("#register")
        self.page.fill("#device", f"{self.name}的平板")
        self.page.fill("#pin1", PIN)
        self.page.fill("#pin2", PIN)
        self.page.click("form button[type=submit]")
        self.page.wait_for_selector("#fetch")
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def download(self, task: Assignment) -> None:
        self.page.click("#fetch")
        self.page.click(f"[data-task='{task.number}']")
        self.page.wait_for_selector(f"a[href='#/t/{task.number}']")

    def cut(self) -> None:
        self.context.set_offline(True)

    def restore(self) -> None:
        self.context.set_offline(False)

    def kill(self) -> None:
        """The tab is gone without a word; a new one opens (from the worker's copy when there is no network)."""
        self.page.close(run_before_unload=False)
        self.page = self.fresh()
        self.page.goto(self.stage.url + "/field/")
        self.unlock()

    def unlock(self) -> None:
        self.page.locator(".panel .line", has_text=self.name).click()
        self.page.fill("#pin", PIN)
        self.page.click("form button[type=submit]")
        self.page.wait_for_selector("#pill")

    def go(self, place: str) -> None:
        self.page.evaluate("place => { location.hash = place; }", place)
        self.page.wait_for_function("place => document.getElementById('app').dataset.screen === decodeURIComponent(place.slice(2))", arg=place)

    def record(self, step: str) -> None:
        """Tap one of the recorded steps."""
        self.page.locator(f"[data-step={step}] button", has_text="记录").click()
        if step == "recusal_asked":
            self.page.locator("dialog button", has_text=re.compile("^不申请$")).click()
        self.page.wait_for_selector(f"[data-step={step}].is-done")

    def write(self, place: str, words: str) -> None:
        """Fill one field on its own screen."""
        self.go(place)
        self.page.fill("#words", words)
        self.page.click("#done")
        self.page.wait_for_function("() => !document.querySelector('#words')")

    def sign(self, place: str, who: str) -> None:
        """Draw a name with the finger."""
        self.go(place)
        self.page.fill("#who", who)
        box = self.page.locator("#pad").bounding_box()
        self.page.locator("#pad").scroll_into_view_if_needed()
        box = self.page.locator("#pad").bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + 30, box["y"] + 30)
        mouse.down()
        for n in range(12):
            mouse.move(box["x"] + 30 + 18 * n, box["y"] + 40 + (25 if n % 2 else 0))
        mouse.up()
        self.page.click("#signed")
        self.page.wait_for_function("() => !document.querySelector('#pad')")

    def meet(self) -> None:
        """Synchronise until nothing waits."""
        self.go("#/sync")
        self.page.click("#sync-now")
        self.page.wait_for_function("() => document.getElementById('pill').textContent === '已同步'")

    def close(self) -> None:
        self.context.close()


