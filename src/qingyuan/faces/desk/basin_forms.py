"""Forms of the basin desk: excluding doubts, handing out, projects and money."""

from __future__ import annotations

from django import forms

from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.reports.basin_models import FUNDS, PROJECT_KINDS
from qingyuan.records.reports.places_in import fen
from qingyuan.records.reports.states import WARNING_DOUBTS

from .places import shapes_of
from .step_forms import day, long_text


class Confirm(forms.Form):
    doubts = forms.MultipleChoiceField(label="已逐项排除", choices=list(WARNING_DOUBTS.items()), widget=forms.CheckboxSelectMultiple)
    why = long_text("复核依据", rows=2, help_text="连续两次读数、留样复测等")


class Why(forms.Form):
    why = long_text("说明", rows=2)


class Place(forms.Form):
    """Anything that is for a division below the viewer."""

    to = forms.ModelChoiceField(label="交办地区", queryset=Division.objects.none())

    def __init__(self, *args, viewer: Officer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Division.objects.filter(code__in=[row.code for row in shapes_of(viewer)]).order_by("code")


class HandOut(Place):
    title = forms.CharField(label="交办事项", max_length=160)
    problem = long_text("问题", rows=3)
    demand = long_text("办理要求", rows=2)
    due_on = day("办理期限")


class OpenProject(Place):
    code = forms.CharField(label="项目编号", max_length=40)
    name = forms.CharField(label="项目名称", max_length=160)
    kind = forms.ChoiceField(label="类型", choices=PROJECT_KINDS)
    owner = forms.CharField(label="责任单位", max_length=120)
    starts_on = day("计划开工")
    due_on = day("计划完成")
    planned_fen = forms.CharField(label="计划投资（万元）", max_length=20)

    def clean_planned_fen(self) -> int:
        return as_fen(self.cleaned_data["planned_fen"])


class Step(forms.Form):
    progress = forms.IntegerField(label="形象进度（%）", min_value=0, max_value=100, required=False)
    why = long_text("进展、理由或验收意见", rows=2, required=False)


class Money(forms.Form):
    on = day("日期")
    fund = forms.ChoiceField(label="资金来源", choices=FUNDS)
    kind = forms.ChoiceField(label="性质", choices=[("granted", "到位"), ("paid", "支付")])
    amount_fen = forms.CharField(label="金额（万元）", max_length=20, help_text="冲正填负数并说明")
    note = forms.CharField(label="说明", max_length=200, required=False)

    def clean_amount_fen(self) -> int:
        return as_fen(self.cleaned_data["amount_fen"])


def as_fen(text: str) -> int:
    try:
        return fen(text)
    except BadInput as error:
        raise forms.ValidationError(str(error)) from None
