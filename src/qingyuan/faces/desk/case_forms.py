"""What the steps of a case ask for, and the things that can be noted without moving the case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from qingyuan.law import rulebook
from qingyuan.records.cases.models import REMEDY_OUTCOMES, TRANSFER_KINDS, Case, Remedy
from qingyuan.records.docket import queries as docket_queries
from qingyuan.records.docket.models import EVIDENCE_KINDS
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer

from .frame import Look
from .step_forms import Empty, Service, Why, day, long_text, tick
from .task_forms import FilesField, ManyFiles


class Summary(forms.Form):
    summary = long_text("调查终结意见", rows=5, help_text="事实、证据和初步意见（令30第37条）")


class Opinion(forms.Form):
    opinion = long_text("意见", rows=4)


class Annul(forms.Form):
    ground = long_text("撤销依据", help_text="复议决定书、判决书或者自行撤销决定的文号和要点")
    on = day("撤销日期")


class Exempt(forms.Form):
    education = long_text("教育情况", help_text="不予处罚的，应当对当事人进行教育（行政处罚法第33条第3款）")


class RemedyBegun(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=Remedy._meta.get_field("kind").choices)
    body = forms.CharField(label="受理机关", max_length=80)
    number = forms.CharField(label="案号", max_length=60, required=False)
    on = day("受理日期")


class RemedyEnded(forms.Form):
    remedy = forms.ModelChoiceField(label="复议、诉讼", queryset=None, empty_label=None)
    outcome = forms.ChoiceField(label="结果", choices=REMEDY_OUTCOMES)
    on = day("终结日期")
    new_fine_yuan = forms.DecimalField(label="变更后的罚款（元）", required=False, min_value=0, decimal_places=2, help_text="结果为变更的必填；不得高于原罚款")
    why = long_text("要点", required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        yuan = given.pop("new_fine_yuan", None)
        given["new_fine_fen"] = None if yuan is None else int(yuan * 100)
        return given

    def __init__(self, *args, case: Case, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["remedy"]
        field.queryset = case.remedies.filter(ended_on=None)
        field.label_from_instance = lambda row: f"{row.get_kind_display()}　{row.body} {row.number}"
        field.initial = field.queryset.first()


class Transfer(forms.Form):
    kind = forms.ChoiceField(label="移送种类", choices=TRANSFER_KINDS)
    to = forms.CharField(label="接收机关", max_length=80)
    offence = forms.CharField(label="涉嫌罪名（移送犯罪必填）", max_length=60, required=False)
    procuratorate = forms.CharField(label="抄送的人民检察院（移送犯罪必填）", max_length=60, required=False)
    responsible = forms.CharField(label="直接负责的主管人员和其他直接责任人员（移送拘留必填）", max_length=80, required=False)
    papers = forms.CharField(label="移送材料（每行一件）", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    why = long_text("移送理由")

    def clean_papers(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["papers"].splitlines() if line.strip()]


class Evidence(forms.Form):
    kind = forms.ChoiceField(label="证据种类", choices=EVIDENCE_KINDS)
    files = FilesField(label="文件", widget=ManyFiles())
    source = forms.CharField(label="来源、提供人", max_length=120)


class Verified(forms.Form):
    """Checking one item: what it proves, and which requirement of the violation it meets (Penalty Law art. 46)."""

    item = forms.ModelChoiceField(label="证据", queryset=None, empty_label=None)
    proves = long_text("证明内容", rows=2)
    requirements = forms.MultipleChoiceField(label="对应的证据要求", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, case: Case, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = case.docket.evidence.filter(is_verified=False)
        self.fields["item"].label_from_instance = lambda row: f"{row.ordinal}．{row.name}（{row.source}）"
        known = docket_queries.requirements()
        wanted = rulebook.load().entry(f"violations/{case.violation}").get("evidence", ())
        self.fields["requirements"].choices = [(key, known.get(key, {}).get("name", key)) for key in wanted]


class Statement(forms.Form):
    text = long_text("陈述申辩内容", rows=4)
    on = day("提出日期")


class Answer(forms.Form):
    statement = forms.ModelChoiceField(label="陈述申辩", queryset=None)
    answer = long_text("复核意见", rows=4, help_text="逐点回应；不得因申辩加重处罚（行政处罚法第45条）")
    is_accepted = tick("采纳")

    def __init__(self, *args, case: Case, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["statement"]
        field.queryset = case.statements.filter(answered_on=None)
        field.label_from_instance = lambda row: f"{row.on}　{row.text[:40]}"
        field.empty_label, field.initial = None, field.queryset.first()


class Waiver(forms.Form):
    why = long_text("书面放弃的材料", rows=2)
    on = day("放弃日期")


class Day(forms.Form):
    """Something that happened on a day."""

    on = day("日期")


class Legality(forms.Form):
    is_passed = forms.TypedChoiceField(label="审核结论", choices=[("", "请选择"), ("1", "通过"), ("0", "不通过，退回纠正")], coerce=lambda text: text == "1")
    opinion = long_text("审核意见", rows=4, help_text="主体、权限、程序、事实证据、法律适用、裁量（行政处罚法第58条）")


class Deliberation(forms.Form):
    voters = forms.ModelMultipleChoiceField(label="参加讨论的人员（两人以上，调查人员不得参加）", queryset=None, widget=forms.CheckboxSelectMultiple)
    conclusion = long_text("讨论结论", rows=3)

    def __init__(self, *args, people: Any, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voters"].queryset = people
        self.fields["voters"].label_from_instance = lambda row: f"{row.name}（{'、'.join(row.role_names)}）"


class Payment(forms.Form):
    amount_yuan = forms.DecimalField(label="缴款金额（元）", min_value=0, decimal_places=2, max_digits=14)
    receipt = forms.CharField(label="财政票据号", max_length=40)
    on = day("缴款日期")


class Correction(forms.Form):
    order = forms.ModelChoiceField(label="责令改正决定", queryset=None, empty_label=None)
    note = long_text("复查情况", rows=3)

    def __init__(self, *args, case: Case, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["order"]
        field.queryset = case.inspection.correction_orders.filter(corrected_on=None)
        field.label_from_instance = lambda row: f"{row.ordered_on} 责令：{row.requirement[:36]}（限 {row.correct_by}）"
        field.initial = field.queryset.first()


Make = Callable[[Case, Look, Any, Any], forms.Form]


def plain(form: type[forms.Form], name: str, *days: str) -> Make:
    """A form without questions of its own to the case; ``days`` are fields that begin with today."""
    return lambda case, look, data, files: form(data, files, auto_id=f"{name}-%s", initial=dict.fromkeys(days, look.today))


def with_case(form: type[forms.Form], name: str) -> Make:
    return lambda case, look, data, files: form(data, files, auto_id=f"{name}-%s", case=case)


def with_people(form: type[forms.Form], name: str, role: str, *days: str) -> Make:
    """A form that chooses among people of the case's bureau who did not investigate it; ``role`` "" takes every post."""

    def make(case: Case, look: Look, data: Any, files: Any) -> forms.Form:
        people = [p.pk for p in registry.colleagues(look.viewer) if p.agency.authority == case.agency and (not role or p.has_role(role))]
        rows = Officer.objects.filter(pk__in=people).exclude(pk__in=case.investigators.values("pk")).select_related("agency").order_by("agency__division__code", "name")
        return form(data, files, auto_id=f"{name}-%s", people=rows, initial=dict.fromkeys(days, look.today))

    return make


