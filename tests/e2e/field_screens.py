"""Pictures of every screen of the field app, phone and tablet, to be looked at: ``python -m tests.e2e.field_screens [FOLDER]``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from .screens import BEGINS, Patch, served

SIZES = {"phone": (390, 844), "tablet": (820, 1180)}


def main(folder: Path) -> int:
    home = tempfile.mkdtemp(prefix="qingyuan-field-")
    os.environ.update(QINGYUAN_HOME=home, DJANGO_SETTINGS_MODULE="qingyuan.settings", DJANGO_ALLOW_ASYNC_UNSAFE="1", QINGYUAN_TESTING="1")
    import django

    django.setup()
    from django.core.management import call_command
    from playwright.sync_api import sync_playwright

    from .stage import Stage, find_browser

    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True, skip_checks=True)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player, served() as url:
        browser = player.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        stage = Stage(url, browser, BEGINS, Patch())
        stage.raise_people()
        task, tools = prepare(stage)
        for size, (width, height) in SIZES.items():
            play(stage, task, folder, size, width, height)
        stage.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} 张截图在 {folder}；脚本错误 {len(stage.complaints)} 条", *stage.complaints[:5], sep="\n")
    return 1 if stage.complaints else 0


def prepare(stage):
    """A task with inspection items, and two instruments, one of them out of calibration."""
    from qingyuan.records.inspections.models import Instrument

    from .field_stage import sent

    task = sent(stage)
    task.items = ["EE-I01", "EE-I03", "EE-I10", "EE-I14"]
    task.save()
    agency = stage.officer("李明").agency
    tools = [Instrument.objects.create(agency=agency, name=name, serial=serial, calibrated_on="2025-09-01", valid_to=until) for name, serial, until in (("便携式烟气分析仪", "YQ-07", "2026-08-31"), ("林格曼望远镜", "LG-02", "2027-03-01"))]
    return task, tools


def play(stage, task, folder: Path, size: str, width: int, height: int) -> None:
    """One officer's day, photographed screen by screen."""
    from qingyuan.records.inspections.field_kinds import single_id

    from .field_stage import Tablet

    tablet = Tablet(stage, "李明" if size == "phone" else "王建国", width, height)
    at, onsite = f"#/t/{task.number}", single_id(task.number, "on_site")

    def shoot(name: str) -> None:
        tablet.page.wait_for_timeout(150)
        tablet.page.screenshot(path=str(folder / f"{name}-{size}.png"), full_page=True)

    tablet.page.goto(stage.url + "/field/")
    tablet.page.wait_for_selector("#register")
    shoot("01-door")
    tablet.register()
    shoot("02-no-tasks")
    tablet.page.click("#fetch")
    tablet.page.wait_for_selector(f"[data-task='{task.number}']")
    shoot("03-tasks")
    tablet.download(task)
    tablet.cut()
    tablet.go(at)
    shoot("04-task")
    tablet.go(f"{at}/gate")
    shoot("04a-gate")
    tablet.go(f"{at}/map")
    tablet.page.click("#locate")
    tablet.page.wait_for_timeout(300)
    shoot("04b-map")
    tablet.go(f"{at}/visit")
    for step in ("entered", "certificates_shown", "rights_told", "recusal_asked"):
        if tablet.page.locator(f"[data-step={step}] button", has_text="记录").count():  # the colleague may have recorded it
            tablet.record(step)
        if step == "certificates_shown":
            shoot("05-visit")
    tablet.go(f"{at}/firm")
    shoot("06-firm")
    tablet.go(f"{at}/check")
    tablet.page.locator("[data-point] [data-answer=yes]").first.click()
    tablet.page.locator("[data-point] [data-answer=no]").nth(1).click()
    tablet.page.locator("dialog textarea").fill("标志牌缺失")
    shoot("07-check-ask")
    tablet.page.locator("dialog button", has_text="确定").click()
    shoot("08-check")
    photo = folder / "窑尾喷氨泵.jpg"
    from qingyuan.testing import PHOTO

    photo.write_bytes(PHOTO)
    tablet.go(f"{at}/evidence")
    tablet.page.set_input_files("#photo", str(photo))
    tablet.page.locator(".shot").first.wait_for()
    shoot("09-evidence")
    photo.unlink()
    tablet.write(f"{at}/field/on_site/{onsite}~facts", f"喷氨泵停运三日，窑尾氮氧化物超标。（{size}）")
    tablet.go(f"{at}/field/on_site/{onsite}~treatment")
    tablet.page.locator("#words").press_sequentially("SCR 喷氨泵停运")
    shoot("10-field")
    tablet.go(f"{at}/rec/on_site/{onsite}")
    shoot("11-record")
    tablet.sign(f"{at}/sign/on_site/{onsite}~signature_officer_1~李明", "李明")
    tablet.go(f"{at}/sign/on_site/{onsite}~signature_party~")
    shoot("12-sign")
    tablet.go(f"{at}/sign/on_site/{onsite}~refusal~")
    shoot("13-refusal")
    tablet.go(f"{at}/readings/0198c1f0-0000-7000-8000-00000000000a")
    tablet.page.select_option("#f-instrument", "YQ-07")
    shoot("14-reading")
    tablet.go(f"{at}/samples/0198c1f0-0000-7000-8000-00000000000b")
    shoot("15-sample")
    tablet.go(f"{at}/rec/interview/0198c1f0-0000-7000-8000-00000000000c")
    shoot("16-interview")
    tablet.go(f"{at}/calc")
    for place in tablet.page.locator("select[id^='f-']").all():
        place.select_option(index=1)
    shoot("17-calc")
    tablet.go("#/law")
    tablet.page.fill("#find", "数据")
    shoot("18-law")
    tablet.go("#/sync")
    shoot("19-waiting")
    tablet.restore()
    tablet.meet()
    shoot("20-sync")
    tablet.go("#/me")
    shoot("21-me")
    tablet.go(f"{at}/field/on_site/{onsite}~comment")
    if size == "tablet":
        other = Tablet(stage, "李明", 390, 844)
        other.register()
        other.download(task)
        for one, words in ((tablet, "情况属实。"), (other, "泵已修复，不属实。")):
            one.cut()
            one.write(f"{at}/field/on_site/{onsite}~comment", words)
        for one in (other, tablet):
            one.restore()
            one.meet()
        for one, name in ((tablet, "tablet"), (other, "phone")):
            one.meet()
            one.go(f"{at}/field/on_site/{onsite}~comment")
            one.page.wait_for_timeout(150)
            one.page.screenshot(path=str(folder / f"22-conflict-{name}.png"), full_page=True)
        other.close()
        desk = stage.page("李明")
        desk.goto(f"{stage.url}/field/trace/{task.number}/")
        desk.screenshot(path=str(folder / "23-trace-desk.png"), full_page=True)
        desk.goto(f"{stage.url}/field/devices/")
        desk.screenshot(path=str(folder / "24-devices-desk.png"), full_page=True)
        desk.set_viewport_size({"width": 390, "height": 844})
        desk.goto(f"{stage.url}/field/trace/{task.number}/")
        desk.screenshot(path=str(folder / "25-trace-phone.png"), full_page=True)
    tablet.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/screens/field")))
