"""The waiting list with its reasons, what people declared they can check, who is on duty, and to whom the bureau answers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotYours
from qingyuan.records.clues import actions, governor, schemes
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Officer

from .clue_forms import moment
from .frame import Look, desk
from .step_forms import day

SHOWN = 100
WEEKS = 3


class Shift(forms.Form):
    officer = forms.ModelChoiceField(label="值班人", queryset=Officer.objects.none())
    began_at = moment("起")
    ended_at = moment("止")
    phone = forms.CharField(label="值班电话", max_length=30, required=False)
    is_lead = forms.BooleanField(label="带班领导", required=False)

    def __init__(self, *args, viewer: Officer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = duty.members_of(viewer.agency)


class Declare(forms.Form):
    officer = forms.ModelChoiceField(label="人员", queryset=Officer.objects.none())
    week = day("哪一周（其中一天）")
    clues = forms.IntegerField(label="可核查线索数", min_value=0, max_value=duty.MOST_A_WEEK)

    def __init__(self, *args, viewer: Officer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = duty.members_of(viewer.agency)
        self.fields["officer"].queryset = people if viewer.has_role("leader") else people.filter(pk=viewer.pk)


class Scheme(forms.Form):
    scheme = forms.ChoiceField(label="方案")
    valid_from = day("自哪天起")
    why = forms.CharField(label="依据", max_length=200)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = list(schemes.schemes().items())


@desk
def capacity_page(request: HttpRequest, look: Look) -> HttpResponse:
    return show(request, look, {})


def show(request: HttpRequest, look: Look, bound: dict[str, forms.Form], code: int = 200) -> HttpResponse:
    """Everything that decides who gets how many clues, and when."""
    unit = look.viewer.agency.authority
    weeks = [duty.monday(look.today) + n * duty.WEEK for n in range(WEEKS)]
    told = duty.declared(unit, weeks)
    people = [(person, [told.get((person.pk, week)) for week in weeks]) for person in duty.members_of(unit) if person.has_role("inspector", "analyst")]
    waiting = governor.waiting_list(unit, look.at)
    chain = duty.chain_of(unit, look.today)
    context = {
        "load": governor.load_of(unit, look.at), "waiting": waiting[:SHOWN], "more": max(0, len(waiting) - SHOWN), "rank_says": governor.RANK_SAYS, "weeks": weeks, "people": people,
        "unit": unit, "chain": chain, "government": duty.government_of(unit, look.today), "line": duty.line_of(unit, look.today), "roster": duty.roster(look.viewer, look.at)[:30],
        "on_duty": duty.on_duty(unit, look.at), "receivers": duty.receivers(unit, look.at), "scheme": schemes.schemes()[schemes.scheme_for(unit.division, look.today)],
        "shift_form": bound.get("shift") or Shift(viewer=look.viewer, auto_id="shift-%s"), "today": look.today, "at": look.at, "is_leader": look.viewer.has_role("leader"),
        "declare_form": bound.get("declare") or Declare(viewer=look.viewer, initial={"officer": look.viewer.pk, "week": look.today}, auto_id="declare-%s"),
        "scheme_form": bound.get("scheme") or Scheme(initial={"valid_from": look.today}, auto_id="scheme-%s"),
    }  # fmt: skip
    return render(request, "desk/capacity.html", context, status=code)


@require_POST
@desk
def capacity_act(request: HttpRequest, look: Look, what: str) -> HttpResponse:
    """Declare, put on duty, take off duty, choose a scheme."""
    if what == "cancel":
        row = duty.shift_for(look.viewer, int(request.POST.get("shift") or 0))
        if row is None:
            raise NotYours("没有这一班，或不是本单位的")
        duty.cancel_shift(row, why=request.POST.get("why", ""), by=look.viewer, at=look.at)
        messages.success(request, f"已取消 {row.officer} 的值班")
        return redirect("desk:capacity")
    made = {"shift": lambda: Shift(request.POST, viewer=look.viewer, auto_id="shift-%s"), "declare": lambda: Declare(request.POST, viewer=look.viewer, auto_id="declare-%s"),
            "scheme": lambda: Scheme(request.POST, auto_id="scheme-%s")}.get(what)  # fmt: skip
    if made is None:
        raise BadInput("没有这一项办理")
    form = made()
    if not form.is_valid():
        return show(request, look, {what: form}, 400)
    try:
        messages.success(request, do(what, form.cleaned_data, look))
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, {what: form}, 400)
    return redirect("desk:capacity")


def do(what: str, given: dict, look: Look) -> str:
    who = {"by": look.viewer, "at": look.at}
    if what == "shift":
        row = duty.set_shift(**given, **who)
        return f"已安排 {row.officer} 值班"
    if what == "scheme":
        actions.choose_scheme(division=look.viewer.agency.division, **given, **who)
        return f"{given['valid_from']:%Y-%m-%d} 起用“{schemes.schemes()[given['scheme']]}”；已有线索的时限不变"
    row = duty.declare_capacity(**given, **who)
    out, back = governor.govern(look.viewer.agency, look.at)
    return f"{row.officer} {row.week:%m-%d} 当周可核查 {row.clues} 条" + (f"；放出 {out} 条" if out else "") + (f"；{back} 条退回等候队列" if back else "")

