"""The number ledger: every series of the agency, its gaps (an audit expects none), void numbers with their reasons, lent blocks."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotYours
from qingyuan.records.docket import actions, numbering, queries
from qingyuan.records.docket.writing.kinds import kinds

from .frame import Look, desk

SIZE = 500


class Lend(forms.Form):
    kind = forms.ChoiceField(label="文书")
    count = forms.IntegerField(label="个数", min_value=1, max_value=numbering.LARGEST_BLOCK, initial=10)
    device = forms.CharField(label="设备", max_length=60)
    days = forms.IntegerField(label="几天内收回", min_value=1, max_value=30, initial=3)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, f"{kind.title}（{kind.word}）") for name, kind in kinds().items() if kind.word]


@desk
def number_ledger(request: HttpRequest, look: Look) -> HttpResponse:
    """The series of one year and, when chosen, every number of one."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else look.today.year
    return show(request, look, year)


def show(request: HttpRequest, look: Look, year: int, form: forms.Form | None = None, code: int = 200) -> HttpResponse:
    series = list(queries.series_of(look.viewer, year))
    wanted = request.GET.get("series", "")
    chosen = next((row for row in series if str(row.pk) == wanted), None)
    lines = []
    for row in series:
        states = [number.state for number in row.numbers.all()]
        lines.append((row, {name: states.count(name) for name in ("used", "taken", "reserved", "void")}, numbering.gaps(row)))
    context = {
        "year": year, "years": range(look.today.year, look.today.year - 5, -1), "lines": lines, "chosen": chosen, "at": look.at,
        "numbers": queries.numbers_of(look.viewer, chosen)[:SIZE] if chosen else [], "blocks": [b for row in series for b in row.blocks.select_related("holder", "series")],
        "form": form or Lend(auto_id="lend-%s"), "may_void": look.viewer.has_role("leader"),
    }  # fmt: skip
    return render(request, "desk/numbers.html", context, status=code)


@require_POST
@desk
def lend_numbers(request: HttpRequest, look: Look) -> HttpResponse:
    """Lend a block to a device that will work off-line."""
    form = Lend(request.POST, auto_id="lend-%s")
    if not form.is_valid():
        return show(request, look, look.today.year, form, 400)
    given = form.cleaned_data
    try:
        until = look.at + dt.timedelta(days=given["days"])
        block = actions.reserve_numbers(
            agency=look.viewer.agency.authority, kind=given["kind"], year=look.today.year, count=given["count"], device=given["device"], until=until, by=look.viewer, at=look.at,
        )  # fmt: skip
    except BadInput as error:
        form.add_error(None, str(error))
        return show(request, look, look.today.year, form, 400)
    messages.success(request, f"已领用 {block.series}{block.first}—{block.last}号，{until:%Y-%m-%d} 前收回")
    return redirect("desk:numbers")


@require_POST
@desk
def void_number(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """Void a number of the viewer's agency that will not be used, with its reason."""
    if not look.viewer.has_role("leader"):
        raise NotYours("作废文号由机关负责人办理")
    for series in queries.series_of(look.viewer, int(request.POST.get("year") or look.today.year)):
        number = queries.numbers_of(look.viewer, series).filter(pk=pk).first()
        if number is not None:
            actions.void_number(number=number, why=request.POST.get("why", ""), by=look.viewer, at=look.at)
            messages.success(request, f"已作废：{number.text}")
            return redirect("desk:numbers")
    raise NotYours("没有找到这个文号")
