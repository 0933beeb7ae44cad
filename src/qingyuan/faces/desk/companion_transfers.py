"""Acts between the authorities: transfers step by step, meetings and letters, listed supervision, damage claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from qingyuan.machine import Step
from qingyuan.records.cases import damage, liaison, transfer
from qingyuan.records.cases.measure_models import LIAISON_KINDS
from qingyuan.records.cases.models import TRANSFER_KINDS, Case, DamageClaim
from qingyuan.records.cases.transfer_models import SUPERVISORS
from qingyuan.records.cases.transfer_states import DAMAGE, SUPERVISION, TABLES

from .companion_fields import (
    BOTH,
    RUNNING,
    TEAM,
    Act,
    Fields,
    Who,
    fen,
    moment,
    on_case,
    text,
    today,
)
from .frame import Look
from .step_forms import day, long_text


def report_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "kind": forms.ChoiceField(label="移送种类", choices=TRANSFER_KINDS[:2]), "to": text("接收的公安机关"), "offence": text("涉嫌罪名（移送犯罪必填）", 60, required=False),
        "procuratorate": text("抄送的人民检察院（移送犯罪必填）", 60, required=False), "responsible": text("责任人员（移送拘留必填）", required=False),
        "papers": long_text("移送材料（每行一件）", rows=2, required=False), "why": long_text("案情和移送理由", rows=3),
    }  # fmt: skip


def take_report(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    lines = [line.strip() for line in given["papers"].splitlines() if line.strip()]
    return transfer.report_transfer(case, **{**given, "papers": lines}, **who)


def turn_act(kind: str, step: Step) -> Act:
    """One step of one table of transfers: on the transfers of that kind that stand where it leaves from."""
    is_answer = step.name in ("note_taken", "note_declined")

    def fields(case: Case, look: Look, row: Any) -> Fields:
        asked: Fields = {"text": long_text("情况", rows=2)}
        if step.name == "decide_transfer":
            return asked
        asked |= {"moment": moment("发生时间", look, is_now=True), "paper": text("对方文书及文号", required=False)}
        return {**asked, "decided_on": day("对方作出决定的日期", required=False)} if is_answer else asked

    def take(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
        if step.name == "decide_transfer":
            return transfer.decide(row, text=given["text"], **who)
        words = dict(given)
        words["moment"] = min(words["moment"], who["at"])  # the minute of now has no seconds to come
        return transfer.take(row, step.name, **words, **who)

    rows = lambda case: [row for row in case.transfers.all() if row.kind == kind and row.state in step.sources]  # noqa: E731
    return Act("transfer", step.label, step.article, tuple(sorted(step.roles)), rows, fields, take, lambda row, look: transfer.why_not(row, step.name, by=look.viewer, at=look.at))


def liaison_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "kind": forms.ChoiceField(label="种类", choices=LIAISON_KINDS), "body": text("机关"), "on": today(day("日期"), look), "place": text("地点", 120, required=False),
        "attendees": long_text("参加单位和人员", rows=2, required=False, help_text="会议、会商写明参加人员和议定事项的，自动制作纪要"), "text": long_text("讨论事项、来函内容", rows=2),
        "result": long_text("议定事项", rows=2, required=False), "due_on": day("应办结日期", required=False, help_text="书面咨询、检察意见留空则按规定计算"),
    }  # fmt: skip


def listing_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "level": forms.ChoiceField(label="督办层级", choices=SUPERVISORS), "body": text("督办机关"), "number": text("督办文号", 60, required=False),
        "on": today(day("挂牌日期"), look), "due_on": day("办结期限"), "text": long_text("督办要求", rows=2),
    }  # fmt: skip


def supervision_act(step: Step) -> Act:
    fields: Callable[[Case, Look, Any], Fields] = lambda case, look, row: {"text": long_text("情况", rows=2), **({"due_on": day("延长至")} if step.name == "extend_supervision" else {})}  # noqa: E731
    return Act(
        "supervision", step.label, "督办文件", tuple(sorted(step.roles)), lambda case: [row for row in case.supervisions.all() if row.state in step.sources], fields,
        lambda case, row, given, who: liaison.supervise(row, step.name, **given, **who), lambda row, look: liaison.why_not_supervise(row, step.name, by=look.viewer),
    )


def claim_fields(step: str) -> Callable[[Case, Look, Any], Fields]:
    def fields(case: Case, look: Look, row: Any) -> Fields:
        asked: Fields = {"text": long_text("结论、理由或者要点", rows=2)}
        if step == "note_assessment":
            asked["yuan"] = forms.DecimalField(label="损害数额（元）", min_value=0, decimal_places=2, max_digits=14)
        if step == "invite_consultation":
            asked |= {"held_at": moment("磋商时间", look), "place": text("磋商地点", 120), "receiver": text("告知书签收人", 40)}
        return asked

    return fields


def claim_act(step: Step) -> Act:
    def take(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
        words = dict(given)
        return damage.take(row, step.name, amount_fen=fen(words.pop("yuan", None)), **words, **who)

    rows = lambda case: list(DamageClaim.objects.filter(case=case, state__in=step.sources))  # noqa: E731
    return Act("damage", step.label, step.article, tuple(sorted(step.roles)), rows, claim_fields(step.name), take, lambda row, look: damage.why_not(row, step.name, by=look.viewer))


def screening_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "facts": long_text("损害事实", rows=2), "extent": long_text("受影响的环境要素和范围", rows=2), "proposal": long_text("启动或者不启动的建议及理由", rows=2),
        "known_on": today(day("知道损害之日"), look),
    }  # fmt: skip


TRANSFER_ACTS: dict[str, Act] = {
    "report": Act("transfer", "提出移送公安机关的书面报告", "行刑衔接工作办法第5条", TEAM, on_case(*transfer.OPEN), report_fields, take_report),
    **{f"{kind}_{name}": turn_act(kind, step) for kind, table in TABLES.items() for name, step in table.steps.items()},
    "liaison": Act("liaison", "登记联席会议、会商、咨询、检察意见", "行刑衔接工作办法", BOTH, on_case(), liaison_fields, lambda c, r, g, w: liaison.record_liaison(c, **g, **w)),
    "end_liaison": Act("liaison", "办结", "行刑衔接工作办法", BOTH, lambda c: list(c.liaisons.filter(ended_on=None)), lambda c, k, r: {"result": long_text("结果", rows=2), "on": today(day("日期"), k)}, lambda c, r, g, w: liaison.end_liaison(r, **g, **w)),
    "list_supervision": Act("supervision", "登记挂牌督办", "督办文件", BOTH, on_case(*liaison.LIVING), listing_fields, lambda c, r, g, w: liaison.list_supervision(c, **g, **w)),
    **{f"supervision_{name}": supervision_act(step) for name, step in SUPERVISION.steps.items()},
    "screen": Act("damage", "填写损害赔偿线索筛查表", "法典第1073条", BOTH, lambda c: [] if DamageClaim.objects.filter(case=c).exists() or c.state not in RUNNING else [None], screening_fields, lambda c, r, g, w: damage.screen_damage(c, **g, **w)),
    **{f"claim_{name}": claim_act(step) for name, step in DAMAGE.steps.items()},
}  # fmt: skip
