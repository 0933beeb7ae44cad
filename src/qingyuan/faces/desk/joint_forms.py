"""The forms of agreements, alerts and key areas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import forms

from qingyuan.records.dispatch import campaigns
from qingyuan.records.dispatch.joint_states import AGREEMENT_KINDS, ALERT_KINDS, ALERT_LEVELS, CHECK_WAYS, DIRECTIONS
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.queries import colleagues

from .draws_forms import in_china, moment
from .frame import Look
from .step_forms import day, long_text, tick


class Register(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=list(AGREEMENT_KINDS.items()))
    title = forms.CharField(label="名称", max_length=120)
    parties = long_text("对方机关", rows=2, help_text="每行一个")
    shares = long_text("共享与协作内容", rows=3)
    contacts = long_text("联系人", rows=2, required=False)
    checks_per_year = forms.IntegerField(label="每年联合检查（次）", min_value=0, max_value=365, initial=0)
    signed_on = day("签订日期")
    valid_to = day("有效期止", required=False)


class Share(forms.Form):
    direction = forms.ChoiceField(label="方向", choices=list(DIRECTIONS.items()))
    party = forms.ChoiceField(label="对方机关")
    clue = forms.CharField(label="线索编号", max_length=20, required=False, help_text="我方发出时填写")
    facility = forms.CharField(label="污染源编码", max_length=30, required=False, help_text="对方发来、涉及本辖区污染源时填写，即时转为线索")
    content = long_text("内容", rows=3)

    def __init__(self, *args, parties: Iterable[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(one, one) for one in parties]


class Recognise(forms.Form):
    direction = forms.ChoiceField(label="方向", choices=list(DIRECTIONS.items()))
    party = forms.ChoiceField(label="对方机关")
    name = forms.CharField(label="证据名称", max_length=200)
    digest = forms.CharField(label="SHA-256 摘要", max_length=64)
    was_lawful = tick("取得程序合法")
    is_original = tick("与原件核对一致")
    is_accepted = tick("采用")
    why = long_text("审查意见", rows=2)

    def __init__(self, *args, parties: Iterable[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [(one, one) for one in parties]


class RaiseAlert(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=list(ALERT_KINDS.items()))
    level = forms.ChoiceField(label="级别", choices=list(ALERT_LEVELS.items()), help_text="重大活动选“保障期”")
    title = forms.CharField(label="名称", max_length=120)
    document = forms.CharField(label="启动文号", max_length=60)
    division = forms.ModelChoiceField(label="范围", queryset=Division.objects.none())
    began_at = moment("启动时间")

    def __init__(self, *args, places: Iterable[Division], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = Division.objects.filter(pk__in=[one.pk for one in places]).order_by("code")

    def clean_began_at(self) -> dt.datetime:
        return in_china(self.cleaned_data["began_at"])


class CheckFirm(forms.Form):
    way = forms.ChoiceField(label="核查方式", choices=list(CHECK_WAYS.items()), help_text="先非现场；现场检查须先派发任务")
    is_met = forms.TypedChoiceField(label="结论", choices=[("1", "已落实"), ("0", "未落实，转入问题台账")], coerce=lambda told: told == "1")
    found = forms.CharField(label="核查情况", max_length=300)


class DrawUpArea(forms.Form):
    times = forms.IntegerField(label="每年巡查（次）", min_value=1, max_value=365)
    officer = forms.ModelChoiceField(label="责任人", queryset=Officer.objects.none())
    pack = forms.ChoiceField(label="检查要点包", required=False)
    content = long_text("专项计划", rows=3)

    def __init__(self, *args, look: Look, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = Officer.objects.filter(pk__in=[one.pk for one in colleagues(look.viewer)]).select_related("agency")
        self.fields["pack"].choices = [("", "不用"), *((key, entry["label"]) for key, entry in campaigns.packs(look.today).items() if entry["audience"] == "public_place")]


class Patrol(forms.Form):
    on = day("日期")
    found = long_text("巡查情况", rows=3, help_text="公共区域巡查；要进企业的，从“派发检查”办理")
    has_problem = tick("发现问题，登记到问题台账")
