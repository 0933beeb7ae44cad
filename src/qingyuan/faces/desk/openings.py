"""After a visit that found a violation: ask for a case to be filed, or punish on the spot; and the leader's word on the filing form.

Measures 30 arts. 18, 19; Penalty Law arts. 51, 52.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines, rulebook
from qingyuan.records.cases import filing_request, summary
from qingyuan.records.cases.models import FilingRequest
from qingyuan.records.inspections import queries as visits
from qingyuan.records.inspections.models import Inspection

from .companions import form_of
from .frame import Look, desk
from .step_forms import day, long_text
from .steps import Offer

SIZE = 50


def violations() -> list[tuple[str, str]]:
    return [("", "请选择"), *((code, row["name"]) for code, row in rulebook.load().violations().items())]


def filing_fields(visit: Inspection) -> dict[str, forms.Field]:
    clue = visit.assignment.clue
    began, ended = (clue.began.astimezone(CHINA).date(), clue.ended.astimezone(CHINA).date()) if clue else (None, None)
    asked: dict[str, forms.Field] = {
        "violation": forms.ChoiceField(label="案由（违法行为）", choices=violations(), initial=clue.violation if clue else ""), "act_began": day("违法行为开始"),
        "act_ended": day("违法行为结束", required=False, help_text="留空为仍在继续"), "opinion": long_text("承办人意见", rows=2),
        "late_reason": long_text("逾期立案的理由", rows=2, required=False, help_text="超过立案期限时必填（令30第18条）"),
    }
    asked["act_began"].initial, asked["act_ended"].initial = began, ended
    return asked


def spot_fields(visit: Inspection) -> dict[str, forms.Field]:
    clue = visit.assignment.clue
    return {
        "violation": forms.ChoiceField(label="案由（违法行为）", choices=violations(), initial=clue.violation if clue else ""),
        "fine_yuan": forms.IntegerField(label="罚款（元，0 为警告）", min_value=0, max_value=100_000), "heard": long_text("听取陈述申辩的情况", rows=2),
        "receiver": forms.CharField(label="签收人", max_length=40),
    }


def clock_of(visit: Inspection) -> Any:
    """The fifteen days to file, from the day the clue was found."""
    clue = visit.assignment.clue
    return deadlines.due("filing", clue.found_at.astimezone(CHINA).date()) if clue else None


@desk
def openings_page(request: HttpRequest, look: Look) -> HttpResponse:
    return show(request, look, {})


def show(request: HttpRequest, look: Look, bound: dict[str, forms.Form], code: int = 200) -> HttpResponse:
    """Visits that wait to be filed, the nearest end of the fifteen days first; requests that wait for an opinion or the leader."""
    rows = [(visit, clock_of(visit), visit_offers(visit, look, bound)) for visit in filing_request.visits_to_file(look.viewer)[:SIZE]]
    rows.sort(key=lambda line: (line[1].due_on.isoformat() if line[1] else "9", line[0].pk))
    waiting = [(row, clock_of(row.inspection), rulebook.load().folder("violations")[row.violation]["name"], request_offers(row, look, bound)) for row in filing_request.requests(look.viewer)[:SIZE]]
    return render(request, "desk/openings.html", {"rows": rows, "waiting": waiting, "today": look.today}, status=code)


def visit_offers(visit: Inspection, look: Look, bound: dict[str, forms.Form]) -> list[Offer]:
    """Filing, or a penalty on the spot, for those who may propose them."""
    if not look.viewer.has_role("inspector"):
        return []
    made = (("ask", "提请立案审批", "令30第18条", filing_fields), ("spot", "当场处罚（简易程序）", "行政处罚法第51条", spot_fields))
    rows = []
    for name, label, article, fields in made:
        key = f"{name}-{visit.pk}"
        rows.append(Offer(key, label, article, (), bound.get(key) or form_of(key, fields(visit)), key in bound))
    return rows


def request_offers(row: FilingRequest, look: Look, bound: dict[str, forms.Form]) -> list[Offer]:
    made: list[tuple[str, str, str, dict[str, forms.Field]]] = []
    if look.viewer.has_role("reviewer", "legality_reviewer") and not row.unit_opinion:
        made.append(("unit", "签署承办机构意见", "令30第18条", {"opinion": long_text("意见", rows=2)}))
    if look.viewer.has_role("leader"):
        made.append(("approve", "同意立案", "令30第18条", {"opinion": long_text("负责人意见", rows=2)}))
        made.append(("decline", "不予立案", "令30第19条", {"condition": long_text("没有满足的立案条件", rows=2), "opinion": long_text("负责人意见", rows=2)}))
    return [Offer(f"{n}-{row.pk}", label, article, (), bound.get(f"{n}-{row.pk}") or form_of(f"{n}-{row.pk}", fields), f"{n}-{row.pk}" in bound) for n, label, article, fields in made]


@require_POST
@desk
def opening_step(request: HttpRequest, look: Look, step: str) -> HttpResponse:
    """Ask, punish, give an opinion, approve, decline; what is wrong comes back at its field, a refusal with every reason."""
    name, _, key = step.partition("-")
    if name not in ("ask", "spot", "unit", "approve", "decline") or not key.isdigit():
        raise NotAllowed("没有这一步")
    if name in ("ask", "spot"):
        thing: Any = visits.inspection(look.viewer, int(key))
        fields = filing_fields(thing) if name == "ask" else spot_fields(thing)
    else:
        thing = filing_request.request_by_id(look.viewer, int(key))
        fields = {"opinion": long_text("意见", rows=2), **({"condition": long_text("没有满足的立案条件", rows=2)} if name == "decline" else {})}
    form = form_of(step, fields, request.POST)
    if not form.is_valid():
        return show(request, look, {step: form}, 400)
    try:
        told, case = take(name, thing, form.cleaned_data, look)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, {step: form}, 400)
    messages.success(request, told)
    return redirect("desk:case", pk=case.pk) if case is not None else redirect("desk:openings")


def take(name: str, thing: Any, given: dict[str, Any], look: Look) -> tuple[str, Any]:
    who = {"by": look.viewer, "at": look.at}
    if name == "ask":
        filing_request.request_filing(thing, **given, **who)
        return "已提请立案审批", None
    if name == "spot":
        case = summary.decide_on_spot(thing, **given, **who)
        return f"已当场处罚：{case.number}", case
    if name == "unit":
        filing_request.give_unit_opinion(thing, **given, **who)
        return "已签署承办机构意见", None
    if name == "approve":
        case = filing_request.approve_filing(thing, **given, **who)
        return f"已立案：{case.number}", case
    filing_request.decline_filing(thing, **given, **who)
    return "已决定不予立案", None
