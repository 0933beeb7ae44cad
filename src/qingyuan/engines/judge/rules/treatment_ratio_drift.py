"""A day's treatment too small for its production.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import power
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def treatment_ratio_drift(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days whose ratio of treatment to production consumption is below half of the previous day's."""
    findings = []
    for pair in power.pairs(stretch):
        days = day_start(pair.began)
        for day in stretch.days():
            today, before = (pair.producing & (days == one) for one in (day, day - DAY))
            least = law.p["hours"] * HOUR / pair.treatment.step
            if day + DAY > stretch.known_until or min(today.sum(), before.sum()) < least:
                continue
            ratios = [float(pair.effort[rows].sum() / pair.load[rows].sum()) for rows in (today, before)]
            step = sum_of("治产用电比与前一日之比", "today / before", {"today": ratios[0], "before": max(ratios[1], 1e-9)})
            if step["value"] < law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, pair.treatment, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step],
                        also=[pair.production], read_from=int(day) - DAY, production=pair.made.name, treatment=pair.treated.name,
                        share=step["value"] * 100,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, treatment_ratio_drift)
