"""Ultra-low emission met in too few hours of a month.

Basis: 环大气〔2019〕35号 (95 % of hours in a month); a policy standard whose breach is not of itself an exceedance; 大气污染防治法 art. 18.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def ultra_low_share(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished months in which fewer than so many of the usable running hours met the ultra-low limit."""
    findings = []
    for series in stretch.series(kind="hour"):
        held = law.limits.all(series.outlet, series.factor, "ule")
        if not held:
            continue
        concentration = averaging.judged(stretch, series)
        limit_value, chosen = law.limits.in_force(series.outlet, series.factor, "ule", series.began)
        usable = marking.usable(stretch, series) & condition.running(stretch, series) & np.isfinite(limit_value)
        for month in sorted({marking.period_start(int(day), "month") for day in stretch.days()}):
            ended = marking.period_start(month + 32 * DAY, "month")
            rows = series.between(month, ended)
            hours = int(usable[rows].sum())
            if not stretch.began < ended <= stretch.known_until or hours < law.p["least_hours"]:
                continue
            met = int((usable & (concentration <= limit_value))[rows].sum())
            step = sum_of("达到超低限值的小时比例", "met / hours", {"met": met, "hours": hours})
            if step["value"] < law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, month, ended, value=step["value"], unit="", limit_value=law.p["share"], steps=[step],
                        anchor=ended - DAY, share=step["value"] * 100, level=held[chosen[rows][usable[rows]][-1]].limit_value,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, ultra_low_share)
