"""What was sent against what the same packet lets one compute: days on which several hours differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .finding import Finding
from .inforce import LawInForce
from .series import DAY, Mask, Series, Values, day_start
from .stretch import Stretch
from .working import sum_of

RELATIVE = "abs(sent - computed) / max(abs(computed), 0.000001)"


def days_apart(
    stretch: Stretch, law: LawInForce, series: Series, sent: Values, computed: Values, usable: Mask, also: Sequence[Series]
) -> Iterator[Finding]:
    """Yield the days on which at least ``law.p["hours"]`` usable hours differ by more than ``share`` and by more than ``least``."""
    apart = np.abs(sent - computed) > np.maximum(law.p["share"] * np.abs(computed), law.p["least"])
    wrong = np.flatnonzero(usable & apart & stretch.judged(series.began))
    if len(wrong) < law.p["hours"]:
        return
    days, first, counts = np.unique(day_start(series.began[wrong]), return_index=True, return_counts=True)
    for day, row, count in zip(days, wrong[first], counts, strict=True):
        if count >= law.p["hours"]:
            step = sum_of("首个不一致小时的相对差", RELATIVE, {"sent": sent[row], "computed": computed[row]})
            yield law.finding(
                stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["hours"],
                steps=[step], also=also, count=count, share=step["value"] * 100,
            )  # fmt: skip
