"""Too few valid hours received in a month.

Basis: 淄博条例 art. 38 defines the rate; 90 % is the usual bar (product practice and provincial bulletins).
Law: 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition, factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def transmission_rate_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished months in which valid hours were less than 90 % of the hours due since the first one heard."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        still = condition.stopped(stretch, series)
        for began in sorted({marking.period_start(int(day), "month") for day in stretch.days()}):
            ended = marking.period_start(began + 32 * DAY, "month")
            rows = series.between(began, ended)
            if not stretch.began < ended <= stretch.known_until or rows.stop == rows.start:
                continue
            first = int(series.began[rows][0])
            stopped = int(still[rows].sum())
            due, good = (ended - first) // HOUR - stopped, int((series.normal & ~still)[rows].sum())
            if due < law.p["least_hours"] or good / due >= law.p["share"]:
                continue
            step = sum_of("传输有效率", "valid / due", {"valid": good, "due": due})
            findings.append(
                law.finding(
                    stretch, series, first, ended, value=step["value"], unit="", limit_value=law.p["share"], steps=[step],
                    anchor=ended - DAY, share=step["value"] * 100,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, transmission_rate_low)
