"""A pH that leaps by units within the hour.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def ph_jumping(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which pH spans more than its allowed range within an hour, again and again, while water flows."""
    findings = []
    for series in stretch.series(kind="hour", factors=(averaging.PH,)):
        spread = series.high - series.low
        wild = series.normal & (spread > law.p["span"]) & condition.running(stretch, series) & stretch.judged(series.began)
        for day, count in zip(*np.unique(day_start(series.began[wild]), return_counts=True), strict=True):
            if count >= law.p["hours"]:
                row = int(np.flatnonzero(wild & (day_start(series.began) == day))[0])
                step = sum_of("首个小时内变幅", "high - low", {"high": series.high[row], "low": series.low[row]})
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["hours"], steps=[step], span=step["value"],
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, ph_jumping)
