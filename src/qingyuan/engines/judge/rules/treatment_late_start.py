"""Treatment that starts after production.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import power
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    MINUTE,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def treatment_late_start(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the starts of production that treatment followed too late."""
    findings = []
    for pair in power.pairs(stretch):
        for began, ended in power.late_starts(pair):
            if not stretch.began <= ended < stretch.ended or ended - began < law.p["minutes"] * MINUTE:
                continue
            step = sum_of("启动滞后", "(ended - began) / 60000", {"ended": ended, "began": began}, "分钟")
            findings.append(
                law.finding(
                    stretch, pair.treatment, began, ended, value=step["value"], unit="分钟", limit_value=law.p["minutes"], steps=[step],
                    also=[pair.production], anchor=ended, production=pair.made.name, treatment=pair.treated.name,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, treatment_late_start)
