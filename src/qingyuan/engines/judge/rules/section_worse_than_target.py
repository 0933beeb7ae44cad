"""A river section worse than its target class.

Basis: GB 3838-2002 5.1 (single factor, multiples told); a section is no discharger: the finding starts a trace, not a case.
Law: 水污染防治法 art. 10 and, from 2026-08-15, 生态环境法典 art. 151 bind whoever is found upstream.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    HOUR,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def section_worse_than_target(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return two readings in a row of a section factor worse than its target (dissolved oxygen: lower)."""
    findings = []
    for series in stretch.series(kind="hour", medium="section"):
        held = law.limits.all(series.outlet, series.factor, "target")
        target, chosen = law.limits.in_force(series.outlet, series.factor, "target", series.began)
        worse = series.normal & ((series.value < target) if series.factor == "w01009" else (series.value > target))
        again = worse & np.insert(worse[:-1], 0, False) & stretch.judged(series.began)
        again[1:] &= np.diff(series.began) <= law.p["apart"] * HOUR
        for row in np.flatnonzero(again & ~np.insert(again[:-1], 0, False)):
            began = int(series.began[row - 1])
            ratio = sum_of("超标倍数", "value / target - 1", {"value": series.value[row], "target": target[row]})
            findings.append(
                law.finding(
                    stretch, series, began, int(series.began[row]) + HOUR, value=series.value[row], limit=held[chosen[row]], multiple=ratio["value"],
                    steps=[ratio], anchor=int(series.began[row]),
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, section_worse_than_target)
