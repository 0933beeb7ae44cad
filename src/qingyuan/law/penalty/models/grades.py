"""M3: grades 1 to 5 on individual and shared factors, laid over each other (the 2019 national framework).

The structure is that of 环执法〔2019〕42号; its formula is not available in a vouched text.  What stands here is
the default of the domain note and is marked unofficial in the table:
g = Σ wᵢ·(gradeᵢ − 1)/4 within each share, S = Σ share × g, F = M2(S).
"""

from __future__ import annotations

from fractions import Fraction

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step, plain, yuan

from .normalised_start import spread
from .priced import Priced, line

TOP = 5
SHARES = {"individual": "个性因素", "shared": "共性因素"}


def amount(table: Table, chosen: tuple[Chosen, ...], bounds: Bounds) -> Priced:
    """Exact yuan; level points are grades 1–5, factor weights are percents within their share."""
    total, groups = Fraction(0), []
    for share, name in SHARES.items():
        members = [entry for entry in chosen if entry.factor.share == share]
        score = sum((Fraction(entry.factor.weight, 100) * Fraction(entry.level.points - 1, TOP - 1) for entry in members), Fraction(0))
        total += score * Fraction(table.shares[share], 100)
        lines = tuple(line(entry, f"{entry.level.points}级 × 权重{entry.factor.weight}%") for entry in members)
        groups.append(Step(name, f"Σ 权重 ×（等级 − 1）÷ 4，占{table.shares[share]}%", f"{plain(score * 100)}%", "", lines))
    result = spread(bounds, total)
    formula = f"{yuan(bounds.low)} +（{yuan(bounds.high)} − {yuan(bounds.low)}）× S {plain(total * 100)}%"
    return Priced(result, Step("裁量计算", formula, yuan(result), table.citation, tuple(groups)))
