"""The forms of campaigns, rounds, problems and notices: they read input, the actions decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import forms

from qingyuan.records.cases import queries as cases
from qingyuan.records.dispatch import campaigns, problems
from qingyuan.records.dispatch.campaign_models import Campaign, Problem
from qingyuan.records.dispatch.campaign_states import GRAVITIES, ROUND_MODES, TARGET_SOURCES
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.queries import colleagues

from .frame import Look
from .step_forms import day, long_text
from .task_forms import FilesField, ManyFiles


class DrawUpCampaign(forms.Form):
    kind = forms.ChoiceField(label="种类")
    title = forms.CharField(label="名称", max_length=120)
    began = day("开始日期")
    ended = day("结束日期")
    most = forms.IntegerField(label="最多检查（家次）", min_value=1, max_value=100_000, help_text="专项检查须限定数量（国办发〔2024〕54号）")

    def __init__(self, *args, on: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *((key, entry["label"]) for key, entry in campaigns.kinds(on).items())]


class Targets(forms.Form):
    source = forms.ChoiceField(label="来源", choices=list(TARGET_SOURCES.items()))
    priority = forms.TypedChoiceField(label="优先", choices=[(1, "先查"), (2, "一般"), (3, "有余力再查")], initial=2, coerce=int)
    lines = long_text("点位", rows=4, help_text="每行一个：污染源编码或者地点名称，列入理由。例：99010200001，用电曲线夜间不降")


class Report(forms.Form):
    report = long_text("总结", rows=4)


class PlanRound(forms.Form):
    mode = forms.ChoiceField(label="方式", choices=list(ROUND_MODES.items()))
    theme = forms.CharField(label="主题", max_length=120)
    division = forms.ModelChoiceField(label="去哪里", queryset=Division.objects.none())
    began = day("开始日期")
    ended = day("结束日期")
    lead = forms.ModelChoiceField(label="组长", queryset=Officer.objects.none())
    team = forms.ModelMultipleChoiceField(label="组员", queryset=Officer.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, help_text="不从去的地方抽人")
    campaign = forms.ModelChoiceField(label="所属专项行动", queryset=Campaign.objects.none(), required=False)

    def __init__(self, *args, look: Look, places: Iterable[Division], running: Iterable[Campaign], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(pk__in=[one.pk for one in places]).order_by("code")
        people = [one for one in colleagues(look.viewer) if one.has_role("inspector")]
        for name in ("lead", "team"):
            self.fields[name].queryset = Officer.objects.filter(pk__in=[one.pk for one in people]).select_related("agency")
            self.fields[name].label_from_instance = lambda one: f"{one.name}（{one.agency.name}）"
        self.fields["campaign"].queryset = Campaign.objects.filter(pk__in=[one.pk for one in running])


class NoteProblem(forms.Form):
    kind = forms.ChoiceField(label="问题类别")
    gravity = forms.ChoiceField(label="程度", choices=[("", "按类别默认"), *GRAVITIES.items()], required=False)
    where = forms.CharField(label="污染源编码或地点", max_length=120)
    description = long_text("问题描述", rows=3, help_text="看到什么、在哪里、多大范围、什么时间")

    def __init__(self, *args, on: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *((key, entry["label"]) for key, entry in problems.dictionary(on).items())]


class HandOver(forms.Form):
    note = forms.CharField(label="交办单编号", max_length=40)
    due_on = day("整改期限", required=False, help_text="留空按程度的默认期限（平台设置）")


class Rectify(forms.Form):
    plan = long_text("整改措施和完成情况", rows=3)


class Because(forms.Form):
    why = long_text("理由和依据", rows=2)


class SendBack(Because):
    due_on = day("新的整改期限", required=False)


class Proof(forms.Form):
    files = FilesField(label="照片、监测报告、台账（PDF）", widget=ManyFiles(attrs={"accept": "image/*,.pdf"}), help_text="原样保存，收到即计算摘要")


class Further(forms.Form):
    """A case we can look up, or a body it was transferred to."""

    case_number = forms.CharField(label="立案编号", max_length=60, required=False)
    transferred = forms.CharField(label="移送的机关和文号", max_length=120, required=False, help_text="如 清源市公安局 清环罪移〔2026〕2号")

    def __init__(self, *args, look: Look, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.look = look

    def clean_case_number(self) -> str:
        told = self.cleaned_data["case_number"].strip()
        if told and not cases.cases(self.look.viewer).filter(number=told).exists():
            raise forms.ValidationError(f"没有编号为“{told}”的案件，或不在您的辖区")
        return told


class Notice(forms.Form):
    division = forms.ModelChoiceField(label="主送（政府）", queryset=Division.objects.none())
    problems = forms.ModelMultipleChoiceField(label="列入的问题", queryset=Problem.objects.none(), widget=forms.CheckboxSelectMultiple)
    content = long_text("存在问题与要求", rows=4)
    reply_by = day("反馈期限")

    def __init__(self, *args, places: Iterable[Division], rows: Iterable[Problem], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(pk__in=[one.pk for one in places]).order_by("code")
        self.fields["problems"].queryset = Problem.objects.filter(pk__in=[one.pk for one in rows]).select_related("division")
        self.fields["problems"].label_from_instance = lambda one: f"{one.number} {one.division} {one.place}（{one.get_gravity_display()}）"


class Words(forms.Form):
    text = long_text("反馈内容或者理由", rows=3)


class Urge(Words):
    reply_by = day("新的反馈期限")
