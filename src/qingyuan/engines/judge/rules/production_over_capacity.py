"""More production than the permit was given for (one-permit check R7).

Law: 排污许可管理条例 art. 15 (a new permit for more production that adds discharge); from 2026-08-15 生态环境法典 art. 182.  The margin is ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of

LOAD = "i33400"  # production load, % of permitted capacity


def production_over_capacity(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days whose mean production load was above the permitted capacity by more than the margin."""
    findings = []
    for series in stretch.series(kind="hour", factors=(LOAD,)):
        for day in stretch.days():
            rows = series.between(int(day), int(day) + DAY)
            load = series.value[rows][series.normal[rows]]
            if len(load) < law.p["hours"] or day + DAY > stretch.known_until:
                continue
            step = sum_of("负荷与许可产能之比", "load / 100", {"load": float(np.mean(load))})
            if step["value"] > law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"] * 100, unit="%", limit_value=law.p["share"] * 100, steps=[step],
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, production_over_capacity)
