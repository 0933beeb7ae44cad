"""A day that is not the mean of its hours.

Basis: HJ 212-2017 App. D; 环办〔2012〕57号 §7; 监测条例 art. 25; 令19 art. 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, align
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def day_hour_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days whose reported mean differs from the mean of their valid hours, weighted by flow for water."""
    findings = []
    for series in stretch.series(kind="day", factors=factors.POLLUTANTS):
        hours = stretch.find(series.point, series.factor, "hour")
        if hours is None:
            continue
        began, mean = averaging.plain_day_means(stretch, hours, hours=20)
        here, there = align(series.began, began)
        sent, computed = series.value[here], mean[there]
        apart = np.abs(sent - computed) > np.maximum(law.p["share"] * np.abs(computed), law.p["least"])
        wrong = series.normal[here] & apart & stretch.judged(series.began[here])
        for row in np.flatnonzero(wrong):
            day = int(series.began[here][row])
            step = sum_of("相对差", "abs(sent - computed) / max(abs(computed), 0.000001)", {"sent": sent[row], "computed": computed[row]})
            findings.append(
                law.finding(
                    stretch, series, day, day + DAY, value=sent[row], limit_value=computed[row], steps=[step],
                    also=[hours, *condition.others(stretch, hours, averaging.WATER_FLOW)], computed=computed[row], share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, day_hour_mismatch)
