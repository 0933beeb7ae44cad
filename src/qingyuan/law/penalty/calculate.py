"""From the facts of a case to a fine inside the law, with its working.

The steps, in order: which law → statutory range → which table → levels → model → circumstances → clamp and round →
the lighter of two laws → hearing → certificate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from qingyuan.errors import BadInput

from . import adjusting, bounds, scoring, selection, shelf
from .certificate import certify
from .cited import printed_all
from .given import PenaltyInput, checked, read_input
from .hearing import hearing
from .matrix import Table
from .models import MODELS, Priced
from .shelf import Shelf
from .violation import Regime, Violation
from .working import Step, yuan


@dataclass(frozen=True)
class Outcome:
    """What one law would give in this case."""

    regime: Regime
    bounds: bounds.Bounds
    found: selection.Found
    amount_yuan: int
    adjusted: adjusting.Adjusted
    twice: tuple[str, ...]
    step: Step
    levels: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[int, int, int]:
        """Heavier = larger: the fine of this case first, then the maximum, then the number of other penalties."""
        return (self.amount_yuan, self.bounds.high_yuan, len(self.regime.kinds))


@dataclass(frozen=True)
class PenaltyResult:
    """The fine and everything needed to explain it.  Amounts are whole yuan.

    low_yuan, high_yuan: statutory range of the chosen regime.  benchmark_yuan: what the table and the circumstances give;
    amount_yuan: the same unless a panel decided otherwise.  floor_yuan: lowest lawful amount in this case (below
    low_yuan only under mitigation, 0 under an exemption).  provisional: an unofficial formula or an unverified table had
    a part in it, so it may not decide alone.  panel_required: a collective discussion has to confirm it.
    tier: the range of the article that was used; levels: factor id → level id of the table, what like cases are found by.
    """

    violation: str
    regime: str
    low_yuan: int
    high_yuan: int
    amount_yuan: int
    benchmark_yuan: int
    floor_yuan: int
    exempt: bool
    table: str
    tier: str
    levels: dict[str, str]
    working: dict[str, Any]
    citations: tuple[str, ...]
    hearing_required: bool
    hearing_reason: str
    warnings: tuple[str, ...]
    provisional: bool
    panel_required: bool
    certificate: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The result as JSON values, the certificate included."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}


def calculate(given: PenaltyInput | Mapping[str, Any], *, book: Shelf | None = None) -> PenaltyResult:
    """The fine for one violation, with working and certificate.

    Never outside the statutory range, except below it under a mitigating ground (Penalty Law art. 32) and none at all under
    an exemption (arts. 30, 31, 33).  BadInput names the field, what is allowed and the article.
    """
    book = book or shelf.load()
    given = checked(given) if isinstance(given, PenaltyInput) else read_input(given)
    result, outcomes = assess(given, book)
    used = book.extract(
        given.violation,
        [selection.NATIONAL, book.province(given.province).id],
        [outcome.found.table.id for outcome in outcomes],
        [ground.partition(":")[0].strip() for ground in given.circumstances],
    )
    return PenaltyResult(**{**vars(result), "certificate": certify(given, result.plain(), used)})


def assess(given: PenaltyInput, book: Shelf) -> tuple[PenaltyResult, tuple[Outcome, ...]]:
    """The same without the certificate, and the outcome under every law that was weighed."""
    violation = book.violation(given.violation)
    choice = selection.candidates(given, violation)
    _known_tier(given, choice.regimes)
    outcomes = tuple(_outcome(given, book, violation, regime) for regime in choice.regimes)
    _known_factors(given, {outcome.regime.regime: outcome.found.table for outcome in outcomes})
    _known_kinds(given, choice.regimes)
    chosen = min(outcomes, key=lambda outcome: outcome.weight)
    amount, departure = _departed(given, chosen)
    heard = hearing(given, amount, chosen.found.province, book.province(selection.NATIONAL))
    steps = [_law_step(choice, outcomes, chosen), *chosen.step.children, *departure, heard.step]
    working = Step(violation.name, "", "不予处罚" if chosen.adjusted.exempt else yuan(amount), "、".join(chosen.regime.penalty), tuple(steps))
    cited = [choice.citation, *chosen.regime.prohibition, *chosen.bounds.tier.citation, *chosen.adjusted.citations, chosen.found.table.citation]
    result = PenaltyResult(
        violation=violation.id,
        regime=chosen.regime.regime,
        low_yuan=chosen.bounds.low_yuan,
        high_yuan=chosen.bounds.high_yuan,
        amount_yuan=amount,
        benchmark_yuan=chosen.amount_yuan,
        floor_yuan=0 if chosen.adjusted.exempt else math.ceil(chosen.adjusted.floor),
        exempt=chosen.adjusted.exempt,
        table=chosen.found.table.id,
        tier=chosen.bounds.tier.id,
        levels=dict(chosen.levels),
        working=working.tree(),
        citations=tuple(dict.fromkeys(part for cite in cited for part in cite.split("、"))),
        hearing_required=heard.required,
        hearing_reason=heard.reason,
        warnings=chosen.found.notes + chosen.regime.notes + chosen.twice,
        provisional=chosen.found.provisional,
        panel_required=chosen.found.panel or chosen.adjusted.panel or bool(departure),
    )
    return result, outcomes


def _outcome(given: PenaltyInput, book: Shelf, violation: Violation, regime: Regime) -> Outcome:
    held = bounds.bounds(given, regime, book.province(selection.NATIONAL).simple_procedure[given.party_kind])
    found = selection.table_for(book, given, violation, regime, held.tier.id)
    chosen = scoring.choose(found.table, given.factors_for(regime.regime))
    ground = adjusting.grounds(book, given, found.province.id)
    adjusting.check_levels(ground, chosen)
    priced = MODELS[found.table.model](found.table, chosen, held)
    adjusted = adjusting.adjust(given, ground, priced, held)
    amount, last = _settled(priced, adjusted, held, found.province.rounding_yuan)
    table = Step("裁量表", "；".join(found.notes) or found.table.title, found.table.section, found.table.citation)
    lines = (bounds.step(given, held), table, priced.step, *adjusted.steps, last)
    twice = adjusting.counted_twice(ground, chosen)
    return Outcome(regime, held, found, amount, adjusted, twice, Step(selection.LAWS.get(regime.regime, regime.regime), children=lines), {one.factor.id: one.level.id for one in chosen})


def _settled(priced: Priced, adjusted: adjusting.Adjusted, held: bounds.Bounds, unit: int) -> tuple[int, Step]:
    """Whole yuan inside the lawful range; what is left over after rounding down goes to the party."""
    if adjusted.exempt:
        return 0, Step("结果", "有不予处罚情节", "不予处罚", "、".join(adjusted.citations))
    lowest = max(math.ceil(adjusted.floor), 1)
    rounded = math.floor(adjusted.amount / unit) * unit
    amount = min(max(rounded, lowest), held.high_yuan)
    formula = f"{yuan(Fraction(lowest))} ≤ 罚款 ≤ {yuan(held.high_yuan)}"
    if adjusted.amount < lowest:
        formula += "，低于下限按下限"
    if adjusted.floor < held.low:
        formula += "（有减轻情节，下限低于法定最低额）"
    return amount, Step("限定与取整", formula, yuan(amount), "、".join(held.tier.citation))


def _departed(given: PenaltyInput, chosen: Outcome) -> tuple[int, tuple[Step, ...]]:
    """The panel's amount in place of the table's, inside the lawful range, with its reasons (Penalty Law arts. 34, 57)."""
    if given.decided_yuan is None:
        return chosen.amount_yuan, ()
    lowest, highest = math.ceil(chosen.adjusted.floor), chosen.bounds.high_yuan
    cited = printed_all(chosen.bounds.tier.citation)
    if chosen.adjusted.exempt:
        raise BadInput("decided_yuan 与不予处罚的情节自相矛盾；请去掉其中之一（行政处罚法第三十三条）", field="decided_yuan")
    if not lowest <= given.decided_yuan <= highest:
        raise BadInput(f"decided_yuan（集体讨论决定的罚款）{yuan(given.decided_yuan)}不在 {yuan(lowest)} 至 {yuan(highest)} 内；{cited}不允许", field="decided_yuan")
    off = given.decided_yuan - chosen.amount_yuan
    formula = f"裁量表结果{yuan(chosen.amount_yuan)}，{'增加' if off > 0 else '减少'}{yuan(abs(off))}；理由：{given.decided_reason.strip()}"
    return given.decided_yuan, (Step("集体讨论决定", formula, yuan(given.decided_yuan), "penalty_law:34、penalty_law:57"),)


def _law_step(choice: selection.Candidates, outcomes: tuple[Outcome, ...], chosen: Outcome) -> Step:
    if len(outcomes) == 1:
        return Step("适用法律", choice.reason, selection.LAWS.get(chosen.regime.regime, chosen.regime.regime), choice.citation)
    names, same = selection.LAWS, len({outcome.amount_yuan for outcome in outcomes}) == 1
    told = tuple(Step(names.get(o.regime.regime, o.regime.regime), "、".join(o.regime.penalty), "不予处罚" if o.adjusted.exempt else yuan(o.amount_yuan), "", o.step.children) for o in outcomes)
    return Step("适用法律", choice.reason, f"{names.get(chosen.regime.regime, chosen.regime.regime)}{'（两法罚款相同）' if same else '较轻'}", choice.citation, told)


def _known_tier(given: PenaltyInput, regimes: tuple[Regime, ...]) -> None:
    known = {tier.id: tier for regime in regimes for tier in bounds.tiers_for(regime, given.party_kind)}
    prefixed = {f"{regime.regime}.{tier.id}" for regime in regimes for tier in bounds.tiers_for(regime, given.party_kind)}
    for tier in given.tiers:
        if tier not in known and tier not in prefixed:
            choices = "、".join(f"{key}（{found.name}）" for key, found in known.items())
            raise BadInput(f"tier（法定档次）没有“{tier}”；可选：{choices}（{printed_all(regimes[-1].penalty)}）", field="tier")


def _known_factors(given: PenaltyInput, by_regime: Mapping[str, Table]) -> None:
    tables = list(by_regime.values())
    known = {factor.id: factor.name for table in tables for factor in table.factors}
    prefixed = {f"{regime}.{factor.id}" for regime, table in by_regime.items() for factor in table.factors}
    for key in given.flat_factors:
        if key in prefixed:
            continue
        if key not in known:
            allowed = "、".join(f"{name}（{told}）" for name, told in known.items())
            raise BadInput(f"factors 里没有“{key}”这个裁量因素；可用的有：{allowed}（{'；'.join(table.section for table in tables)}）", field=f"factors.{key}")


def _known_kinds(given: PenaltyInput, regimes: tuple[Regime, ...]) -> None:
    known = list(dict.fromkeys(kind for regime in regimes for kind in regime.kinds))
    for kind in given.other_kinds:
        if kind not in known:
            raise BadInput(f"other_kinds（其他处罚种类）里的“{kind}”不在该条款内；可填：{'、'.join(known)}（{printed_all(regimes[-1].penalty)}）", field="other_kinds")
