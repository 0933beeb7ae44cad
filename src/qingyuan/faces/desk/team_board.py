"""For team leaders: who is where, by the state of tasks alone; certificates running out, load, leave.  For planners: the calendar with its quotas.

Nobody is located, nobody is counted by clicks: what stands here comes from tasks and from what people wrote down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qingyuan.errors import BadInput
from qingyuan.records.dispatch import board, credit, people
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.queries import colleagues

from .draws import settle
from .frame import Look, desk
from .step_forms import day, long_text

SOON = 90  # days before a certificate ends from which it is shown


class LeaveForm(forms.Form):
    officer = forms.ModelChoiceField(label="人员", queryset=Officer.objects.none())
    began = day("起")
    ended = day("止")
    why = forms.CharField(label="事由", max_length=60)

    def __init__(self, *args, look: Look, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = Officer.objects.filter(pk__in=[one.pk for one in colleagues(look.viewer)]).select_related("agency")
        self.fields["officer"].label_from_instance = lambda one: f"{one.name}（{one.agency.name}）"


class Grades(forms.Form):
    source = forms.CharField(label="来源", max_length=120, help_text="如 省企业环境信用评价系统 2026-09-01 导出")
    lines = long_text("等级", rows=6, help_text="每行一家：编码，等级（绿、蓝、黄、红、黑），起始日期。全部可用才登记")


@dataclass
class Month:
    """One month of the calendar: what happens on which day."""

    first: dt.date
    rows: list[tuple[dt.date, str, str, str]] = field(default_factory=list)  # day, kind, words, address


@desk
def team_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Everyone who inspects: where they are, what they carry, what runs out."""
    form = LeaveForm(request.POST or None, look=look)
    if request.method == "POST" and settle(request, form, lambda given: people.note_leave(by=look.viewer, at=look.at, **given), "登记请假"):
        return redirect("desk:team")
    rows = board.team(look.viewer, look.today, SOON)
    context = {
        "rows": rows, "form": form, "today": look.today, "soon": SOON, "on_site": sum(bool(row.places) for row in rows), "ending": sum(row.left is not None and 0 <= row.left <= SOON for row in rows),
        "over": sum(row.left is not None and row.left < 0 for row in rows), "away": sum(bool(row.leave) for row in rows), "leaves": board.leaves(look.viewer, look.today),
    }
    return render(request, "desk/team_board.html", context, status=400 if form.errors else 200)


@desk
def calendar_page(request: HttpRequest, look: Look) -> HttpResponse:
    """A year: quotas against what was drawn and done, and every dated thing in its month."""
    told = request.GET.get("year", "")
    if told and not (told.isdigit() and 2000 <= int(told) <= look.today.year + 1):
        raise BadInput(f"年度应为四位数字，不晚于{look.today.year + 1}年", field="year")
    year = int(told) if told else look.today.year
    months = {number: Month(dt.date(year, number, 1)) for number in range(1, 13)}
    for item in board.dated(look.viewer, year):
        months[item[0].month].rows.append(item)
    for month in months.values():
        month.rows.sort()
    context = {"year": year, "months": months.values(), "quotas": board.quotas(look.viewer, year), "today": look.today, "now": look.today.replace(day=1)}
    return render(request, "desk/plan_calendar.html", context)


@desk
def credit_page(request: HttpRequest, look: Look) -> HttpResponse:
    """The grades that weigh in the draw, and handing new ones in."""
    form = Grades(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        return credit.take_grades(by=look.viewer, at=look.at, **given)

    if request.method == "POST" and settle(request, form, act, "登记信用等级"):
        return redirect("desk:credit_grades")
    context = {"rows": credit.grade_rows(look.viewer)[:200], "form": form, "weights": board.credit_weights(look.today)}
    return render(request, "desk/credit_grades.html", context, status=400 if form.errors else 200)
