"""The statutory range in yuan: which tier of the article, and of what base."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from qingyuan.errors import BadInput

from .cited import printed_all
from .given import PARTY_KINDS, PenaltyInput
from .violation import Regime, Tier
from .working import Step, plain, yuan

SHARE = {"percent": Fraction(1, 100), "multiple": Fraction(1)}


@dataclass(frozen=True)
class Bounds:
    """``low`` and ``high`` in exact yuan; ``summary`` is the ceiling of the summary procedure for this party (yuan).

    ``unit`` is the yuan that one unit of the tier stands for: 1, the number of times, or the base (or a hundredth of it)."""

    tier: Tier
    low: Fraction
    high: Fraction
    summary: Fraction = Fraction(0)
    unit: Fraction = Fraction(1)

    @property
    def low_yuan(self) -> int:
        """The smallest whole amount inside the range."""
        return math.ceil(self.low)

    @property
    def high_yuan(self) -> int:
        """The largest whole amount inside the range, never below the smallest."""
        return max(math.floor(self.high), self.low_yuan)


def tiers_for(regime: Regime, party_kind: str) -> list[Tier]:
    """The tiers of the article that can meet this kind of party, in the order of the article."""
    return [tier for tier in regime.tiers if tier.party in ("any", party_kind)]


def some_tiers(regime: Regime, party_kind: str) -> list[Tier]:
    """The same, or BadInput when this law has no fine for such a party (and a later one may not be applied to it)."""
    tiers = tiers_for(regime, party_kind)
    if not tiers:
        who = PARTY_KINDS[party_kind]
        raise BadInput(f"{printed_all(regime.penalty)}没有对{who}的罚款，不得按后来的规定补罚（行政处罚法第三十七条）；party_kind 请核对", field="party_kind")
    return tiers


def bounds(given: PenaltyInput, regime: Regime, summary_yuan: int = 0) -> Bounds:
    """The range for this case; BadInput when the tier or the base the article needs is not given."""
    tier = _tier(given, regime)
    if tier.unit == "yuan":
        unit = Fraction(given.count or 1) if tier.each else Fraction(1)
        return Bounds(tier, tier.low * unit, tier.high * unit, Fraction(summary_yuan), unit)
    if given.base_yuan is None:
        raise BadInput(f"缺少 base_yuan（{tier.base}，整数元）；{printed_all(tier.citation)}的罚款按它的{plain(tier.low)}至{plain(tier.high)}{'％' if tier.unit == 'percent' else '倍'}计算", field="base_yuan")
    unit = max(given.base_yuan, tier.base_floor_yuan) * SHARE[tier.unit]
    return Bounds(tier, tier.low * unit, tier.high * unit, Fraction(summary_yuan), unit)


def _tier(given: PenaltyInput, regime: Regime) -> Tier:
    tiers = some_tiers(regime, given.party_kind)
    for tier in tiers:
        if tier.id in given.tiers_for(regime.regime):
            return tier
    if len(tiers) > 1:
        choices = "、".join(f"{tier.id}（{tier.name}，{shown(tier)}）" for tier in tiers)
        what = f"tier（法定档次）没有“{given.tier}”" if given.tier else "缺少 tier（法定档次）"
        raise BadInput(f"{what}；{printed_all(regime.penalty)}可选：{choices}", field="tier")
    return tiers[0]


def shown(tier: Tier) -> str:
    """The range of a tier for a reader: 10万元至100万元; 总投资额的1至5％."""
    if tier.unit == "yuan":
        told = f"{yuan(tier.high)}以下" if tier.low == 0 else yuan(tier.low) if tier.low == tier.high else f"{yuan(tier.low)}至{yuan(tier.high)}"
        return f"每{tier.each}{told}" if tier.each else told
    return f"{tier.base}的{plain(tier.low)}至{plain(tier.high)}{'％' if tier.unit == 'percent' else '倍'}"


def step(given: PenaltyInput, found: Bounds) -> Step:
    """The line of the working for the statutory range."""
    tier = found.tier
    formula = f"{tier.name}：{shown(tier)}"
    if tier.each:
        formula += f"，共 {given.count} {tier.each}" if given.count else f"；没有填 count（{tier.each}数），按 1 {tier.each}计"
    if tier.unit != "yuan":
        formula += f"；{tier.base} {yuan(given.base_yuan or 0)}"
        if tier.base_floor_yuan and (given.base_yuan or 0) < tier.base_floor_yuan:
            formula += f"，不足{yuan(tier.base_floor_yuan)}按{yuan(tier.base_floor_yuan)}计"
    return Step("法定幅度", formula, f"{yuan(found.low)}至{yuan(found.high)}", "、".join(tier.citation))
