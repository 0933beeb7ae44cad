"""M5: a starting amount, raised and lowered by coefficients.

F = starting amount × (1 + Σ heavier − Σ lighter).  Old rules of Jiangsu, known at second hand (grade C):
the table is a reference and its result is provisional.
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, yuan

from .priced import Priced, line


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan; level points are percents of the starting amount, which is ``table.start`` percent up the range."""
    start = bounds.low + (bounds.high - bounds.low) * Fraction(table.start, 100)
    moved = sum(entry.level.points for entry in chosen)
    result = max(start * (1 + Fraction(moved, 100)), Fraction(0))
    lines = [Step("基准额", f"法定幅度自下而上{table.start}%处", yuan(start))]
    lines += [line(entry, f"{entry.level.points:+d}%") for entry in chosen if entry.level.points]
    return Priced(result, Step("裁量计算", f"{yuan(start)} ×（1 {moved:+d}%）", yuan(result), table.citation, tuple(lines)))
