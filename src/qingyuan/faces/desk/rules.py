"""The catalogue of rules: what each says, by which law, with which numbers, and how often it was right."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.engines.judge import factors, rule
from qingyuan.engines.judge.catalogue import FAMILIES
from qingyuan.errors import BadInput, NotYours
from qingyuan.records.clues import queries as clues
from qingyuan.records.clues.states import SEVERITIES

from .frame import Look, desk
from .precision import ENOUGH, precision_of

WINDOW = dt.timedelta(days=365)
DOUBTFUL = 0.5  # a rule more often wrong than right wants its numbers looked at


@desk
def rule_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Every rule with its year: pushed, checked, true; one family at a time or all, those that were often wrong first."""
    wanted = request.GET.get("family", "")
    if wanted and wanted not in FAMILIES:
        raise BadInput(f"没有这个类别；可用：{'、'.join(FAMILIES.values())}", field="family")
    known = rule.chosen()
    scores = {row["rule"]: row for row in clues.yield_by_rule(look.viewer, since=look.today - WINDOW)}
    doubtful = {name for name, row in scores.items() if row["checked"] >= ENOUGH and row["precision"] is not None and row["precision"] < DOUBTFUL}
    order = list(FAMILIES)
    rows = sorted((row for row in known if wanted in ("", row.family)), key=lambda row: (row.name not in doubtful, order.index(row.family), row.chinese))
    lines = [(row, SEVERITIES[row.severity], scores.get(row.name), FAMILIES[row.family], row.name in doubtful) for row in rows]
    families = [(code, title, sum(row.family == code for row in known)) for code, title in FAMILIES.items()]
    context = {"lines": lines, "families": families, "wanted": wanted, "total": len(known), "doubtful": sorted(rule.named(name).chinese for name in doubtful), "today": look.today}
    return render(request, "desk/rules.html", context)


@desk
def rule_page(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """One rule whole: the sentence, the articles, the numbers in force today with their grade, the cases it is tested by."""
    try:
        row = rule.named(name)
    except BadInput:
        raise NotYours("没有这条规则") from None
    numbers = [(parameter, parameter.on(look.today), lines_of(parameter.on(look.today))) for parameter in row.parameters.values()]
    score = next((s for s in clues.yield_by_rule(look.viewer, since=look.today - WINDOW) if s["rule"] == name), None)
    context = {"rule": row, "numbers": numbers, "score": score, "severity": SEVERITIES[row.severity], "basis": basis_of(row, look.today), "evidence": evidence_of(row), "today": look.today}
    return render(request, "desk/rule.html", {**context, **precision_of(look, name, WINDOW)})


def lines_of(value: Any) -> list[str]:
    """A parameter that is no single number, line by line: a number or a span for each factor, or names."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if not isinstance(value, dict):
        return []
    lines = []
    for code, one in value.items():
        said = "–".join(f"{end:g}" for end in one) if isinstance(one, list) else f"{one:g}"
        lines.append(f"{factors.chinese(code)} {said}")
    return lines


def basis_of(row: rule.Rule, on: dt.date) -> list[str]:
    """The articles in force on a day, of every medium the rule judges, each once."""
    found: list[str] = []
    for named in row.basis:
        shared = rule.grounds()["basis"].get(named, {}) if isinstance(named, str) else {"any": [named]}
        for entries in shared.values():
            found += [e["citation"] for e in entries if e.get("from", dt.date.min) <= on < e.get("until", dt.date.max)]
    return list(dict.fromkeys(found))


def evidence_of(row: rule.Rule) -> list[str]:
    """What a lawful finding still needs after this rule has spoken."""
    shared = rule.grounds().get("evidence", {})
    lines = [line for named in row.evidence for line in (shared.get(named) or [named])]
    return list(dict.fromkeys(lines))