def served(name: str) -> Make:
    return lambda case, look, data, files: Service(data, files, auto_id=f"{name}-%s", today=look.today)


# the forms of the steps of the table
STEPS: dict[str, Make] = {
    "conclude": plain(Summary, "conclude"), "pass_review": plain(Opinion, "pass_review"), "send_back": plain(Opinion, "send_back"),
    "give_notice": plain(Empty, "give_notice"), "notify_again": plain(Empty, "notify_again"), "settle_notice": plain(Empty, "settle_notice"),
    "decide": plain(Empty, "decide"), "serve_decision": served("serve_decision"), "perform": plain(Empty, "perform"), "close": plain(Empty, "close"),
    "archive": plain(Empty, "archive"), "suspend": plain(Why, "suspend"), "resume": plain(Why, "resume"),
    "exempt": plain(Exempt, "exempt"), "apply_to_court": plain(Empty, "apply_to_court"), "enforce": plain(Empty, "enforce"),
    "close_in_court": plain(Empty, "close_in_court"),
    "withdraw_filing": plain(Why, "withdraw_filing"), "terminate": plain(Why, "terminate"), "annul": plain(Annul, "annul", "on"),
}


@dataclass(frozen=True)
class Noted:
    """Something that can be noted on a case: in which states, by whom, on what article; ``is_duty`` when somebody waits for it."""

    label: str
    article: str
    states: tuple[str, ...]
    roles: tuple[str, ...]
    make: Make
    shows: Callable[[Case], bool] = lambda case: True
    is_duty: bool = False


