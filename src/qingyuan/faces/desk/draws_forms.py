"""The forms of plans, draws and the positive list: they read input, the actions decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import forms

from qingyuan.clock import CHINA
from qingyuan.records.dispatch import door, positive
from qingyuan.records.dispatch import items as catalogue
from qingyuan.records.dispatch.gate import Near
from qingyuan.records.dispatch.plan_states import OFF_SITE_WAYS, RESULTS, WITHOUT_VISIT

from .step_forms import long_text

SCOPES = [("national", "全国（环办〔2015〕88号）"), ("guangdong", "广东"), ("chizhou", "池州"), ("jiangxi", "江西")]


def moment(label: str, *, help_text: str = "") -> forms.DateTimeField:
    """A moment in China, written 2026-11-24 21:15."""
    attrs = {"placeholder": "年-月-日 时:分，如 2026-11-24 21:15", "autocomplete": "off"}
    return forms.DateTimeField(label=label, help_text=help_text, input_formats=["%Y-%m-%d %H:%M"], widget=forms.DateTimeInput(attrs=attrs, format="%Y-%m-%d %H:%M"))


def in_china(at: dt.datetime) -> dt.datetime:
    """What was typed, as a moment in China whatever the server's own zone."""
    return at.replace(tzinfo=CHINA)


class DrawUp(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2020, max_value=2100)
    scope = forms.ChoiceField(label="采用的比例", choices=SCOPES[:3], help_text="没有本地规定的按全国方案")
    frequency_cap = forms.IntegerField(label="每家企业年度频次上限（次）", min_value=1, max_value=50, help_text="计划内现场检查；投诉举报、线索核实、案件调查不计（国办发〔2024〕54号）")


class Commit(forms.Form):
    source = forms.ChoiceField(label="种子来源")
    round_ = forms.CharField(label="哪一期", max_length=40, help_text="写明期号、轮次或见证记录编号；必须尚未公布")
    earliest = moment("最早公布时间", help_text="须晚于现在")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(key, told["name"]) for key, told in door.beacon_sources().items()]

    def clean_earliest(self) -> dt.datetime:
        return in_china(self.cleaned_data["earliest"])


class Redraw(Commit):
    why = long_text("重抽理由", help_text="原承诺保留在账本中，编号相连，理由随验证包公开")


class Run(forms.Form):
    value = forms.CharField(label="公开的随机数", max_length=120)
    published_at = moment("公布时间")
    evidence = forms.CharField(label="何处可以查到", max_length=200)

    def __init__(self, *args, source: dict[str, str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = f"写法：{source['spelling']}，例如 {source['example']}"

    def clean_published_at(self) -> dt.datetime:
        return in_china(self.cleaned_data["published_at"])


class Send(forms.Form):
    items = forms.MultipleChoiceField(label="检查事项", required=False, widget=forms.CheckboxSelectMultiple, help_text="只能查公布的事项")

    def __init__(self, *args, near: Sequence[Near], on: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(one.code, one.name) for one in catalogue.items(on)]
        if near:
            told = "；".join(f"{one.on} {one.who} {one.what}" for one in near)
            self.fields["answer"] = long_text("不能合并的理由", rows=2, help_text=f"前后另有检查：{told}（综合查一次）")


class Result(forms.Form):
    result = forms.ChoiceField(label="检查结果")
    note = forms.CharField(label="后续处理", max_length=200, required=False)
    way = forms.ChoiceField(label="非现场检查方式", required=False, choices=[("", "（以非现场检查替代时选择）"), *OFF_SITE_WAYS.items()])

    def __init__(self, *args, visited: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [(key, label) for key, label in RESULTS.items() if (key in WITHOUT_VISIT) is not visited]
        if visited:
            del self.fields["way"]


class Propose(forms.Form):
    facility = forms.CharField(label="污染源编码", max_length=30)
    ground = forms.ChoiceField(label="列入情形")
    reason = long_text("列入理由", rows=2)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(key, entry["label"]) for key, entry in positive.grounds("entry").items()]


class Objection(forms.Form):
    objection = long_text("异议内容", rows=2)
    answer = long_text("核查结论", rows=2, required=False, help_text="未写结论的，不能列入")


class Remove(forms.Form):
    removal = forms.ChoiceField(label="移出情形")
    why = long_text("理由", rows=2)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["removal"].choices = [(key, entry["label"]) for key, entry in positive.grounds("removal").items()]
