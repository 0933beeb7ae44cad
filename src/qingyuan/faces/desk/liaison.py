"""Working together: the registers of exchange, meetings and agreements, check lists that go out, and bulletins made from the data."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.clues import bulletins
from qingyuan.records.clues import liaison as work
from qingyuan.records.clues.liaison_models import ALERT_LEVELS, BULLETIN_KINDS, LIAISON_KINDS

from . import names
from .clue_forms import LONG
from .frame import Look, desk
from .paging import page_by_id
from .papers import FORMS, as_file
from .step_forms import day

SIZE = 20


class Entry(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=LIAISON_KINDS)
    title = forms.CharField(label="标题", max_length=120)
    parties = forms.CharField(label="对方单位", max_length=200)
    on = day("日期")
    until = day("有效至、预计解除", required=False)
    level = forms.ChoiceField(label="预警级别", choices=[("", "（重污染天气预警时选择）"), *ALERT_LEVELS], required=False)
    reference = forms.CharField(label="文号", max_length=60, required=False)
    content = forms.CharField(label="内容、议定事项", widget=LONG)
    file = forms.FileField(label="原件", required=False)


class Make(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=BULLETIN_KINDS)
    began = day("自")
    ended = day("至")


@desk
def liaison_page(request: HttpRequest, look: Look) -> HttpResponse:
    """The registers and the bulletins; a new entry is written here."""
    form = Entry(request.POST or None, request.FILES or None, auto_id="entry-%s")
    if request.method == "POST":
        if form.is_valid() and written(form, look):
            messages.success(request, "已登记")
            return redirect("desk:liaison")
        return show(request, look, form=form, code=400)
    return show(request, look)


def written(form: Entry, look: Look) -> bool:
    given = dict(form.cleaned_data)
    file = given.pop("file", None)
    try:
        work.register_entry(**given, file=(file.name, file.read()) if file else None, by=look.viewer, at=look.at)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


def show(request: HttpRequest, look: Look, *, form: forms.Form | None = None, make: forms.Form | None = None, code: int = 200) -> HttpResponse:
    kind = request.GET.get("kind", "")
    first = look.today.replace(day=1)
    last_month = (first - dt.timedelta(days=1)).replace(day=1)
    context = {
        "page": page_by_id(work.entries(look.viewer, kind=kind), request.GET.get("after", ""), SIZE), "kind": kind, "kinds": LIAISON_KINDS, "alert": work.alert_in_force(look.viewer, look.today),
        "form": form or Entry(initial={"on": look.today}, auto_id="entry-%s"), "is_open": form is not None, "at": look.at,
        "make": make or Make(initial={"kind": "monthly", "began": last_month, "ended": look.today}, auto_id="bulletin-%s"), "bulletins": bulletins.bulletins(look.viewer)[:12],
    }  # fmt: skip
    return render(request, "desk/liaison.html", context, status=code)


@require_POST
@desk
def make_bulletin(request: HttpRequest, look: Look) -> HttpResponse:
    """Count and write a bulletin."""
    form = Make(request.POST, auto_id="bulletin-%s")
    if form.is_valid():
        try:
            row = bulletins.make_bulletin(**form.cleaned_data, by=look.viewer, at=look.at, rule_name=names.rule_name)
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已编制：{row.title}")
            return redirect("desk:liaison")
    return show(request, look, make=form, code=400)


@desk
def bulletin_file(request: HttpRequest, look: Look, pk: int, form: str) -> HttpResponse:
    row, content = bulletins.bulletin_content(look.viewer, pk, form)
    return as_file(content, f"{row.title}.{form}", FORMS[form], shown=form == "pdf")


@desk
def cut_list(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """The check list of an alert, to go out to departments and counties."""
    row = work.entry_for(look.viewer, pk)
    return as_file(work.cut_list(look.viewer, row), f"减排核查清单 {row.title}.csv", "text/csv", shown=False)
