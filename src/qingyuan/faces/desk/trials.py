"""What if a number of a rule were different?  The same history judged twice, side by side; nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from qingyuan.clock import CHINA
from qingyuan.engines.judge import rule
from qingyuan.engines.judge.whatif import Difference
from qingyuan.errors import BadInput, NotYours
from qingyuan.records.clues import door
from qingyuan.records.clues.states import SEVERITIES
from qingyuan.records.registry import door as devices
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Division, Facility, Officer

from . import names
from .devices import share
from .frame import Look, desk

SPANS = [1, 2, 3, 7, 14, 31]
SHOWN = 60
MOST_LISTED = 300


class TrialForm(forms.Form):
    """A rule's numbers, each with the value in force as its start; which facility, how many days back."""

    def __init__(self, row: rule.Rule, viewer: Officer, today: dt.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now: dict[str, Any] = {}
        for name, parameter in row.parameters.items():
            value = parameter.on(today)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                self.now[name] = value
                kind = forms.IntegerField if isinstance(value, int) else forms.FloatField
                self.fields[f"p_{name}"] = kind(label=f"{parameter.label}（{parameter.unit}）", initial=value, required=False, help_text=f"现为 {value:g} · {names.citation(parameter.citation)} · {parameter.grade} 级")
        self.places = registry.facilities(viewer)
        self.fields["facility"] = facility_field(self.places)
        self.fields["days"] = forms.TypedChoiceField(label="时段", coerce=int, choices=[(n, f"最近 {n} 天") for n in SPANS], initial=2)

    def clean_facility(self) -> str:
        """The code of the facility that was chosen, or typed by code, name or an unmistakable part of its name."""
        words = self.cleaned_data["facility"].strip()
        if not words:
            return ""
        codes = list(self.places.filter(Q(code=words) | Q(name=words)).values_list("code", flat=True)[:2]) or list(self.places.filter(name__icontains=words).values_list("code", flat=True)[:2])
        if len(codes) != 1:
            raise forms.ValidationError("没有找到这一家，或者不止一家：请写全名或编码")
        return str(codes[0])

    def changed(self) -> dict[str, Any]:
        """The numbers that differ from those in force."""
        told = {name: self.cleaned_data.get(f"p_{name}") for name in self.now}
        return {name: value for name, value in told.items() if value is not None and value != self.now[name]}


def filled(asked: QueryDict, row: rule.Rule, today: dt.date) -> QueryDict:
    """The address with the value in force for every number it leaves out."""
    told = asked.copy()
    for name, parameter in row.parameters.items():
        told.setdefault(f"p_{name}", str(parameter.on(today)))
    return told


def facility_field(places: QuerySet[Facility]) -> forms.Field:
    """A list to choose from while it can be overlooked; a field to type in where there are more."""
    listed = list(places.values_list("code", "name")[: MOST_LISTED + 1])
    if len(listed) > MOST_LISTED:
        return forms.CharField(label="污染源（名称或编码）", required=False, max_length=120)
    return forms.ChoiceField(label="污染源", required=False, choices=[("", "本辖区全部"), *listed])


def divisions_of(told: Difference) -> list[tuple[str, int, int]]:
    """What would appear and vanish by division, most changed first."""
    named = {row.code: row.name for row in Division.objects.filter(code__in=list(told.by("division")))}
    rows = [(named.get(code, code or "区划不详"), more, less) for code, (more, less) in told.by("division").items()]
    return sorted(rows, key=lambda line: (-line[1] - line[2], line[0]))


@desk
def trial(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """The form; with numbers in the address, the difference they would make."""
    try:
        row = rule.named(name)
    except BadInput:
        raise NotYours("没有这条规则") from None
    is_asked = "days" in request.GET
    form = TrialForm(row, look.viewer, look.today, filled(request.GET, row, look.today) if is_asked else None)
    context: dict[str, Any] = {"rule": row, "form": form, "at": look.at, "severity": SEVERITIES[row.severity], "told": None}
    if is_asked and form.is_valid():
        changed = form.changed()
        if changed:
            try:
                context |= outcome(look, row, changed, form.cleaned_data)
            except BadInput as wrong:
                form.add_error(None, str(wrong))
        else:
            form.add_error(None, "没有改动任何参数：请改一个数再试算")
    return render(request, "desk/trial.html", context, status=400 if form.errors else 200)


def outcome(look: Look, row: rule.Rule, changed: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """The trial as the page shows it."""
    tomorrow = look.at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    began = tomorrow - dt.timedelta(days=words["days"])
    told = door.try_out(look.viewer, rule=row.name, parameters=changed, began=began, ended=look.at, facility=words["facility"])
    by = [(told.facilities.get(code, code), code, more, less) for code, (more, less) in told.told.by("facility").items()]
    standing = devices.standings(look.viewer, look.at, facility=words["facility"])
    heard = [one.heard_at for one in standing]
    hours = devices.hours_of(look.viewer, [one.mn for one in standing], began, look.at)
    due = [hour for hour in hours if hour.state not in ("before", "stopped")]
    return {
        "share": share(hours), "first": min((hour.began for hour in due), default=None),
        "told": told, "began": began, "ended": look.at, "by": by, "divisions": divisions_of(told.told), "shown": SHOWN, "appear": told.told.appear[:SHOWN], "vanish": told.told.vanish[:SHOWN], "moved": told.changed[:SHOWN],
        "numbers": [(row.parameters[name].label, row.parameters[name].on(look.today), value, row.parameters[name].unit) for name, value in changed.items()],
        "oldest": min((at for at in heard if at), default=None), "silent": sum(at is None for at in heard),
    }
