"""What an enterprise sees when it scans a task code: who comes, by what right, to look at what; it confirms, and may rate afterwards.

Whoever holds the code may read this; nothing here needs a login or a script.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qingyuan import clock
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.dispatch import codes, door, gate, visit_queries
from qingyuan.records.dispatch.visit_models import VisitCode
from qingyuan.records.inspections.models import Inspection

from .rate import limited

SAID = {"entered": "已确认入企，时间以本机关的时钟为准", "rated": "谢谢，评价已计入本季度合计"}


@limited
def look_up(request: HttpRequest) -> HttpResponse:
    """Type a code that cannot be scanned."""
    asked = request.GET.get("code", "").strip()[:40]
    row = codes.find(asked) if asked else None
    if row is not None:
        return redirect("visit:visit", code=row.code)
    return render(request, "public/visit_unknown.html", {"asked": asked}, status=404 if asked else 200)


@limited
def visit(request: HttpRequest, code: str) -> HttpResponse:
    row = codes.find(code)
    if row is None:
        return render(request, "public/visit_unknown.html", {"asked": code[:40]}, status=404)
    return show(request, row, said=SAID.get(request.GET.get("done", ""), ""))


def show(request: HttpRequest, row: VisitCode, *, trouble: tuple[str, ...] = (), given: dict[str, str] | None = None, said: str = "", code: int = 200) -> HttpResponse:
    """410 when the code no longer opens a gate, so that a reader without eyes for colours knows too."""
    at, on = clock.now(), clock.today()
    now = codes.standing(row, at)
    context: dict[str, Any] = {
        "row": row, "standing": now, "trouble": trouble, "given": given or {}, "said": said, "no_rating": codes.why_no_rating(row, on),
        "questions": codes.QUESTIONS.items(), "marks": codes.MARKS.items(), "least": gate.window("rating", on)["least"], "visits": visits_of(row),
    }
    gone = 410 if code == 200 and now.state in ("expired", "withdrawn", "early", "forged") else code
    answer = render(request, "public/visit.html", context, status=gone)
    answer["Cache-Control"] = "no-store"
    return answer


def visits_of(row: VisitCode) -> list[dict[str, Any]]:
    """The year's visits with how each ended, as far as it is known; the code opens those of its own enterprise only."""
    rows = visit_queries.visits_told_to(row, clock.today())
    ended = {one.assignment_id: one.get_conclusion_display() for one in Inspection.objects.filter(assignment__in=[visit["task"].pk for visit in rows])}
    return [{**visit, "result": ended.get(visit["task"].pk) or visit["state"]} for visit in rows]


@require_POST
@limited
def enter(request: HttpRequest, code: str) -> HttpResponse:
    row = codes.find(code)
    if row is None:
        return render(request, "public/visit_unknown.html", {"asked": code[:40]}, status=404)
    given = {name: request.POST.get(name, "") for name in ("receiver", "as_told", "remark")}
    try:
        codes.confirm_entry(row, receiver=given["receiver"], is_as_told=given["as_told"] != "0", remark=given["remark"], at=clock.now())
    except NotAllowed as refusal:
        return show(request, row, trouble=refusal.reasons, given=given, code=409)
    except BadInput as error:
        return show(request, row, trouble=(str(error),), given=given, code=400)
    return redirect(f"{reverse('visit:visit', args=[row.code])}?done=entered")


@require_POST
@limited
def rate(request: HttpRequest, code: str) -> HttpResponse:
    row = codes.find(code)
    if row is None:
        return render(request, "public/visit_unknown.html", {"asked": code[:40]}, status=404)
    marks = {name: int(told) for name in codes.QUESTIONS if (told := request.POST.get(name, "")) in {str(mark) for mark in codes.MARKS}}
    try:
        codes.rate(row, marks=marks, on=clock.today())
    except NotAllowed as refusal:
        return show(request, row, trouble=refusal.reasons, code=409)
    except BadInput as error:
        return show(request, row, trouble=(str(error),), code=400)
    return redirect(f"{reverse('visit:visit', args=[row.code])}?done=rated")


@limited
def statement(request: HttpRequest, code: str) -> HttpResponse:
    """What the code says with its signature and the key, as a file the enterprise can keep."""
    row = codes.find(code)
    if row is None:
        return render(request, "public/visit_unknown.html", {"asked": code[:40]}, status=404)
    told = {"statement": row.told, "sha256": row.digest, "signature": row.signature, "signed": "qingyuan-visit-1\\n + JSON（键排序、无空格、UTF-8）", "key": door.visit_key_line()}
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="visit-{row.told["task"]}.json"'
    return answer
