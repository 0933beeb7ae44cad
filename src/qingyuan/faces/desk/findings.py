"""One finding with its working as a tree: law of the day, sums, rows, and the packets the rows came in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.errors import BadInput
from qingyuan.records.clues import door

from .frame import Look, desk
from .sums import spoken


@desk
def finding_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """The tree, every sum done again and every reading compared with what was judged; a refusal to explain is said, not hidden."""
    row = door.finding_of(look.viewer, number)
    tree, wrong = None, ""
    try:
        tree = door.explained(look.viewer, number)
        tree["sums"] = [spoken(node) for node in tree["sums"]]
    except BadInput as reason:
        wrong = str(reason)
    kept = [spoken(node) for node in row.data.get("working", {}).get("children", ())]
    context = {"row": row, "clue": row.clue, "told": row.data, "kept": kept, "tree": tree, "wrong": wrong, "at": look.at}
    return render(request, "desk/finding.html", context)
