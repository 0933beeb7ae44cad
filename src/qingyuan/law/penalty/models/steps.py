"""M6: the gravity of the act picks one of the steps of the range; repetition and grave circumstances climb.

Jiangmen rules (2020) arts. 5, 6, 8 (expired, kept as a reference): ordinary = middle of the step; a second violation
of the same kind = its upper end; a third = one step up; grave circumstances = one step up.
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, yuan

from .priced import Priced, line

HALVES = 2


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan; ``table.start`` is the number of equal steps; level points are half steps to climb."""
    climbed = sum(entry.level.points for entry in chosen)
    half = (bounds.high - bounds.low) / (HALVES * table.start)
    result = min(bounds.low + half * (1 + climbed), bounds.high)
    lines = tuple(line(entry, f"升{entry.level.points}个半档") for entry in chosen)
    return Priced(result, Step("裁量计算", f"{yuan(bounds.low)} + 半档 {yuan(half)} ×（1 + {climbed}）", yuan(Fraction(result)), table.citation, lines))
