"""Pictures of every screen at every width, to be looked at: ``python -m tests.e2e.screens [FOLDER]`` (default var/screens).

Three states of the world: an empty desk, a crowded one (cases at several stages of the journey), and refusals.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

WIDTHS = {"desktop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
BEGINS = dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00")
NOW = dt.datetime.fromisoformat("2026-10-09T10:20:00+08:00")


def main(folder: Path) -> int:
    home = tempfile.mkdtemp(prefix="qingyuan-screens-")
    os.environ.update(QINGYUAN_HOME=home, DJANGO_SETTINGS_MODULE="qingyuan.settings", DJANGO_ALLOW_ASYNC_UNSAFE="1", QINGYUAN_TESTING="1")
    import django

    django.setup()
    from django.core.management import call_command
    from playwright.sync_api import sync_playwright

    from .stage import Stage, find_browser

    call_command("migrate", verbosity=0, interactive=False)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player, served() as url:
        browser = player.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        stage = Stage(url, browser, BEGINS, Patch())
        stage.raise_people()
        shoot(stage, folder, "empty", [("worklist", "李明", "/"), ("cases", "李明", "/cases/"), ("public", "", "/public/")])
        stage.raise_telemetry()
        plays = crowd(stage)
        multiply(stage, 400)
        stage.at = NOW
        shoot(stage, folder, "crowded", addresses(plays))
        shoot(stage, folder, "refused", [("not-found", "李明", "/cases/99999/"), ("not-now", "李明", "/clues/?after=x"), ("login", "", "/login/")])
        stage.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} 张截图在 {folder}；脚本错误 {len(stage.complaints)} 条", *stage.complaints[:5], sep="\n")
    return 1 if stage.complaints else 0


def crowd(stage) -> list:
    """One case published and closed, one under notice, one being investigated, one visit under way; the rest are clues."""
    from qingyuan.errors import QingyuanError
    from qingyuan.records.clues.queries import open_clues
    from tests.journeys.player import Player

    rows = list(open_clues(stage.officer("李明")))
    first = next(row for row in rows if row.findings.filter(rule="hourly_mean_exceedance").exists())
    others = [twin(first, 1), *(row for row in rows if row.pk != first.pk), twin(first, 2)]
    plays = []
    for clue, last in zip([first, *others], ("close", "statement", "photo", "accept"), strict=False):
        play = Player("exceedance_to_publication.yaml")
        play.at, play.clue = BEGINS, clue
        for step in play.steps[2:]:
            play.at += later(step.get("after", "10m"))
            if "refused" not in step:
                words = step.get("with", {})
                try:
                    play.play_one({**step, "with": {**words, "violation": clue.violation}} if "violation" in words else step, f"{clue} {step['do']}")
                except QingyuanError:
                    break  # this violation asks for other evidence: the case stands where it stands
            if step["do"] == last:
                break
        plays.append(play)
    return plays


def twin(clue, serial: int):
    """The same episode once more, as if it had been found on another day."""
    findings, number = list(clue.findings.all()), f"{clue.number[:-5]}{90000 + serial}"
    copy = type(clue).objects.get(pk=clue.pk)
    copy.pk, copy.number, copy.state = None, number, "found"
    copy.save()
    for row in findings:
        row.pk, row.clue, row.finding_id = None, copy, f"{row.finding_id}-{serial}"
        row.save()
    return copy


def multiply(stage, count: int) -> None:
    """Many clues of other days: copies of those there are, so that lists are as full as on a working Monday."""
    from qingyuan.records.clues.models import Clue
    from qingyuan.records.clues.states import SEVERITIES
    from qingyuan.records.registry.queries import facilities

    models = list(Clue.objects.filter(state="found")[:30]) or list(Clue.objects.all()[:30])
    places, grades = list(facilities(stage.officer("李明"))), list(SEVERITIES)
    for serial in range(count):
        row, place = models[serial % len(models)], places[serial % len(places)]
        on = NOW.date() + dt.timedelta(days=serial % 17 - 2)
        title = place.name + row.title.removeprefix(row.facility.name)
        Clue(
            number=f"XS20261009{serial:05d}", title=title, source="rule", rule=row.rule, violation=row.violation, facility=place, division=place.division,
            outlet_code="", factor=row.factor, severity=grades[serial % 4], began=row.began, ended=row.ended, found_at=NOW - dt.timedelta(hours=serial), due_on=on,
            agency=row.agency, released_at=NOW - dt.timedelta(hours=serial),
        ).save()


def later(text: str) -> dt.timedelta:
    from tests.journeys.player import passing

    return passing(text)


def addresses(plays: list) -> list[tuple[str, str, str]]:
    """Every screen: name, who looks, where."""
    done, noticed, visited, *_ = plays
    return [
        ("login", "", "/login/"), ("worklist", "李明", "/"), ("worklist-leader", "吴海涛", "/"), ("clues", "李明", "/clues/"),
        ("clue", "李明", f"/clues/{noticed.clue.number}/"), ("clue-new", "李明", "/clues/?state=found"), ("tasks", "李明", "/tasks/?state="),
        ("task", "李明", f"/tasks/{visited.task.number}/"), ("task-done", "李明", f"/tasks/{done.task.number}/"), ("cases", "李明", "/cases/?state="),
        ("case-noticed", "李明", f"/cases/{noticed.case.pk}/"), ("case-closed", "李明", f"/cases/{done.case.pk}/"),
        ("companions", "李明", f"/cases/{noticed.case.pk}/companions/"), ("companions-leader", "吴海涛", f"/cases/{noticed.case.pk}/companions/"), ("openings", "李明", "/cases/openings/"),
        ("laboratory", "李明", "/laboratory/?state="), ("transfers", "吴海涛", "/transfers/"), ("sessions", "赵晓燕", "/sessions/"), ("numbers", "吴海涛", "/numbers/"),
        ("figures", "吴海涛", "/figures/?began=2026-01-01&ended=2026-12-31"), ("watch", "李明", "/watch/"), ("case-leader", "吴海涛", f"/cases/{noticed.case.pk}/"), ("facilities", "李明", "/facilities/"),
        ("facility", "李明", f"/facilities/{done.clue.facility.code}/"), ("stack", "李明", f"/facilities/{done.clue.facility.code}/stack/?ended=2026-09-15T13:00"),
        ("devices", "李明", "/devices/"), ("device", "李明", f"/devices/{monitor_at(done.clue)}/"), ("finding", "李明", f"/findings/{done.clue.findings.first().finding_id}/"),
        ("trial", "李明", "/rules/flat_line/trial/?days=31&p_hours_water=4"), ("map", "李明", "/map/"), ("rules", "李明", "/rules/"),
        ("rule", "李明", "/rules/hourly_mean_exceedance/"), ("public", "", "/public/"), ("public-decision", "", f"/public/decisions/{done.release.pk}/"),
        ("public-verify", "", f"/public/verify/?digest={done.case_now().decision.content_digest}"), ("public-verify-bad", "", f"/public/verify/?digest={'0' * 64}"),
    ]


def monitor_at(clue) -> str:
    from qingyuan.records.registry.models import Monitor

    return Monitor.objects.filter(outlet__code=clue.outlet_code).order_by("mn").first().mn


def shoot(stage, folder: Path, world: str, screens: list[tuple[str, str, str]]) -> None:
    for size, (width, height) in WIDTHS.items():
        for name, who, address in screens:
            page = stage.page(who, width, height)
            page.goto(stage.url + address)
            settle(page, stage.complaints)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                stage.complaints.append(f"{world}/{name} 在 {size} 上横向溢出 {wide - width} 像素")
            page.screenshot(path=folder / f"{world}-{name}-{size}.png", full_page=True)


def settle(page, complaints: list[str]) -> None:
    """Charts and maps draw after the page has loaded."""
    from playwright.sync_api import TimeoutError

    for place in ("[data-chart]", "[data-stack]", "#map"):
        if page.locator(place).count():
            try:
                page.wait_for_selector(f"{place}[data-ready]", timeout=20_000)
            except TimeoutError as error:
                complaints.append(f"{page.url}：{place} 没有画出来（{type(error).__name__}）")
    page.wait_for_timeout(250)


class Patch:
    """The part of pytest's monkeypatch that the stage uses."""

    def setattr(self, thing: object, name: str, value: object) -> None:
        setattr(thing, name, value)


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class served:
    """The application on a free port of this process, so that its clock is the stage's."""

    def __enter__(self) -> str:
        from django.core.wsgi import get_wsgi_application

        self.server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var/screens")))
