"""The early-warning station: the technical centre looks at each clue with its telemetry and its gaps beside it, and warns, graded."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.clues import gaps, queries
from qingyuan.records.clues import station as work
from qingyuan.records.clues.states import SEVERITIES

from .clue_forms import LONG
from .clues import chart_of, last_of_each_rule
from .frame import Look, desk

SIZE = 40  # of the queue; what is behind comes up as these are worked off


class Warn(forms.Form):
    """What is sent, how grave, and to whom."""

    tier = forms.ChoiceField(label="预警级别", choices=list(SEVERITIES.items()))
    text = forms.CharField(label="预警内容", widget=LONG, help_text="哪里、什么数据、要对方做什么")
    questions = forms.CharField(label="要企业说明的问题", widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="每行一个；留空用预警内容")
    wanted = forms.CharField(label="要求材料", widget=forms.Textarea(attrs={"rows": 2}), required=False, help_text="每行一样")
    to_firm = forms.BooleanField(label="推送企业，限时说明", required=False, initial=True)
    to_county = forms.BooleanField(label="推送属地", required=False, initial=True)


@desk
def station_page(request: HttpRequest, look: Look) -> HttpResponse:
    return show(request, look, request.GET.get("clue", ""))


def show(request: HttpRequest, look: Look, number: str, form: forms.Form | None = None, code: int = 200) -> HttpResponse:
    """The queue, and one clue opened beside it: the first, or the one asked for."""
    rows = work.to_screen(look.viewer)
    queue = list(rows[:SIZE])
    chosen = queries.clue(look.viewer, number) if number else next(iter(queue), None)
    context = {"queue": queue, "count": queries.capped_count(rows), "chosen": chosen, "at": look.at, "today": look.today, "warnings": work.warnings(look.viewer)[:8]}
    if chosen is not None:
        findings = list(chosen.findings.all()[:200])
        context |= {
            "chart": chart_of(chosen, findings), "findings": findings, "spoke": last_of_each_rule(findings), "gaps": gaps.gaps_of(chosen), "clocks": chosen.clocks.filter(done_at=None),
            "form": form or Warn(initial={"tier": chosen.severity, "text": chosen.title, "to_firm": chosen.facility_id is not None}, auto_id="warn-%s"),
            "may": look.viewer.has_role("analyst"),
        }  # fmt: skip
    return render(request, "desk/station.html", context, status=code)


@require_POST
@desk
def warn(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """Push a warning."""
    clue = queries.clue(look.viewer, number)
    form = Warn(request.POST, auto_id="warn-%s")
    if not form.is_valid():
        return show(request, look, number, form, 400)
    given = dict(form.cleaned_data)
    given["questions"], given["wanted"] = given["questions"].splitlines(), given["wanted"].splitlines()
    try:
        made = work.warn(clue, **given, by=look.viewer, at=look.at)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, number, form, 400)
    to = "、".join(name for name, is_in in ((made.to_agency.name if made.to_agency else "", made.to_agency), ("企业", made.request)) if is_in)
    messages.success(request, f"已推送{made.get_tier_display()}预警：{clue.number}（{to}）")
    return redirect("desk:station")


@require_POST
@desk
def receive_warning(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    row = work.warning_for(look.viewer, pk)
    work.receive(row, by=look.viewer, at=look.at)
    messages.success(request, "已签收预警")
    return redirect("desk:clue", number=row.clue.number)
