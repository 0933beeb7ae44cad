"""Single readings that came long after their neighbours: back-dated, not backfilled.

Law: 令19 arts. 8, 19; 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    MINUTE,
    day_start,
    runs,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def late_packets(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days with many moments that arrived late though the moments just before and just after arrived at once.

    An outage and its backfill make whole runs late, which is honest; a late moment between prompt ones was put in later.
    """
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        late = series.received_at - series.began - series.step > law.p["minutes"] * MINUTE
        if not late.any():
            continue
        first, last = runs(late, series.began, 2 * series.step)
        short = (last - first <= law.p["run"]) & (first > 0) & (last < len(series))
        if not short.any():
            continue
        inserted = np.concatenate([np.arange(one, two) for one, two in zip(first[short], last[short], strict=True)])
        inserted = inserted[stretch.judged(series.began[inserted])]
        for day, count in zip(*np.unique(day_start(series.began[inserted]), return_counts=True), strict=True):
            if count >= law.p["readings"]:
                row = int(inserted[day_start(series.began[inserted]) == day][0])
                step = sum_of("首个迟到读数晚到", "(received - due) / 60000", {"received": series.received_at[row], "due": series.began[row] + series.step}, "分钟")
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=count, unit="个", limit_value=law.p["readings"], steps=[step],
                        late=step["value"],
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, late_packets)
