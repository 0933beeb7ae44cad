"""From an exceedance to its publication, as the people of a bureau do it: in a browser, one after another."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingyuan.records.cases.models import Case
from qingyuan.records.clues.models import Clue
from qingyuan.testing import PHOTO

from .hand import take, unfold, why_not
from .stage import Stage

pytestmark = pytest.mark.browser
FACTS = "窑尾 SCR 脱硝喷氨泵故障停运，氮氧化物小时均值超过许可排放浓度，自动监测设备运行正常。"


def test_an_exceedance_becomes_a_published_decision(stage: Stage, tmp_path: Path) -> None:
    """Penalty Law arts. 42, 44, 45, 54-62; every refusal names what is missing before anybody can go on."""
    li = stage.page("李明")
    triage(stage, li)
    visit(stage, li, tmp_path)
    case = investigate(stage, li, tmp_path)
    hear(stage, li, case)
    decide(stage, case)
    publish(stage, case)
    perform(stage, li, case)
    assert not stage.complaints, stage.complaints


def triage(stage: Stage, li) -> None:
    """The first screen, the clue, its chart; a clue that nobody accepted cannot be assigned."""
    li.goto(stage.url + "/")
    clue = Clue.objects.filter(facility__name="清河水泥有限公司", findings__rule="hourly_mean_exceedance").distinct().get()
    li.locator(f"main a[href='/clues/{clue.number}/']").first.click()
    li.wait_for_selector("[data-chart][data-ready='1'] canvas")
    assert "限值" in li.inner_text(".qy-main") and "第一千一百零七条" in li.inner_text(".qy-main")
    assert li.locator("#step-verify").count() == 0
    take(li, "accept", why="数据有效，超过许可排放浓度")
    box = unfold(li, "verify")
    box.get_by_label("李明", exact=False).check()
    with li.expect_navigation():
        box.locator("button[type=submit]").click()
    assert "不得少于两人" in li.inner_text("main")
    li.go_back()
    take(li, "verify", ticks=("李明", "王建国"))
    li.locator("main a[href^='/tasks/']").first.click()


def visit(stage: Stage, li, folder: Path) -> None:
    """On site: entering, a photo, the record, the conclusion, the order to correct."""
    stage.pass_time(days=1)
    li.reload()
    take(li, "open_inspection")
    assert "不能" in why_not(li, "conclude")
    photo = folder / "窑尾在线监测站房.jpg"
    photo.write_bytes(PHOTO)
    take(li, "take_photo", files={"files": photo})
    assert li.locator(".qy-photos img").count() == 1
    stage.pass_time(hours=1)
    take(li, "record", ticks=("已出示执法证件", "已告知有权申请回避", "当事人已签字确认"), facts=FACTS, person_on_site="陈立", position="环保负责人", production="2 号窑正常生产。", permits="持有排污许可证，环评、验收手续齐全。", treatment="SCR 喷氨泵停运，其他设施运行正常。")
    take(li, "conclude", conclusion="violation", why="自动监测小时均值超过许可排放浓度，现场确认喷氨泵停运、设备正常。")
    take(li, "order_correction", requirement="立即修复喷氨系统，确保氮氧化物达标排放。", correct_by="2026-09-26")


def investigate(stage: Stage, li, folder: Path) -> Case:
    """Filing, evidence, the calculation; the decision is far away and the page says what stands between."""
    take(li, "file_case", violation="air_exceedance")
    case = Case.objects.get()
    assert "尚缺证据" in why_not(li, "conclude")
    take(li, "attach_telemetry")
    for name, kind in (("调查询问笔录", "statement_of_party"), ("营业执照", "documentary"), ("排污许可证副本", "documentary")):
        file = folder / f"{name}.txt"
        file.write_text(f"{name}（演示）", encoding="utf-8")
        take(li, "take_evidence", files={"files": file}, kind=kind, source="清河水泥有限公司")
    calculate(li)
    take(li, "conclude", summary="超标事实清楚、证据充分，建议处以罚款。")
    assert "不得审查自己调查的案件" in why_not(li, "pass_review")
    zhao = stage.page("赵晓燕")
    zhao.goto(f"{stage.url}/cases/{case.pk}/")
    take(zhao, "pass_review", opinion="管辖、事实、证据、程序、法律适用和裁量均无问题。")
    return case


def calculate(page) -> None:
    """Answer every question of the benchmark with its lightest level and calculate."""
    box = unfold(page, "propose_penalty")
    for place in box.locator("select").all():
        place.select_option(index=1)
    with page.expect_navigation():
        box.locator("button[type=submit]").click()
    assert page.locator(".qy-note.is-good[role=status]").count(), page.inner_text("#discretion")
    assert "法定幅度" in page.inner_text("#discretion")


def hear(stage: Stage, li, case: Case) -> None:
    """The notice, its periods, a statement and the answer to it (Penalty Law arts. 44, 45, 64)."""
    li.goto(f"{stage.url}/cases/{case.pk}/")
    take(li, "give_notice")
    assert "尚未送达" in why_not(li, "settle_notice")
    stage.pass_time(days=1)
    take(li, "serve_notice", receiver="陈立", on=f"{stage.at:%Y-%m-%d}")
    assert "期限" in why_not(li, "settle_notice")
    take(li, "record_statement", text="喷氨泵突发故障，我公司已抢修，请求从轻处罚。", on=f"{stage.at:%Y-%m-%d}")
    stage.pass_time(days=16)
    li.reload()
    assert "尚未复核" in why_not(li, "settle_notice")
    take(li, "answer_statement", answer="已在裁量中考虑及时改正情节，不再另行减轻。")
    take(li, "settle_notice")


def decide(stage: Stage, case: Case) -> None:
    """Legality review, deliberation, the decision; its paper comes as PDF and DOCX."""
    address = f"{stage.url}/cases/{case.pk}/"
    zhou = stage.page("周文博")
    zhou.goto(address)
    take(zhou, "review_legality", is_passed="1", opinion="主体、权限、程序、事实、法律适用均合法。")
    wu = stage.page("吴海涛")
    wu.goto(address)
    take(wu, "deliberate", ticks=("吴海涛", "孙立军"), conclusion="同意拟处罚意见。")
    take(wu, "decide")
    case.refresh_from_db()
    assert case.fine_fen and case.decision.number in wu.inner_text("main")
    for form, mark in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = wu.request.get(f"{stage.url}/papers/{case.decision_id}.{form}")
        assert answer.status == 200 and answer.body().startswith(mark)
    stage.pass_time(days=1)
    li = stage.page("李明")
    li.goto(address)
    take(li, "serve_decision", receiver="陈立", on=f"{stage.at:%Y-%m-%d}")


def publish(stage: Stage, case: Case) -> None:
    """Two people, then everyone (Penalty Law art. 48); the paper's digest leads to the paper."""
    address = f"{stage.url}/cases/{case.pk}/"
    zheng = stage.page("郑静")
    zheng.goto(address)
    take(zheng, "draft_release")
    assert "另一人" in why_not(zheng, "release")
    wu = stage.page("吴海涛")
    wu.goto(address)
    take(wu, "release")
    case.refresh_from_db()
    visitor = stage.page("")
    visitor.goto(stage.url + "/public/")
    visitor.get_by_role("link", name="清河水泥有限公司").click()
    assert case.decision.number in visitor.inner_text("main")
    visitor.goto(f"{stage.url}/public/verify/?digest={case.decision.content_digest}")
    assert "查到这份文书" in visitor.inner_text("main")
    visitor.goto(f"{stage.url}/public/verify/?digest={'0' * 64}")
    assert "没有查到" in visitor.inner_text("main")


def perform(stage: Stage, li, case: Case) -> None:
    """Payment, correction, closing; what is closed says so on every screen."""
    stage.pass_time(days=3)
    li.goto(f"{stage.url}/cases/{case.pk}/")
    assert "未缴纳" in why_not(li, "perform")
    take(li, "record_payment", amount_yuan=str(case.fine_fen // 100), receipt="财票0001", on=f"{stage.at:%Y-%m-%d}")
    take(li, "verify_correction", note="喷氨系统已修复，连续七日达标。")
    take(li, "perform")
    wu = stage.page("吴海涛")
    wu.goto(f"{stage.url}/cases/{case.pk}/")
    take(wu, "close")
    case.refresh_from_db()
    assert case.state == "closed" and not [text for text in wu.locator(".qy-clock.is-late").all_inner_texts() if text]
