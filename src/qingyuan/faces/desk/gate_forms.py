"""The form of a task that goes through the gate: it reads input, the gate decides."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from qingyuan.records.dispatch import campaign_queries, queries
from qingyuan.records.dispatch import items as catalogue
from qingyuan.records.dispatch.campaign_models import AssistanceRound, Campaign
from qingyuan.records.dispatch.gate import Near
from qingyuan.records.dispatch.sending import HERE
from qingyuan.records.dispatch.states import BASES, MODES
from qingyuan.records.registry.models import Facility, Officer

from .frame import Look
from .step_forms import day, long_text, tick


class SendOut(forms.Form):
    """Who goes where on what basis, and what is looked at."""

    basis = forms.ChoiceField(label="检查依据", choices=[("", "请选择"), *((key, BASES[key]) for key in HERE)])
    reason = long_text("事由", rows=2, help_text="为什么要去、查什么；任务码上只显示依据和事项，不显示事由")
    items = forms.MultipleChoiceField(label="检查事项", required=False, widget=forms.CheckboxSelectMultiple, help_text="只能查公布的事项")
    inspectors = forms.ModelMultipleChoiceField(label="检查人员（两人以上，持证）", queryset=Officer.objects.none(), widget=forms.CheckboxSelectMultiple)
    due_on = day("应完成日期", required=False, help_text="留空按默认期限")
    mode = forms.ChoiceField(label="组织方式", choices=list(MODES.items()), initial="ordinary", help_text="驻点督查、机动巡查、重案协查须由异地人员承担")
    authority_letter = forms.CharField(label="指定管辖、授权文号", max_length=60, required=False, help_text="异地执法时填写")
    is_surprise = tick("四不两直：开始之前只有我知道", help_text="出发时在任务页向检查人员揭晓")

    campaign = forms.ModelChoiceField(label="专项行动", queryset=Campaign.objects.none(), required=False, to_field_name="number", help_text="依据为专项行动时选择；只列进行中的")
    round = forms.ModelChoiceField(label="帮扶轮次", queryset=AssistanceRound.objects.none(), required=False, to_field_name="number", help_text="依据为监督帮扶时选择")

    def __init__(self, *args, place: Facility, look: Look, near: Sequence[Near], mode: str = "ordinary", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaign_queries.campaigns(look.viewer).filter(state="published", began__lte=look.today, ended__gte=look.today)
        self.fields["round"].queryset = campaign_queries.rounds(look.viewer).filter(state="running")
        self.fields["items"].choices = [(one.code, one.name) for one in catalogue.items(look.today)]
        people = queries.candidates(look.viewer, place, look.today, mode)
        self.fields["inspectors"].queryset = Officer.objects.filter(pk__in=[one.pk for one, _ in people])
        self.fields["inspectors"].choices = [(one.pk, f"{one.name}（{one.agency.name}）" + (f"　✕ {why}" if why else "")) for one, why in people]
        if near:
            self.fields["answer"] = long_text("不能合并的理由", rows=2, required=False, help_text="有重复检查又不合并时填写；个案检查可不填")
        outside = [(one.outside, f"{one.on} {one.who}：{one.what}") for one in near if one.outside]
        if outside:
            self.fields["merge"] = forms.MultipleChoiceField(label="合并的部门检查", required=False, choices=outside, widget=forms.CheckboxSelectMultiple)


class Outside(forms.Form):
    """A visit another department plans."""

    department = forms.CharField(label="部门", max_length=60, help_text="如 应急管理局、市场监督管理局、上级或者邻近的生态环境部门")
    planned_on = day("计划日期")
    items = forms.CharField(label="检查事项", max_length=200)
    contact = forms.CharField(label="联系人", max_length=60, required=False)
