"""The calculation of a fine on the case page: what has to be answered, the result, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law.penalty import PenaltyInput
from qingyuan.records.cases import comparison, facts
from qingyuan.records.cases.investigation import province_name
from qingyuan.records.cases.models import Case
from qingyuan.records.docket import queries as docket

from . import calculator_result
from .calculator_form import BENCHMARKS, Facts, Numbered, Tiers, answered, ask, catalogue_of, tiers_asked
from .frame import Look

OPEN_IN = ("filed", "investigated", "answered")
AUTO_ID = "propose_penalty-%s"


def given_of(case: Case, look: Look, told: Mapping[str, Any]) -> PenaltyInput:
    """The case as far as it is known before anything is answered."""
    benchmark = told.get("benchmark", "")
    return PenaltyInput(
        case.violation, province_name(case), case.party.kind, case.act_began, case.act_ended, look.today,
        benchmark=benchmark if benchmark in dict(BENCHMARKS) else "",
    )  # fmt: skip


def numbered(case: Case, look: Look) -> list[Numbered]:
    """The evidence of the file with the numbers a fact may point to: items by their ordinal, papers by 文 and their place."""
    items = [Numbered(str(row.ordinal), row.name, f"evidence:{row.pk}") for row in docket.evidence_of(look.viewer, case.docket)]
    return items + [Numbered(f"文{row.pk}", row.title, f"document:{row.pk}") for row in docket.documents_of(look.viewer, case.docket)]


def tiers_of(given: PenaltyInput, told: Mapping[str, Any]) -> Tiers | None:
    """The choice of the range, bound to what was said or to the last calculation; None where the articles leave none."""
    asked = tiers_asked(given)
    return Tiers(told if any(name.startswith("tier_") for name in told) else None, asked=asked, auto_id="range-%s") if asked else None


def before(case: Case) -> dict[str, Any]:
    """The inputs of the last calculation; a new one starts from them."""
    return ((case.proposal or {}).get("certificate") or {}).get("inputs") or {}


def said_before(case: Case) -> dict[str, str]:
    """Tier and benchmark of the last calculation as the fields of the form name them."""
    inputs = before(case)
    told = {"benchmark": inputs["benchmark"]} if inputs.get("benchmark") else {}
    parts = [part for part in str(inputs.get("tier", "")).split(",") if part]
    single = (case.proposal or {}).get("regime", "")
    return told | {f"tier_{part.partition('.')[0] if '.' in part else single}": part.rpartition(".")[2] for part in parts}


def form_of(case: Case, look: Look, data: Any) -> Facts:
    """The bound form of the calculation.  Raises BadInput when the rule book cannot weigh the case, or the range is open."""
    given = given_of(case, look, data)
    tiers = tiers_of(given, data)
    tier = tiers.tier() if tiers is not None else ""
    if tiers is not None and not tier:
        raise BadInput("请先选择法定档次，再回答裁量因素（行政处罚法第34条）", field="tier")
    fixed = {"tier": tier, "benchmark": given.benchmark}
    return Facts(data, asked=ask(given, tier=tier), numbered=numbered(case, look), departs=True, fixed=fixed, catalogue=catalogue_of(given), auto_id=AUTO_ID)


def panel(case: Case, look: Look, bound: Facts | None, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the discretion panel of a case shows; a rule book that cannot weigh the case says so in its own words.

    ``told``: the query of the page, where tier and benchmark are chosen before the facts are asked.
    """
    shown: dict[str, Any] = {"proposal": case.proposal, "form": bound, "is_open": bound is not None, "trouble": "", "numbered": []}
    shown |= result_of(case, look)
    if case.state in OPEN_IN and look.viewer.has_role("inspector", "reviewer"):
        shown |= asking(case, look, bound, told or {})
    return shown


def result_of(case: Case, look: Look) -> dict[str, Any]:
    """The calculation that stands, with articles, table, comparison and what is only a hint."""
    if not (case.proposal or {}).get("working"):
        return {}
    rows = comparison.decided(look.viewer, case.violation, but=case)
    beside = calculator_result.beside(comparison.compared(rows, case.proposal), rows, case.proposal)
    return {**calculator_result.shown(case.proposal, look.today), "beside": beside, "hint": facts.deliberation_hint(case, look.today)}


def asking(case: Case, look: Look, bound: Facts | None, told: Mapping[str, Any]) -> dict[str, Any]:
    """The forms: benchmark and range first, then the facts once these are settled."""
    told = told if "benchmark" in told or any(name.startswith("tier_") for name in told) else said_before(case)
    if bound is not None:
        told = bound.data
    found: dict[str, Any] = {"benchmarks": BENCHMARKS, "benchmark": told.get("benchmark", ""), "is_asked": bool(told)}
    try:
        given = given_of(case, look, told)
        tiers = tiers_of(given, told)
        found["tiers"] = tiers
        tier = tiers.tier() if tiers is not None else ""
        found["chosen"] = tiers.cleaned_data if tier and tiers is not None else {}
        if bound is None and (tiers is None or tier):
            found["numbered"] = numbered(case, look)
            words = {"numbered": found["numbered"], "departs": True, "catalogue": catalogue_of(given), "initial": answered(before(case))}
            found["form"] = Facts(None, asked=ask(given, tier=tier), auto_id=AUTO_ID, **words)
        elif bound is not None:
            found["numbered"] = list(bound.numbered.values())
    except BadInput as error:
        found["trouble"] = str(error)
    return found
