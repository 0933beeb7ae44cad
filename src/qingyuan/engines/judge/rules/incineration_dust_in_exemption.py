"""Too much dust even in an exempt window.

Basis: GB 18484-2020 7.2.4 and 令10 art. 10 (dust of an hour at most 150 mg/m³ while starting, stopping or in fault); 大气污染防治法 art. 99;
from 2026-08-15 生态环境法典 art. 1107.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def incineration_dust_in_exemption(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the exempt hours of an incinerator whose dust mean is above the cap."""
    findings = []
    for series in stretch.series(kind="hour", factors=("a34013",)):
        if stretch.points[series.point].industry != "incineration":
            continue
        exempt = marking.marked(stretch, series, ("condition",))
        concentration = averaging.judged(stretch, series)
        over = exempt & series.normal & (concentration > law.p["cap"]) & stretch.judged(series.began)
        for row in np.flatnonzero(over):
            began = int(series.began[row])
            step = sum_of("超出倍数", "mean / cap - 1", {"mean": concentration[row], "cap": law.p["cap"]})
            findings.append(
                law.finding(
                    stretch, series, began, began + HOUR, value=concentration[row], unit="mg/m³", limit_value=law.p["cap"],
                    multiple=step["value"], steps=[step],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, incineration_dust_in_exemption)
