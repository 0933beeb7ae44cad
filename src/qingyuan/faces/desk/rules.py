"""The catalogue of rules: what each says, by which law, with which numbers, and how often it was right."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.engines.judge import rule
from qingyuan.errors import BadInput, NotYours
from qingyuan.records.clues import queries as clues
from qingyuan.records.clues.states import SEVERITIES

from .frame import Look, desk
from .precision import precision_of

WINDOW = dt.timedelta(days=365)


@desk
def rule_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Every rule with its year: pushed, checked, true."""
    scores = {row["rule"]: row for row in clues.yield_by_rule(look.viewer, since=look.today - WINDOW)}
    lines = [(row, SEVERITIES[row.severity], scores.get(row.name)) for row in rule.chosen()]
    return render(request, "desk/rules.html", {"lines": lines, "today": look.today})


@desk
def rule_page(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """One rule whole: the sentence, the articles, the numbers in force today with their grade, the cases it is tested by."""
    try:
        row = rule.named(name)
    except BadInput:
        raise NotYours("没有这条规则") from None
    numbers = [(parameter, parameter.on(look.today)) for parameter in row.parameters.values()]
    score = next((s for s in clues.yield_by_rule(look.viewer, since=look.today - WINDOW) if s["rule"] == name), None)
    context = {"rule": row, "numbers": numbers, "score": score, "severity": SEVERITIES[row.severity], "basis": basis_of(row, look.today), "evidence": evidence_of(row), "today": look.today}
    return render(request, "desk/rule.html", {**context, **precision_of(look, name, WINDOW)})


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
