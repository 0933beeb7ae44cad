"""Forms of a sighting's steps."""

from __future__ import annotations

from typing import Any

from django import forms

from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer
from qingyuan.records.reports.models import Sighting
from qingyuan.records.reports.sightings_models import STAGES

from .step_forms import day, long_text
from .task_forms import FilesField, ManyFiles


class Assign(forms.Form):
    checker = forms.ModelChoiceField(label="核查人", queryset=Officer.objects.none())

    def __init__(self, *args, viewer: Officer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = [officer.pk for officer in registry.colleagues(viewer) if officer.has_role("inspector")]
        self.fields["checker"].queryset = Officer.objects.filter(pk__in=people).order_by("name")


class Confirm(forms.Form):
    finding = long_text("现场核查情况", help_text="现场看到了什么、谁、在哪里；与图上是否一致")
    facility_code = forms.CharField(label="涉及的污染源编码", max_length=30, required=False)
    rectify_by = day("整改期限", required=False, help_text="不填按平台设定")


class Finding(forms.Form):
    finding = long_text("现场核查情况", help_text="合法的写明手续名称和文号")


class Rectify(forms.Form):
    remedy = long_text("整改情况")


class Photos(forms.Form):
    stage = forms.ChoiceField(label="阶段", choices=[(key, label) for key, label in STAGES if key != "found"])
    files = FilesField(label="照片", widget=ManyFiles(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}), help_text="原样保存；带定位的照片会显示拍摄位置")


class Merge(forms.Form):
    number = forms.CharField(label="并入的编号", max_length=20)


class Why(forms.Form):
    why = long_text("理由或依据", rows=2)


def build(row: Sighting, viewer: Officer, data: Any = None, files: Any = None, step: str = "") -> dict[str, forms.Form]:
    """The forms by step; the one named is bound to what was sent."""

    def make(kind: type[forms.Form], name: str, **more: Any) -> forms.Form:
        return kind(data, files, auto_id=f"{name}-%s", **more) if name == step else kind(auto_id=f"{name}-%s", **more)

    return {
        "assign": make(Assign, "assign", viewer=viewer), "confirm": make(Confirm, "confirm"), "refute": make(Finding, "refute"), "find_lawful": make(Finding, "find_lawful"),
        "merge": make(Merge, "merge"), "rectify": make(Rectify, "rectify"), "send_back": make(Why, "send_back"), "close": make(Why, "close"), "photos": make(Photos, "photos"),
    }  # fmt: skip
