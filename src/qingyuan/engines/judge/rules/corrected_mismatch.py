"""A converted concentration that is not the measured one at reference oxygen.

Basis: GB 13271-2014 5.2, GB 4915-2013 4.1.4 (the formula); 监测条例 art. 25 (parameters changed); 令19 art. 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def corrected_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several converted hours differ from the value computed from measured concentration and oxygen."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.GAS_POLLUTANTS):
        point = stretch.points.get(series.point)
        oxygen = condition.beside(stretch, series, averaging.OXYGEN)
        if point is None or point.reference_oxygen is None:
            continue
        also, sent = condition.others(stretch, series, averaging.OXYGEN), series.corrected
        computed = averaging.corrected(series.value, oxygen, point.reference_oxygen)
        steady = np.isfinite(oxygen) & (oxygen < law.p["oxygen"])
        apart = np.abs(sent - computed) > np.maximum(law.p["share"] * np.abs(computed), law.p["least"])
        wrong = series.normal & steady & apart & stretch.judged(series.began)
        days, counts = np.unique(day_start(series.began[wrong]), return_counts=True)
        for day, count in zip(days, counts, strict=True):
            if count < law.p["hours"]:
                continue
            row = int(np.flatnonzero(wrong & (day_start(series.began) == day))[0])
            step = sum_of("首个不一致小时的相对差", "abs(sent - computed) / max(abs(computed), 0.000001)", {"sent": sent[row], "computed": computed[row]})
            findings.append(
                law.finding(
                    stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["hours"],
                    steps=[step], also=also, count=count, share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, corrected_mismatch)
