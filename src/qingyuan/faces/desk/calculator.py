"""Free calculation without a case, and the three questions in a row that every calculator asks: which, which range, what facts.

What is asked lives in the address (a link repeats the question); the answers are sent and never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.errors import BadInput
from qingyuan.law import penalty
from qingyuan.law.penalty import PenaltyInput, PenaltyResult
from qingyuan.records.cases import comparison
from qingyuan.records.registry.models import Officer

from . import calculator_result
from .calculator_form import Basis, Facts, Tiers, ask, catalogue_of, refused, tiers_asked
from .frame import Look, desk


@dataclass
class Sitting:
    """How far somebody has come: each form is None until the one before it is answered."""

    basis: Basis
    tiers: Tiers | None = None
    facts: Facts | None = None
    result: PenaltyResult | None = None

    @property
    def code(self) -> int:
        """400 when something that was sent cannot be used."""
        sent = [form for form in (self.basis, self.facts) if form is not None and form.is_bound]
        return 400 if any(form.errors for form in sent) else 200


def sit(request: HttpRequest, initial: dict[str, Any], *, departs: bool = False) -> Sitting:
    """Read what was asked and answered so far, and calculate when everything is there."""
    told = request.POST if request.method == "POST" else request.GET
    found = Sitting(Basis(told if "violation" in told else None, initial=initial, auto_id="basis-%s"))
    if not found.basis.is_bound or not found.basis.is_valid():
        return found
    given = PenaltyInput(**{**found.basis.cleaned_data, "ended": found.basis.cleaned_data["ended"] or None})
    try:
        asked = tiers_asked(given)
        found.tiers = Tiers(told if any(name.startswith("tier_") for name in told) else None, asked=asked, auto_id="basis-%s") if asked else None
        tier = found.tiers.tier() if found.tiers is not None else ""
        if asked and not tier:
            return found
        sent = request.POST if request.method == "POST" else None
        found.facts = Facts(sent, asked=ask(given, tier=tier), departs=departs, fixed={"tier": tier}, catalogue=catalogue_of(given), auto_id="facts-%s")
    except BadInput as error:
        refused(found.basis, error)
        return found
    if found.facts.is_bound and found.facts.is_valid():
        weigh(found, given)
    return found


def weigh(found: Sitting, given: PenaltyInput) -> None:
    """Calculate; a refusal goes beside the field it names."""
    assert found.facts is not None
    told = {key: value for key, value in found.facts.cleaned_data.items() if key != "evidence"}
    try:
        found.result = penalty.calculate(PenaltyInput(**{**vars(given), **told}))
    except BadInput as error:
        refused(found.facts, error)


@desk
def calculator(request: HttpRequest, look: Look) -> HttpResponse:
    """Calculate without a case; the comparison is with the decisions of the viewer's own division."""
    found = sit(request, {"province": home_of(look.viewer), "party_kind": "company", "decided_on": look.today}, departs=True)
    context: dict[str, Any] = {"sitting": found, "today": look.today}
    if found.result is not None:
        plain = found.result.plain()
        rows = comparison.decided(look.viewer, plain["violation"])
        context |= calculator_result.shown(plain, look.today) | {"beside": calculator_result.beside(comparison.compared(rows, plain), rows, plain)}
    return render(request, "desk/calculator.html", context, status=found.code)


def home_of(viewer: Officer) -> str:
    """The name of the viewer's province; it decides whose discretion table is meant first."""
    here = viewer.agency.division
    while here is not None and here.level != "province":
        here = here.parent
    return here.name if here is not None else ""
