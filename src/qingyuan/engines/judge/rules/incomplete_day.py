"""A day without twenty valid hours though the source ran.

Basis: HJ 76-2017 App. B and GB 18484-2020 3 (20 valid hours); 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR, counted, day_start
from qingyuan.engines.judge.stretch import Stretch, day_edges
from qingyuan.engines.judge.working import sum_of


def incomplete_day(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days with at least 20 due hours (stopped hours are not due) of which fewer than 20 are valid."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        days = day_start(series.began)
        still = condition.stopped(stretch, series)
        edges = day_edges(stretch, series.began)[: len(stretch.finished_days()) + 1]
        valid, stopped = counted(series.normal & ~still, edges), counted(still, edges)
        short = (np.diff(edges) > 0) & (valid < law.p["hours"]) & (DAY // HOUR - stopped >= law.p["hours"])
        for day in stretch.finished_days()[short]:
            rows = days == day
            known = bool(np.any(days < day)) or stretch.heard.get(series.point, day) < day
            first = int(day) if known else int(series.began[rows][0])  # a point's first day is due from its first hour
            due, good = (int(day) + DAY - first) // HOUR - int((still & rows).sum()), int((series.normal & ~still & rows).sum())
            if due >= law.p["hours"] > good:
                step = sum_of("缺少的有效小时", "due - valid", {"due": due, "valid": good}, "个")
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=good, unit="个", limit_value=law.p["hours"], steps=[step], good=good,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, incomplete_day)
