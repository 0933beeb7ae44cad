"""Treatment starts before production and stops after it: where it did not, and for how long production ran without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import power
from .finding import Finding
from .inforce import LawInForce
from .series import MINUTE
from .stretch import Stretch
from .working import sum_of

Lapses = Callable[[power.Pair], Iterator[tuple[int, int]]]


def out_of_step(stretch: Stretch, law: LawInForce, lapses: Lapses, label: str) -> Iterator[Finding]:
    """Yield one finding for each lapse [began, ended) that ends in the window and lasts ``law.p["minutes"]``."""
    for pair in power.pairs(stretch):
        for began, ended in lapses(pair):
            if not stretch.began <= ended < stretch.ended or ended - began < law.p["minutes"] * MINUTE:
                continue
            step = sum_of(label, "(ended - began) / 60000", {"ended": ended, "began": began}, "分钟")
            yield law.finding(
                stretch, pair.treatment, began, ended, value=step["value"], unit="分钟", limit_value=law.p["minutes"], steps=[step],
                also=[pair.production], anchor=ended, production=pair.made.name, treatment=pair.treated.name,
            )  # fmt: skip
