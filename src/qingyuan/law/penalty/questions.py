"""What has to be asked before a fine can be calculated: the fields of a form, in order, from the rule book alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from . import bounds, selection, shelf
from .circumstance import Circumstance
from .given import PenaltyInput, checked
from .hearing import KINDS
from .matrix import Factor
from .scoring import MEASURES
from .shelf import Shelf
from .violation import Regime

EFFECTS = {"no_penalty": "不予处罚", "may_no_penalty": "可以不予处罚", "mitigated": "减轻（可低于法定下限）", "lighter": "从轻", "heavier": "从重"}


@dataclass(frozen=True)
class Question:
    """One field.  ``choices`` are (value, label); ``measures`` (id, label) where a number may be given instead.

    kind: "tier", "base_yuan", "count", "factor", "other_kinds" (any number of the choices) or "circumstance"; for a circumstance ``least``, ``most`` bound the percent to be
    added after a colon, both 0 when it takes none, and ``effect`` says what it does (EFFECTS)."""

    kind: str
    field: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    measures: tuple[tuple[str, str], ...] = ()
    regimes: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    citations: tuple[str, ...] = ()
    effect: str = ""


def questions(
    violation: str, province: str, party_kind: str, *, began: dt.date, ended: dt.date | None, decided_on: dt.date,
    tier: str = "", benchmark: str = "", book: Shelf | None = None,
) -> list[Question]:  # fmt: skip
    """The questions for a case under every law that will be weighed; raises BadInput like ``calculate``.

    As long as the tier is open, only the tier is asked, since the table may depend on it.  The same ground written by two
    instruments is asked once."""
    book = book or shelf.load()
    given = checked(PenaltyInput(violation, province, party_kind, began, ended, decided_on, tier=tier, benchmark=benchmark))
    found = book.violation(violation)
    regimes = selection.candidates(given, found).regimes
    asked = _tiers(given, regimes)
    if asked:
        return asked
    asked = _bases(given, regimes)
    factors: dict[str, Question] = {}
    for regime in regimes:
        held = _held(given, regime)
        table = selection.table_for(book, given, found, regime, held).table
        for factor in table.factors:
            _ask(factors, factor, table.section, regime)
    home = book.province(province).id
    grounds: dict[tuple[str, str], Question] = {}
    for item in book.all_circumstances():
        if _usable(item, home, given):
            grounds.setdefault((item.name, item.effect), _circumstance(item, decided_on))
    return [*asked, *factors.values(), *_kinds(regimes), *grounds.values()]


def _held(given: PenaltyInput, regime: Regime) -> str:
    tiers = bounds.some_tiers(regime, given.party_kind)
    return next((tier.id for tier in tiers if tier.id in given.tiers_for(regime.regime)), tiers[0].id if tiers else "")


def _tiers(given: PenaltyInput, regimes: tuple[Regime, ...]) -> list[Question]:
    open_ones = []
    for regime in regimes:
        tiers = bounds.some_tiers(regime, given.party_kind)
        if len(tiers) > 1 and not any(tier.id in given.tiers_for(regime.regime) for tier in tiers):
            choices = tuple((tier.id, f"{tier.name}（{bounds.shown(tier)}）") for tier in tiers)
            open_ones.append(Question("tier", "tier", "法定档次", choices, regimes=(regime.regime,), citations=regime.penalty))
    return open_ones


def _bases(given: PenaltyInput, regimes: tuple[Regime, ...]) -> list[Question]:
    for regime in regimes:
        held = _held(given, regime)
        for tier in bounds.tiers_for(regime, given.party_kind):
            if tier.id == held and tier.unit != "yuan":
                return [Question("base_yuan", "base_yuan", f"{tier.base}（元）", regimes=(regime.regime,), citations=tier.citation)]
            if tier.id == held and tier.each:
                return [Question("count", "count", f"{tier.each}数", regimes=(regime.regime,), citations=tier.citation)]
    return []


def _kinds(regimes: tuple[Regime, ...]) -> list[Question]:
    """The other consequences the articles name beside the fine; some of them open the right to a hearing by themselves."""
    known = dict.fromkeys(kind for regime in regimes for kind in regime.kinds if kind != "fine")
    choices = tuple((kind, KINDS.get(kind, kind)) for kind in known)
    cited = tuple(dict.fromkeys(cite for regime in regimes for cite in regime.penalty))
    return [Question("other_kinds", "other_kinds", "拟同时作出", choices, citations=cited)] if choices else []


def _ask(asked: dict[str, Question], factor: Factor, section: str, regime: Regime) -> None:
    """Ask once where both tables mean the same, apart (``factors.code.repeat``) where name or levels differ."""
    choices = tuple((level.id, level.name) for level in factor.levels)
    measures = tuple((measure, MEASURES.get(measure, measure)) for measure in factor.measures)
    before = asked.get(factor.id)
    if before is None:
        asked[factor.id] = Question("factor", f"factors.{factor.id}", factor.name, choices, measures, (regime.regime,), citations=(section,))
    elif (before.label, before.choices, before.measures) == (factor.name, choices, measures):
        sections = tuple(dict.fromkeys((*before.citations, section)))
        asked[factor.id] = replace(before, regimes=(*before.regimes, regime.regime), citations=sections)
    else:
        asked[factor.id] = replace(before, field=f"factors.{before.regimes[0]}.{factor.id}")
        field = f"factors.{regime.regime}.{factor.id}"
        asked[field] = Question("factor", field, factor.name, choices, measures, (regime.regime,), citations=(section,))


def _usable(item: Circumstance, home: str, given: PenaltyInput) -> bool:
    fits = item.province in (selection.NATIONAL, home) and (given.violation in item.violations or "*" in item.violations)
    firm = item.grade in ("A", "B") or item.effect not in ("no_penalty", "may_no_penalty")
    return fits and firm and item.party in ("any", given.party_kind) and bool(item.cited(given.decided_on))


def _circumstance(item: Circumstance, day: dt.date) -> Question:
    least, most = (item.extent.at_least, item.extent.at_most) if item.extent else (0, 0)
    return Question("circumstance", "circumstances", item.name, ((item.id, item.name),), least=least, most=most, citations=item.cited(day), effect=item.effect)
