"""M1: the percents of all factors are added and taken of the statutory maximum.

F = min(start + Σ weights, 100 %) × Max; where the table says so, a sum below its floor counts as the floor.
Guangdong rules on discretion (2021) art. 6 and the note under each table; Hunan rules (2021) arts. 5 and 8.
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, yuan

from .priced import Priced, line

CAP = 100


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan by adding percents; ``table.start`` and level points are whole percents of the maximum."""
    total = table.start + sum(entry.level.points for entry in chosen)
    counted = max(min(total, CAP), table.floor_percent)
    result = bounds.high * Fraction(counted, 100)
    lines = [Step("裁量起点", "", f"{table.start}%")] + [line(entry, f"{entry.level.points}%") for entry in chosen]
    added = "+".join(str(part) for part in [table.start, *(entry.level.points for entry in chosen)])
    lines.append(Step("百分值总和", added, f"{total}%" + (f"，按{counted}%计" if counted != total else "")))
    return Priced(result, Step("裁量计算", f"百分值总和 {counted}% × 最高额 {yuan(bounds.high)}", yuan(result), table.citation, tuple(lines)))
