"""What a change of law touches: clocks, violations, tables, rules, papers, and the open cases of the viewer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.errors import BadInput
from qingyuan.law import impact, rulebook
from qingyuan.law.impact import KINDS, Impact
from qingyuan.records.cases import impact as cases

from . import names
from .frame import Look, desk

SHOWN = 60


def choices() -> dict[str, str]:
    """Everything that can be asked for by id: instruments, then violations."""
    book = rulebook.load()
    return {key: entry["name"] for key, entry in book.folder("sources").items()} | {key: entry["name"] for key, entry in book.violations().items()}


@desk
def impact_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Ask for an instrument or a violation; without one, the calculations that an edition of the book has overtaken."""
    asked, known = request.GET.get("of", "").strip(), choices()
    by_name = {name: key for key, name in known.items()}
    asked = by_name.get(asked, asked)
    if asked and asked not in known:
        raise BadInput(f"规则库里没有“{asked}”；请填法规或者案由的名称、编号，可从列表中选", field="of")
    context: dict[str, Any] = {"known": known, "asked": asked, "asked_name": known.get(asked, ""), "today": look.today}
    if asked:
        found = impact.impact((asked,))
        context |= {"groups": groups(found, known), "cases": cases.touched(look.viewer, found, look.today)}
    else:
        context["outdated"] = cases.outdated(look.viewer)
    return render(request, "desk/law_impact.html", context)


def groups(found: Impact, known: dict[str, str]) -> list[tuple[str, int, list[str]]]:
    """(what, how many, the first of them by name) for every kind that is touched."""
    rows = [(KINDS.get(folder, folder), [name_of(folder, key, known) for key in keys]) for folder, keys in found.touched.items()]
    reached = [name_of("items", key, known) for key in found.items if key not in found.touched.get("items", ())]
    rows += [("判定规则", [names.rule_name(name) for name in found.rules]), ("经案由牵涉的执法事项", reached), ("文书模板和其他数据", list(found.elsewhere))]
    return [(label, len(lines), lines[:SHOWN]) for label, lines in rows if lines]


def name_of(folder: str, key: str, known: dict[str, str]) -> str:
    entry = rulebook.load().folder(folder).get(key, {})
    return str(entry.get("name") or entry.get("label") or entry.get("title") or entry.get("rule") or entry.get("veto") or known.get(key, key))
