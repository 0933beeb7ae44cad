"""A quarter with too little valid data.

Basis: HJ 75-2017 12.1 (capture rate 75 % of running hours).
Law: 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition, factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def capture_rate_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished quarters in which valid hours were less than 75 % of the running hours due."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        still = condition.stopped(stretch, series)
        for began in sorted({marking.period_start(int(day), "quarter") for day in stretch.days()}):
            ended = marking.period_start(began + 93 * DAY, "quarter")
            rows = series.between(began, ended)
            if not stretch.began < ended <= stretch.known_until or rows.stop == rows.start:
                continue
            first = int(series.began[rows][0])
            stopped = int(still[rows].sum())
            due, good = (ended - first) // HOUR - stopped, int((series.normal & ~still)[rows].sum())
            if due < law.p["least_hours"] or good / due >= law.p["share"]:
                continue
            step = sum_of("季度有效数据捕集率", "valid / due", {"valid": good, "due": due})
            findings.append(
                law.finding(
                    stretch, series, first, ended, value=step["value"], unit="", limit_value=law.p["share"], steps=[step],
                    anchor=ended - DAY, share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, capture_rate_low)
