"""The laboratory desk: orders to laboratories with their clocks, one sample by its label, and the first page of every order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from qingyuan.records.cases import laboratory, queries
from qingyuan.records.cases.laboratory import clocks_of_sampling
from qingyuan.records.cases.sampling_states import STATES

from .frame import Look, desk
from .paging import page_by_id

SIZE = 40
NEXT = {"ordered": "采样", "sampled": "送样交接", "handed_over": "等结果", "reported": "告知当事人", "told": "", "retested": "", "cancelled": ""}


@desk
def laboratory_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Orders of the division: those under way first with what is next; a scanned label leads to its sample."""
    code = request.GET.get("code", "").strip()
    if code:
        return redirect("desk:sample", code=code.removeprefix("QY-SAMPLE ").split()[0])
    state = request.GET.get("state", "open")
    rows = queries.samplings(look.viewer)
    if state == "open":
        rows = rows.filter(state__in=("ordered", "sampled", "handed_over", "reported"))
    elif state in STATES:
        rows = rows.filter(state=state)
    page = page_by_id(rows, request.GET.get("after", ""), SIZE)
    lines = [(row, next((due for due, done, *_ in clocks_of_sampling(row) if done is None), None), NEXT[row.state]) for row in page.rows]
    untold = queries.samplings(look.viewer).filter(state="reported").count()
    context = {"lines": lines, "page": page, "state": state, "states": [("open", "在办"), ("", "全部"), *STATES.items()], "today": look.today, "untold": untold}
    return render(request, "desk/laboratory.html", context)


@desk
def sample_page(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """One sample: where it was, whether its chain is whole, what was measured."""
    sample = queries.sample_by_code(look.viewer, code)
    back = reverse("desk:companions", args=[sample.sampling.case_id]) + "#samples"
    return render(request, "desk/sample.html", {"sample": sample, "is_whole": laboratory.is_whole(sample), "back": back})
