"""What the forms of all steps share: short fields, and reading a form of a step by its name."""

from __future__ import annotations

import datetime as dt

from django import forms

from qingyuan.records.docket.models import SERVICE_WAYS


def long_text(label: str, *, required: bool = True, help_text: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text)


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A legal day, written 2026-11-24 on every machine; a date picker would follow the machine's own habits."""
    attrs = {"placeholder": "年-月-日，如 2026-11-24", "inputmode": "numeric", "autocomplete": "off"}
    return forms.DateField(label=label, required=required, help_text=help_text, input_formats=["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"], widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d"))


def tick(label: str, *, required: bool = False, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=required, help_text=help_text)


class Empty(forms.Form):
    """A step that needs no words."""


class Why(forms.Form):
    why = long_text("理由")


class Service(forms.Form):
    """Handing a document over: how, to whom, when (Penalty Law art. 61)."""

    how = forms.ChoiceField(label="送达方式", choices=SERVICE_WAYS)
    receiver = forms.CharField(label="签收人", max_length=40)
    on = day("送达日期")

    def __init__(self, *args, today: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today

