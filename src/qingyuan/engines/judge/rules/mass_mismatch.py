"""A mass that is not concentration times flow.

Basis: HJ 212-2017 App. D and HJ 75-2017 (formulas); 监测条例 art. 25; 令19 arts. 19, 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, align, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def mass_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which several hourly masses differ from measured concentration times flow."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        flow = stretch.find(series.point, condition.flow_factor(series), "hour")
        if flow is None:
            continue
        also, sent, volume = [flow], series.mass, np.full(len(series), np.nan)
        here, there = align(series.began, flow.began)
        volume[here] = np.where(flow.normal[there], flow.mass[there], np.nan)
        computed = series.value * volume * (1e-6 if series.factor.startswith("a") else 1e-3)
        apart = np.abs(sent - computed) > np.maximum(law.p["share"] * np.abs(computed), law.p["least"])
        wrong = series.normal & apart & stretch.judged(series.began)
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


RULE = Rule.beside(__file__, mass_mismatch)
