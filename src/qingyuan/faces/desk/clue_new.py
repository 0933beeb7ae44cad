"""Writing a clue down by hand: choose the source, say the least it must say, add its papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from qingyuan.errors import BadInput, NotYours
from qingyuan.law import rulebook
from qingyuan.records.clues import grounds, reporting
from qingyuan.records.clues.states import SEVERITIES
from qingyuan.records.registry.models import Division, Officer

from .clue_forms import LONG, facility_of, files_of, moment
from .frame import Look, desk
from .places import divisions_of

HINTS = {"moment": "2026-11-24 08:30", "position": "经度,纬度，如 112.9388,28.2282", "number": "数字", "text": ""}


class NewClue(forms.Form):
    """What every source says, and (``fact-…``) what this one must say."""

    title = forms.CharField(label="标题", max_length=160, help_text="谁、在哪里、涉嫌什么")
    severity = forms.ChoiceField(label="等级", choices=[("yellow", SEVERITIES["yellow"]), *((k, v) for k, v in SEVERITIES.items() if k != "yellow")], help_text="平台分级，非法定")
    began = moment("开始时间")
    ended = moment("结束时间", required=False)
    facility = forms.CharField(label="污染源编码", max_length=30, required=False, help_text="还不知道是哪一家的留空")
    division = forms.ChoiceField(label="地点所在区划", required=False, help_text="知道污染源的不必选")
    place = forms.CharField(label="地点", max_length=160, required=False)
    violation = forms.ChoiceField(label="涉嫌违法行为", required=False)

    def __init__(self, *args: Any, viewer: Officer, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = viewer.agency.division
        self.fields["division"].choices = [(own.code, own.name), *((row.code, row.name) for row in divisions_of(viewer))]
        self.fields["violation"].choices = [("", "还不清楚"), *((code, row["name"]) for code, row in rulebook.load().violations().items())]
        for key, (label, kind) in reporting.facts_of(source).items():
            field = forms.CharField(label=label, max_length=2000, widget=LONG if key in ("content", "seen") else forms.TextInput(attrs={"placeholder": HINTS[kind]}))
            self.fields[f"fact-{key}"] = field
        self.order_fields([*(f"fact-{key}" for key in reporting.facts_of(source)), "title", "severity"])

    @property
    def facts(self) -> dict[str, Any]:
        return {name.removeprefix("fact-"): value for name, value in self.cleaned_data.items() if name.startswith("fact-")}


@desk
def new_clue(request: HttpRequest, look: Look) -> HttpResponse:
    """First the source, then its form; a form that cannot be taken comes back with its words."""
    if not look.viewer.has_role("inspector", "analyst", "leader"):
        raise NotYours("登记线索由执法人员、技术中心研判员或者机关负责人办理")
    known = reporting.by_hand()
    source = request.GET.get("source") or request.POST.get("source") or ""
    if source not in known:
        return render(request, "desk/clue_new.html", {"sources": [(key, label, grounds.lead_only(key)) for key, label in known.items()], "at": look.at})
    form = NewClue(request.POST or None, viewer=look.viewer, source=source)
    code = 200
    if request.method == "POST":
        number = write_down(form, source, request, look) if form.is_valid() else ""
        if number:
            messages.success(request, f"已登记线索 {number}")
            return redirect("desk:clue", number=number)
        code = 400
    entry = rulebook.load().folder("clues/sources")[source]
    context = {"sources": [], "source": source, "label": known[source], "form": form, "lead_only": grounds.lead_only(source), "needs": entry.get("needs"), "at": look.at}
    return render(request, "desk/clue_new.html", context, status=code)


def write_down(form: NewClue, source: str, request: HttpRequest, look: Look) -> str:
    """The new clue's number; "" when the form was sent back with its errors."""
    given = form.cleaned_data
    try:
        place = facility_of(look.viewer, given["facility"]) if given["facility"].strip() else None
        clue = reporting.register_clue(
            source=source, title=given["title"], severity=given["severity"], facts=form.facts, began=given["began"], ended=given["ended"], facility=place,
            division=place.division if place else Division.objects.get(code=given["division"] or look.viewer.agency.division_id), place=given["place"],
            violation=given["violation"], papers=files_of(request.FILES, "files"), by=look.viewer, at=look.at,
        )  # fmt: skip
    except NotYours:
        form.add_error("facility", "没有这一编码的污染源，或不在您的辖区；在一企一档里查到编码再填")
        return ""
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return ""
    return clue.number
