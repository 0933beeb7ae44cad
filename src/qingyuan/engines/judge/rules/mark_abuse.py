"""A mark that covers an exceedance while the plant ran as usual.

Law: 监测条例 art. 25(2)(5) (false marking); 令30 art. 30; 大气污染防治法 art. 99; from 2026-08-15 生态环境法典 art. 1088.  Cases: 15万 for an exceedance marked as fault.
A start-up has high oxygen and little flow; a mark over ordinary oxygen and ordinary flow is contradicted by physics.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, factors, marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR, Series, day_start
from qingyuan.engines.judge.stretch import Mark, Stretch
from qingyuan.engines.judge.working import fact, sum_of


def mark_abuse(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return marks of an hour and more in which at least half of the hours exceed while oxygen and flow are those of ordinary work."""
    findings = []
    for mark in stretch.marks:
        if marking.codes().get(mark.code, {}).get("class") not in ("condition", "device"):
            continue
        for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
            if marking.covers(mark, series) and stretch.began <= mark.began < stretch.ended:
                findings += _abused(stretch, law, series, mark)
    return findings


def _abused(stretch: Stretch, law: LawInForce, series: Series, mark: Mark) -> list[Finding]:
    ended = min(mark.ended, int(day_start(np.array([mark.began]))[0]) + DAY)
    rows, back = series.between(mark.began, ended), mark.began - round(law.p["back"]) * HOUR
    works = condition.running(stretch, series) & ~condition.upset(stretch, series)
    before = works & (series.began >= back) & (series.began < mark.began)  # a start-up is not compared with the standstill before it
    limit_value, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
    day_limit, _ = law.limits.in_force(series.outlet, series.factor, "day", series.began)
    over = averaging.judged(stretch, series)[rows] > np.where(np.isfinite(limit_value), limit_value, day_limit)[rows]
    if rows.stop - rows.start < law.p["hours"] or before.sum() < 6 or over.mean() < law.p["share"]:
        return []
    steps = [sum_of("超标小时占标记时段", "over / hours", {"over": over.sum(), "hours": len(over)})]
    for factor, label, upset in ((averaging.OXYGEN, "含氧量", 1.0), (condition.flow_factor(series), "流量", -1.0)):
        values = condition.raw_beside(stretch, series, factor)
        if np.isfinite(values[rows]).any() and np.isfinite(values[before]).any():
            step = sum_of(f"标记时段与此前运行时的{label}比", "during / before", {"during": float(np.nanmean(values[rows])), "before": max(float(np.nanmedian(values[before])), 1e-6)})
            steps.append(step)
            if upset * (step["value"] - 1) > law.p["alike"]:  # an upset has more oxygen or less flow
                return []
    if len(steps) == 1:
        return []
    also = condition.others(stretch, series, averaging.OXYGEN, condition.flow_factor(series))
    return [
        law.finding(
            stretch, series, mark.began, ended, value=steps[0]["value"], limit_value=law.p["share"], steps=[*steps, fact("标记理由", mark.reason)],
            also=also, read_from=back, code=marking.chinese(mark.code), share=steps[0]["value"] * 100,
        )  # fmt: skip
    ]


RULE = Rule.beside(__file__, mark_abuse)
