"""One act against several rules is fined once, by the rule with the higher fine (一事不再罚、择重).

Penalty Law art. 29; Code art. 1055; decree 30 of 2023 art. 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qingyuan.errors import BadInput

from .calculate import PenaltyResult, calculate
from .given import PenaltyInput, read_input
from .shelf import Shelf
from .working import yuan


@dataclass(frozen=True)
class Concurrence:
    """``chosen`` is the one to be punished by; ``others`` are only cited as also violated."""

    chosen: PenaltyResult
    others: tuple[PenaltyResult, ...]
    reason: str
    citations: tuple[str, ...]


def heaviest(cases: Sequence[PenaltyInput | Mapping[str, Any]], *, book: Shelf | None = None) -> Concurrence:
    """The rule with the higher statutory fine (maximum first, then minimum, then the fine of this case).

    cases: the same act, party and days under each violation it fulfils, at least two.  Raises BadInput when they are not the
    same act, or like ``calculate``."""
    given = [case if isinstance(case, PenaltyInput) else read_input(case) for case in cases]
    if len({case.violation for case in given}) < 2:
        raise BadInput("择重适用须有同一行为触犯的两个以上不同案由（行政处罚法第二十九条）", field="violation")
    for name in ("party_kind", "began", "ended", "decided_on", "province"):
        if len({getattr(case, name) for case in given}) > 1:
            raise BadInput(f"{name} 不一致，不是同一个违法行为，应分别处罚（行政处罚法第二十九条）", field=name)
    results = sorted((calculate(case, book=book) for case in given), key=_weight, reverse=True)
    chosen, others = results[0], tuple(results[1:])
    told = "；".join(f"{result.violation} {yuan(result.low_yuan)}至{yuan(result.high_yuan)}，本案{yuan(result.amount_yuan)}" for result in results)
    cited = ("penalty_law:29", "measures_30:7") + (("code:1055",) if chosen.regime == "code" else ())
    return Concurrence(chosen, others, f"同一行为触犯数个规定，按罚款数额高的 {chosen.violation} 处罚：{told}", cited)


def _weight(result: PenaltyResult) -> tuple[int, int, int]:
    return (result.high_yuan, result.low_yuan, result.amount_yuan)
