"""The forms of a clue's steps: they read input, the actions decide."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import QueryDict

from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.states import FALSE_ALARM_CAUSES
from qingyuan.records.dispatch import queries as dispatched
from qingyuan.records.registry.models import Officer

LONG = forms.Textarea(attrs={"rows": 3})


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
    into = forms.CharField(label="并入线索编号", max_length=20)
    why = forms.CharField(label="理由", widget=LONG)


class Confirm(forms.Form):
    why = forms.CharField(label="核实结论", widget=LONG)


class Verify(forms.Form):
    """Sending somebody: two or more people, each with a certificate that holds on the day."""

    inspectors = forms.ModelMultipleChoiceField(
        label="检查人员（两人以上）", queryset=Officer.objects.none(), widget=forms.CheckboxSelectMultiple,
    )
    due_on = forms.DateField(label="应完成日期", required=False, widget=forms.DateInput(attrs={"placeholder": "2026-12-01", "inputmode": "numeric"}), help_text="留空按默认期限")

    def __init__(self, *args, people: list[tuple[Officer, str]] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].queryset = Officer.objects.filter(pk__in=[p.pk for p, _ in people])
        self.fields["inspectors"].choices = [(p.pk, f"{p.name}（{p.agency.name}）" + (f"　✕ {why}" if why else "")) for p, why in people]


FORMS = {"accept": Accept, "verify": Verify, "confirm": Confirm, "refute": Refute, "dismiss": Dismiss, "refer": Refer, "merge": Merge}


def build(clue: Clue, viewer: Officer, today: dt.date) -> dict[str, forms.Form]:
    """An empty form for every step a clue can take."""
    return {step: make(step, clue, viewer, today, None) for step in FORMS}


def bind(step: str, clue: Clue, viewer: Officer, today: dt.date, given: QueryDict) -> forms.Form | None:
    return make(step, clue, viewer, today, given) if step in FORMS else None


def make(step: str, clue: Clue, viewer: Officer, today: dt.date, given: QueryDict | None) -> forms.Form:
    more = {"people": dispatched.candidates(viewer, clue.facility, today)} if step == "verify" else {}
    return FORMS[step](given, prefix=None, auto_id=f"{step}-%s", **more)
