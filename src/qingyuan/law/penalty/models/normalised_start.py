"""M2: the statutory minimum is the start, and the factors share out the rest of the range.

F = [Y + S × (1 − Y)] × Max, Y = Min / Max; the same as Min + (Max − Min) × S.  Where the article has no minimum,
Y is the ceiling of the summary procedure over Max.  Hunan rules (2021), notes under tables 12 and 13.
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, plain, yuan

from .priced import Priced, line


def start_share(bounds: Bounds) -> Fraction:
    """Y: minimum over maximum; for an article without a minimum the summary ceiling over the maximum, at most 1."""
    if bounds.low > 0 or bounds.high == 0:
        return bounds.low / bounds.high if bounds.high else Fraction(0)
    return min(bounds.summary / bounds.high, Fraction(1))


def spread(bounds: Bounds, share: Fraction) -> Fraction:
    """[Y + S(1 − Y)] × Max for a share S between 0 and 1, exact yuan."""
    start = start_share(bounds)
    return (start + share * (1 - start)) * bounds.high


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan; level points are whole percents of S, together at most 100."""
    total = min(sum(entry.level.points for entry in chosen), 100)
    share, start = Fraction(total, 100), start_share(bounds)
    result = spread(bounds, share)
    lines = [line(entry, f"{entry.level.points}%") for entry in chosen]
    lines.append(Step("裁量值 S", "+".join(str(entry.level.points) for entry in chosen) or "0", f"{total}%"))
    lines.append(Step("起点 Y", f"{yuan(bounds.low)} ÷ {yuan(bounds.high)}" if bounds.low else "无法定最低额，按简易程序上限折算", f"{plain(start * 100)}%"))
    formula = f"[Y {plain(start * 100)}% + S {total}% ×（1 − Y）] × 最高额 {yuan(bounds.high)}"
    return Priced(result, Step("裁量计算", formula, yuan(result), table.citation, tuple(lines)))
