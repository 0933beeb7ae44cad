"""M4: the combination of circumstances opens a narrower range; without more, its middle is taken.

Guangdong rules on discretion (2021) arts. 6 and 12: ordinary = the mean of the band; heavier at or above, lighter below;
a band with only a ceiling: the percents that the table carries (``ceiling_only``).
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.errors import BadInput
from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Band, Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, yuan

from .priced import Priced, line


def find(table: Table, chosen: tuple[Chosen, ...]) -> Band:
    """The band whose conditions all hold; the first one listed if several do (the heaviest are listed first)."""
    levels = {entry.factor.id: entry.level.id for entry in chosen}
    for band in table.bands:
        if all(levels.get(factor) == level for factor, level in band.when.items()):
            return band
    told = "、".join(f"{entry.factor.name}={entry.level.name}" for entry in chosen)
    raise BadInput(f"{table.section} 没有“{told}”这一组合的幅度；请改用表内的组合，或填 benchmark=national", field="factors")


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan: the mean of the band; the band is kept inside the statutory range."""
    band = find(table, chosen)
    low = min(max(band.low * bounds.unit, bounds.low), bounds.high)
    high = min(max(band.high * bounds.unit, low), bounds.high)
    result = (low + high) / 2
    if not low and table.ceiling_only:
        low, result = (high * Fraction(table.ceiling_only[key], 100) for key in ("lighter", "ordinary"))
    told = f"{yuan(low)}至{yuan(high)}" if band.low else f"{yuan(high)}以下"
    formula = f"（{yuan(low)} + {yuan(high)}）÷ 2" if low != high else "定额"
    if not band.low and table.ceiling_only:
        formula = f"只有上限，一般情形取上限的 {table.ceiling_only['ordinary']}%"
    lines = tuple(line(entry, "") for entry in chosen) + (Step("本档幅度", "一般情形取中间值；从重取中间值以上，从轻取中间值以下", told),)
    return Priced(result, Step("裁量计算", formula, yuan(result), table.citation, lines), (low, high))