RUNNING = ("filed", "investigated", "reviewed", "notified", "answered")
DECIDED = ("decided", "served", "performed")
NOTES: dict[str, Noted] = {
    "attach_telemetry": Noted("提取、封存自动监测数据", "行政处罚法第41条、第46条", ("filed",), ("inspector",), plain(Empty, "attach_telemetry"), lambda c: c.clue_id is not None),
    "take_evidence": Noted("收入证据", "行政处罚法第46条", RUNNING, ("inspector",), plain(Evidence, "take_evidence")),
    "verify_evidence": Noted("查证证据", "行政处罚法第46条", RUNNING, ("inspector", "reviewer"), with_case(Verified, "verify_evidence"), lambda c: c.docket.evidence.filter(is_verified=False).exists()),
    "serve_notice": Noted("送达事先告知书", "行政处罚法第61条", ("notified",), ("inspector",), served("serve_notice"), lambda c: c.notice_served_on is None, True),
    "record_waiver": Noted("当事人书面放弃陈述申辩和听证", "行政处罚法第45条", ("notified",), ("inspector",), plain(Waiver, "record_waiver", "on"), lambda c: bool(c.notice_served_on) and c.waived_on is None),
    "record_statement": Noted("登记陈述申辩", "行政处罚法第45条", ("notified", "answered"), ("inspector",), plain(Statement, "record_statement", "on"), lambda c: bool(c.notice_served_on)),
    "answer_statement": Noted("复核陈述申辩", "行政处罚法第45条", ("notified", "answered"), ("inspector",), with_case(Answer, "answer_statement"), lambda c: c.statements.filter(answered_on=None).exists(), True),
    "request_hearing": Noted("登记听证要求", "行政处罚法第64条", ("notified",), ("inspector",), plain(Day, "request_hearing", "on"), lambda c: bool(c.notice_served_on) and c.hearing_requested_on is None),
    "review_legality": Noted("法制审核", "行政处罚法第58条", ("answered",), ("legality_reviewer",), plain(Legality, "review_legality"), is_duty=True),
    "deliberate": Noted("登记集体讨论", "行政处罚法第57条", ("answered",), ("leader",), with_people(Deliberation, "deliberate", "")),
    "record_payment": Noted("登记缴款", "行政处罚法第67条", ("served", "in_court", "performed"), ("inspector",), plain(Payment, "record_payment", "on"), lambda c: bool(c.fine_fen)),
    "verify_correction": Noted("登记复查改正", "行政处罚法第28条", (*RUNNING, *DECIDED), ("inspector",), with_case(Correction, "verify_correction"), lambda c: c.inspection.correction_orders.filter(corrected_on=None).exists()),
    "urge": Noted("催告", "行政强制法第54条", ("served",), ("inspector",), plain(Day, "urge", "on")),
    "note_court_acceptance": Noted("法院受理", "行政强制法第56条", ("in_court",), ("inspector",), plain(Day, "note_court_acceptance", "on")),
    "record_remedy": Noted("登记复议、诉讼", "行政处罚法第73条", ("served", "in_court", "performed"), ("inspector",), plain(RemedyBegun, "record_remedy", "on")),
    "end_remedy": Noted("登记复议、诉讼结果", "行政处罚法第73条", ("served", "in_court", "performed", "closed"), ("inspector",), with_case(RemedyEnded, "end_remedy"), lambda c: c.remedies.filter(ended_on=None).exists()),
    "transfer": Noted("移送公安或者其他机关", "行政处罚法第27条", (*RUNNING, "suspended", "decided", "served"), ("inspector", "leader"), plain(Transfer, "transfer")),
    "draft_release": Noted("起草公示", "行政处罚法第48条", DECIDED, ("publisher", "leader"), plain(Empty, "draft_release"), lambda c: c.published_on is None, True),
}
