"""The steps of a visit as the screen offers them: when each shows, why it cannot be taken yet, what it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from qingyuan.clock import CHINA
from qingyuan.law import rulebook
from qingyuan.records.cases import filing
from qingyuan.records.cases.models import Case
from qingyuan.records.clues.states import FALSE_ALARM_CAUSES
from qingyuan.records.dispatch import campaigns, handover, problems
from qingyuan.records.dispatch import items as catalogue
from qingyuan.records.dispatch.campaign_states import GRAVITIES
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.dispatch.states import ASSIGNMENT, CROSS
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.inspections.states import CONCLUSIONS, INSPECTION

from .frame import Look
from .step_forms import Empty, Why, day, long_text, tick
from .steps import role_reasons


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        rows = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(row, initial) for row in rows]


class Photos(forms.Form):
    files = FilesField(label="照片、音视频、扫描件", widget=ManyFiles(attrs={"accept": "image/*,video/*,audio/*,.pdf", "capture": "environment"}), help_text="原样保存，收到即计算摘要；不压缩、不改名")


class Record(forms.Form):
    production = long_text("建设与生产情况", rows=2)
    permits = long_text("环保手续情况", rows=2, help_text="环评、验收、排污许可")
    treatment = long_text("产污及治污设施运行情况", rows=2)
    facts = long_text("检查所见", rows=5, help_text="看到什么、在哪里、什么时间，监测设备状态")
    sampling = long_text("采样、监测情况", rows=2, required=False)
    person_on_site = forms.CharField(label="现场负责人", max_length=40)
    position = forms.CharField(label="职务", max_length=40, required=False)
    was_certificate_shown = tick("已出示执法证件")
    was_told_of_recusal = tick("已告知有权申请回避")
    was_signed = tick("当事人已签字确认")
    refusal = forms.CharField(label="拒签说明", max_length=200, required=False, help_text="当事人拒绝签字时填写")


class Conclude(forms.Form):
    conclusion = forms.ChoiceField(label="检查结论", choices=[("", "请选择"), *CONCLUSIONS.items()])
    why = long_text("依据的事实和材料")
    cause = forms.ChoiceField(label="误报原因", choices=[("", "（未发现违法行为时选择）"), *FALSE_ALARM_CAUSES.items()], required=False)


class Order(forms.Form):
    requirement = long_text("改正要求")
    correct_by = day("改正期限")


class FileCase(forms.Form):
    violation = forms.ChoiceField(label="案由（违法行为）")
    act_began = day("违法行为开始")
    act_ended = day("违法行为结束", required=False, help_text="留空为仍在继续")
    late_reason = long_text("逾期立案的理由", required=False, rows=2, help_text="超过立案期限时必填（令30第18条）")


def build_case_form(task: Assignment, visit: Inspection, look: Look, data: Any, files: Any) -> forms.Form:
    """The filing form with the violation and the days that the clue already knows."""
    clue = task.clue
    initial = {}
    if clue is not None:
        initial = {"violation": clue.violation, "act_began": clue.began.astimezone(CHINA).date(), "act_ended": clue.ended.astimezone(CHINA).date()}
    form = FileCase(data, initial=initial, auto_id="file_case-%s")
    form.fields["violation"].choices = [("", "请选择"), *((code, row["name"]) for code, row in rulebook.load().violations().items())]
    return form


@dataclass(frozen=True)
class Spec:
    """One step: label, article, when it shows, why not yet, its form."""

    label: str
    article: str
    shows: Callable[[Assignment, Inspection | None], bool]
    reasons: Callable[[Assignment, Inspection | None, Look], list[str]]
    make: Callable[[Assignment, Inspection | None, Look, Any, Any], forms.Form]


def plain(form: type[forms.Form], name: str) -> Callable[..., forms.Form]:
    return lambda task, visit, look, data, files: form(data, files, auto_id=f"{name}-%s")


def only_inspectors(task: Assignment, visit: Inspection | None, look: Look) -> list[str]:
    """The sentence the action would refuse with, shown before anybody fills in a form."""
    if task.inspectors.filter(pk=look.viewer.pk).exists():
        return []
    return [f"由本次检查的检查人员办理（行政处罚法第42条）；{look.viewer.name}不在其中"]


def by_table(step: str) -> Callable[[Assignment, Inspection | None, Look], list[str]]:
    return lambda task, visit, look: [*ASSIGNMENT.why_not(task.state, step, task), *role_reasons(ASSIGNMENT.steps[step], look.viewer)]


def of_visit(step: str) -> Callable[[Assignment, Inspection | None, Look], list[str]]:
    return lambda task, visit, look: [*INSPECTION.why_not(visit.state, step, visit), *only_inspectors(task, visit, look)]


def of_filing(task: Assignment, visit: Inspection, look: Look) -> list[str]:
    """Everything but the lateness, for which the form has a field."""
    return filing.why_not_file(visit, by=look.viewer, on=look.today, act_ended=None, late_reason="—")


def may_be_filed(task: Assignment, visit: Inspection | None) -> bool:
    """Once there is a case the page leads to it instead."""
    return visit is not None and visit.conclusion == "violation" and not Case.objects.filter(inspection=visit).exists()


class Items(forms.Form):
    items = forms.MultipleChoiceField(label="检查事项", widget=forms.CheckboxSelectMultiple, help_text="写入任务码，企业扫码可见；只能查公布的事项")


def build_items_form(task: Assignment, visit: Inspection | None, look: Look, data: Any, files: Any) -> forms.Form:
    form = Items(data, initial={"items": task.items}, auto_id="set_items-%s")
    form.fields["items"].choices = [(one.code, one.name) for one in catalogue.items(look.today)]
    return form


class Found(forms.Form):
    kind = forms.ChoiceField(label="问题类别")
    gravity = forms.ChoiceField(label="程度", choices=[("", "按类别默认"), *GRAVITIES.items()], required=False)
    point = forms.ChoiceField(label="检查要点", required=False)
    description = long_text("问题描述", rows=3)


def build_problem_form(task: Assignment, visit: Inspection | None, look: Look, data: Any, files: Any) -> forms.Form:
    """A problem of this visit; the check points are those of its campaign."""
    form = Found(data, auto_id="note_problem-%s")
    form.fields["kind"].choices = [("", "请选择"), *((key, entry["label"]) for key, entry in problems.dictionary(look.today).items())]
    form.fields["point"].choices = [("", "—"), *((point["id"], f"{point['id']} {point['text']}") for point in campaigns.points_for(task, look.today))]
    return form


def of_handover(task: Assignment, visit: Inspection | None, look: Look) -> list[str]:
    row = handover.handover_of(task)
    return handover.of_receiver(row, look.viewer) if row is not None else []


def awaits(task: Assignment, *, receipt: bool) -> bool:
    """Whether a hand-over waits for its receipt, or for the report after it."""
    row = handover.handover_of(task) if task.mode in CROSS else None
    return row is not None and (row.received_on is None if receipt else row.received_on is not None and row.reported_on is None)


class Report(forms.Form):
    text = long_text("办理结果", rows=2)


class Handover(forms.Form):
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="本次检查收入的全部证据按名称和摘要列入清单")


def of_senders(task: Assignment, visit: Inspection | None, look: Look) -> list[str]:
    return [] if look.viewer.pk == task.issued_by_id else only_inspectors(task, visit, look)


def of_planner(task: Assignment, visit: Inspection | None, look: Look) -> list[str]:
    return [] if look.viewer.pk == task.issued_by_id else ["由派发人揭晓（四不两直）"]


STEPS = {
    "reveal": Spec("揭晓：告知检查人员去哪里", "四不两直", lambda t, v: t.is_surprise and t.state == "issued" and t.revealed_at is None, of_planner, plain(Empty, "reveal")),
    "open_inspection": Spec("到场，开始检查", "行政处罚法第55条", lambda t, v: t.state == "issued", by_table("start"), plain(Empty, "open_inspection")),
    "take_photo": Spec("收入照片和材料", "行政处罚法第46条", lambda t, v: v is not None and v.state != "concluded", only_inspectors, plain(Photos, "take_photo")),
    "record": Spec("制作现场检查笔录", "行政处罚法第55条", lambda t, v: v is not None and v.state == "opened", of_visit("record"), plain(Record, "record")),
    "conclude": Spec("得出检查结论", "", lambda t, v: v is not None and v.state in ("opened", "recorded"), of_visit("conclude"), plain(Conclude, "conclude")),
    "order_correction": Spec("责令改正", "行政处罚法第28条", lambda t, v: v is not None and v.conclusion == "violation", only_inspectors, plain(Order, "order_correction")),
    "file_case": Spec("提请立案", "令30第18条", may_be_filed, of_filing, build_case_form),
    "note_problem": Spec("登记问题（入台账）", "", lambda t, v: v is not None, only_inspectors, build_problem_form),
    "hand_evidence": Spec("移交证据给属地", "异地交叉执法", lambda t, v: v is not None and t.mode in CROSS and handover.handover_of(t) is None, lambda t, v, look: handover.why_not_hand(t, look.viewer), plain(Handover, "hand_evidence")),
    "receive_evidence": Spec("签收移交的证据", "异地交叉执法", lambda t, v: awaits(t, receipt=True), of_handover, plain(Empty, "receive_evidence")),
    "report_handover": Spec("反馈办理结果", "异地交叉执法", lambda t, v: awaits(t, receipt=False), of_handover, plain(Report, "report_handover")),
    "set_items": Spec("列明检查事项", "国办发〔2024〕54号", lambda t, v: t.state == "issued", of_senders, build_items_form),
    "cancel": Spec("撤销任务", "", lambda t, v: t.state == "issued", by_table("cancel"), plain(Why, "cancel")),
}
