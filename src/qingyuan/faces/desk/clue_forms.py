"""The forms of a clue's steps: they read input, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms

from qingyuan.clock import CHINA
from qingyuan.records.clues import grounds, routing
from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.states import FALSE_ALARM_CAUSES, REMOTE_RESULTS, REMOTE_WAYS, SEVERITIES, TRUE_KINDS
from qingyuan.records.dispatch import queries as dispatched
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Agency, Officer

from . import names
from .frame import Look

LONG = forms.Textarea(attrs={"rows": 3})


def moment(label: str, *, required: bool = True, help_text: str = "") -> forms.DateTimeField:
    """A moment of China, written 2026-11-24 08:30 on every machine."""
    attrs = {"placeholder": "年-月-日 时:分，如 2026-11-24 08:30", "autocomplete": "off"}
    return forms.DateTimeField(label=label, required=required, help_text=help_text, input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"], widget=forms.DateTimeInput(attrs=attrs, format="%Y-%m-%d %H:%M"))


class Accept(forms.Form):
    why = forms.CharField(label="受理意见", required=False, widget=LONG)


class Dismiss(forms.Form):
    cause = forms.ChoiceField(label="原因", choices=[("", "请选择"), *FALSE_ALARM_CAUSES.items()])
    why = forms.CharField(label="认定理由", widget=LONG, help_text="看了哪些材料、为什么不构成违法；这一结论会回到规则的命中率里")


class Refute(Dismiss):
    pass


class Refer(forms.Form):
    to = forms.CharField(label="移送机关", max_length=80)
    why = forms.CharField(label="移送理由", widget=LONG)


class Merge(forms.Form):
    into = forms.CharField(label="并入线索编号", max_length=20, help_text="判定、企业说明、核查一并过去；拆分可以还原")
    why = forms.CharField(label="理由", widget=LONG)


class Split(forms.Form):
    findings = forms.MultipleChoiceField(label="拆出去的判定", widget=forms.CheckboxSelectMultiple)
    title = forms.CharField(label="新线索标题", max_length=160, required=False, help_text="留空沿用原标题")
    why = forms.CharField(label="理由", widget=LONG)

    def __init__(self, *args: Any, clue: Clue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = clue.findings.all()[:100]
        self.fields["findings"].choices = [(row.finding_id, f"{row.began.astimezone(CHINA):%m-%d %H:%M} {names.rule_name(row.rule)}") for row in rows]


class Identify(forms.Form):
    facility = forms.CharField(label="污染源编码", max_length=30, help_text="一企一档里的编码")
    why = forms.CharField(label="凭什么认定", widget=LONG)


class Regrade(forms.Form):
    severity = forms.ChoiceField(label="等级", choices=list(SEVERITIES.items()))
    why = forms.CharField(label="理由", widget=LONG)


class AskFirm(forms.Form):
    questions = forms.CharField(label="要企业说明的问题", widget=LONG, help_text="每行一个")
    wanted = forms.CharField(label="要求提供的材料", widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="每行一样，如 运维记录、校准记录、停产报告")
    due_at = moment("答复期限", required=False, help_text="留空按分级方案的时限")

    def clean_questions(self) -> list[str]:
        return str(self.cleaned_data["questions"]).splitlines()

    def clean_wanted(self) -> list[str]:
        return str(self.cleaned_data["wanted"]).splitlines()


class CheckRemotely(forms.Form):
    way = forms.ChoiceField(label="方式", choices=list(REMOTE_WAYS.items()))
    minutes = forms.IntegerField(label="用时（分钟）", min_value=1, max_value=600)
    people = forms.CharField(label="对方人员", max_length=120, required=False, help_text="视频连线必填：姓名、职务")
    found = forms.CharField(label="核查情况", widget=LONG)
    result = forms.ChoiceField(label="结果", choices=list(REMOTE_RESULTS.items()))
    file = forms.FileField(label="记录、录像、资料", required=False)


class GoOnSite(forms.Form):
    ground = forms.ChoiceField(label="事由", choices=list(grounds.reasons_to_give().items()))
    why = forms.CharField(label="理由", widget=LONG)


class Confirm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=list(TRUE_KINDS.items()))
    why = forms.CharField(label="核实结论", widget=LONG)


class Transfer(forms.Form):
    to = forms.ModelChoiceField(label="转给", queryset=Agency.objects.none())
    why = forms.CharField(label="转办理由", widget=LONG, help_text="监督关系按业务上级，不按地方政府")

    def __init__(self, *args: Any, clue: Clue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = routing.targets(clue)
        self.fields["to"].queryset = Agency.objects.filter(pk__in=[agency.pk for agency, _ in rows])
        self.fields["to"].choices = [("", "请选择"), *((agency.pk, f"{how}　{agency.name}") for agency, how in rows)]


class Why(forms.Form):
    why = forms.CharField(label="理由", widget=LONG)


class Verify(forms.Form):
    """Sending somebody: two or more people, each with a certificate that holds on the day."""

    inspectors = forms.ModelMultipleChoiceField(
        label="检查人员（两人以上）", queryset=Officer.objects.none(), widget=forms.CheckboxSelectMultiple,
    )
    due_on = forms.DateField(label="应完成日期", required=False, widget=forms.DateInput(attrs={"placeholder": "2026-12-01", "inputmode": "numeric"}), help_text="留空按默认期限")

    def __init__(self, *args: Any, people: list[tuple[Officer, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].queryset = Officer.objects.filter(pk__in=[p.pk for p, _ in people])
        self.fields["inspectors"].choices = [(p.pk, f"{p.name}（{p.agency.name}）" + (f"　✕ {why}" if why else "")) for p, why in people]


FORMS: dict[str, type[forms.Form]] = {
    "accept": Accept, "verify": Verify, "ask_firm": AskFirm, "check_remotely": CheckRemotely, "go_on_site": GoOnSite, "confirm": Confirm, "refute": Refute, "dismiss": Dismiss,
    "identify": Identify, "regrade": Regrade, "merge": Merge, "split": Split, "transfer": Transfer, "return_back": Why, "refer": Refer, "release": Why,
}
FIRST = ("accept", "verify", "identify", "release", "ask_firm", "check_remotely", "go_on_site", "confirm", "refute", "dismiss")
"""What an officer does next; everything else is for the unusual case."""


def build(clue: Clue, look: Look) -> dict[str, forms.Form]:
    """An empty form for every step a clue can take now, without those that make no sense for it."""
    hidden = set()
    if clue.facility_id:
        hidden.add("identify")
    if not (clue.state == "found" and clue.released_at is None):
        hidden.add("release")
    if clue.findings.count() < 2:
        hidden.add("split")
    if not clue.clue_moves.exists():
        hidden.add("return_back")
    if clue.on_site_ground or grounds.ground_of(clue, look.at):
        hidden.add("go_on_site")
    return {step: make(step, clue, look) for step in FORMS if step not in hidden}


def make(step: str, clue: Clue, look: Look, given: Any = None, files: Any = None) -> forms.Form:
    more: dict[str, Any] = {}
    if step == "verify":
        more["people"] = dispatched.candidates(look.viewer, clue.facility, look.today) if clue.facility_id else []
    if step in ("split", "transfer"):
        more["clue"] = clue
    return FORMS[step](given, files, prefix=None, auto_id=f"{step}-%s", **more)


def facility_of(viewer: Officer, code: str) -> Any:
    """The facility of a code the viewer may see."""
    return registry.facility(viewer, code.strip())


def files_of(files: Any, name: str) -> list[tuple[str, bytes]]:
    """Uploaded files as (name, bytes)."""
    return [(file.name, file.read()) for file in files.getlist(name)] if files else []
