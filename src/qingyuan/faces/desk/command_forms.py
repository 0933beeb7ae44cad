"""Forms of the command centre: an incident, a call for support, a point to look up."""

from __future__ import annotations

from django import forms

from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer
from qingyuan.records.reports.command_models import GRADES
from qingyuan.records.reports.states import INCIDENT_KINDS

from .step_forms import long_text

LON = {"label": "经度", "min_value": 73, "max_value": 136, "widget": forms.NumberInput(attrs={"step": "any", "placeholder": "点地图自动填写"})}
LAT = {"label": "纬度", "min_value": 3, "max_value": 54.5, "widget": forms.NumberInput(attrs={"step": "any"})}


class Open(forms.Form):
    title = forms.CharField(label="事件：何地何事", max_length=120)
    kind = forms.ChoiceField(label="类型", choices=list(INCIDENT_KINDS.items()))
    grade = forms.ChoiceField(label="等级", choices=GRADES, initial="yellow", help_text="平台分级，非法定")
    lon = forms.FloatField(**LON)
    lat = forms.FloatField(**LAT)


class Call(forms.Form):
    caller = forms.CharField(label="求援人", max_length=40)
    phone = forms.CharField(label="电话", max_length=30, required=False)
    need = forms.CharField(label="需要什么", max_length=200)
    lon = forms.FloatField(**LON)
    lat = forms.FloatField(**LAT)


class Lead(forms.Form):
    lead = forms.ModelChoiceField(label="负责人", queryset=Officer.objects.none())

    def __init__(self, *args, viewer: Officer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = registry.colleagues(viewer)


class Log(forms.Form):
    text = long_text("记事", rows=2)


class End(forms.Form):
    why = long_text("如何结束的", rows=2)
