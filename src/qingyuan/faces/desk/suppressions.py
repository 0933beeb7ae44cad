"""Suppressions: who proposed what for how long and why, who approved, and how much each one hid."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotYours
from qingyuan.records.clues import suppression as work
from qingyuan.records.clues.states import FALSE_ALARM_CAUSES

from . import names
from .clue_forms import LONG, facility_of, moment
from .frame import Look, desk
from .paging import page_by_id

SIZE = 20


class Propose(forms.Form):
    rule = forms.ChoiceField(label="判定规则")
    facility = forms.CharField(label="污染源编码", max_length=30, required=False, help_text="留空为本辖区全部，慎用")
    outlet_code = forms.CharField(label="排放口标识", max_length=50, required=False)
    factor = forms.CharField(label="监测因子编码", max_length=20, required=False)
    began_at = moment("起")
    expires_at = moment("止", help_text="最长 90 天")
    cause = forms.ChoiceField(label="原因", choices=[("", "请选择"), *FALSE_ALARM_CAUSES.items()])
    why = forms.CharField(label="理由和材料", widget=LONG)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [("", "请选择"), *names.rule_names().items()]


@desk
def suppression_list(request: HttpRequest, look: Look) -> HttpResponse:
    """The list, and the form to propose one."""
    form = Propose(request.POST or None, auto_id="suppress-%s")
    code = 200
    if request.method == "POST":
        if form.is_valid() and proposed(form, look):
            messages.success(request, "已提出，等另一名负责人批准后生效")
            return redirect("desk:suppressions")
        code = 400
    page = page_by_id(work.suppressions(look.viewer), request.GET.get("after", ""), SIZE)
    context = {
        "page": page, "form": form, "is_open": request.method == "POST", "at": look.at, "viewer": look.viewer, "is_leader": look.viewer.has_role("leader"),
        "may_end": look.viewer.has_role("leader", "analyst"), "may": look.viewer.has_role("analyst", "inspector"),
    }  # fmt: skip
    return render(request, "desk/suppressions.html", context, status=code)


def proposed(form: Propose, look: Look) -> bool:
    given = dict(form.cleaned_data)
    try:
        place = facility_of(look.viewer, given["facility"]) if given["facility"].strip() else None
        work.propose_suppression(**{**given, "facility": place, "division": look.viewer.agency.division}, by=look.viewer, at=look.at)
    except NotYours:
        form.add_error("facility", "没有这一编码的污染源，或不在您的辖区")
        return False
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True




@require_POST
@desk
def suppression_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Approve, decline, end, or bring back what was hidden."""
    row = work.suppression_for(look.viewer, pk)
    why = request.POST.get("why", "")
    who = {"why": why, "by": look.viewer, "at": look.at}
    if step in ("approve", "decline"):
        work.decide_suppression(row, is_approved=step == "approve", **who)
        messages.success(request, "已批准，到期自动失效" if step == "approve" else "已不予批准")
    elif step == "end":
        work.end_suppression(row, **who)
        messages.success(request, "已终止抑制")
    elif step == "back":
        messages.success(request, f"{work.bring_back(row, **who)} 条判定已恢复为线索")
    else:
        raise BadInput("抑制没有这一步")
    return redirect("desk:suppressions")
