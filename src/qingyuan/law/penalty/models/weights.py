"""M1: the weights of all factors are added and taken of the statutory maximum.

F = min(start + Σ weights, 100 %) × Max; where the table says so, a sum below its floor counts as the floor.
Weights are percents, or 24ths where the official table writes its weights as fractions (``table.scale``).
Guangdong rules on discretion (2021) art. 6 and the note under each table; Hunan rules (2021) arts. 5 and 8.
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, yuan

from .priced import Priced, line

PERCENT = 100


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan by adding weights; ``table.start`` and level points are whole parts of ``table.scale``."""
    total = table.start + sum(entry.level.points for entry in chosen)
    counted = max(min(total, table.scale), table.floor_percent)
    result = bounds.high * Fraction(counted, table.scale)
    part = "%" if table.scale == PERCENT else f"/{table.scale}"
    lines = [Step("裁量起点", "", f"{table.start}{part}")] + [line(entry, f"{entry.level.points}{part}") for entry in chosen]
    added = "+".join(str(part) for part in [table.start, *(entry.level.points for entry in chosen)])
    lines.append(Step("权重总和", added, f"{total}{part}" + (f"，按{counted}{part}计" if counted != total else "")))
    return Priced(result, Step("裁量计算", f"权重总和 {counted}{part} × 最高额 {yuan(bounds.high)}", yuan(result), table.citation, tuple(lines)))
