"""A calibration that begins whenever the value is about to exceed.

Law: 监测条例 art. 25(2)(5); 令19 art. 20; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR, counted, day_start, summed
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def calibration_when_high(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which calibrations repeatedly began after half an hour near or above the hour's limit."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        first, _ = series.calibrations
        first = first[stretch.judged(series.began[first])]
        if len(first) < law.p["times"] or not law.limits.all(series.outlet, series.factor, "hour"):
            continue
        allowed, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        concentration = averaging.judged(stretch, series)
        back = np.searchsorted(series.began, series.began[first] - HOUR // 2)
        edges = np.stack((back, first), axis=1).ravel()
        mean = summed(np.where(series.normal, concentration, 0.0), edges)[::2] / np.maximum(counted(series.normal, edges)[::2], 1)
        high = []
        for row in first[mean > law.p["share"] * allowed[first] * (1 - 1e-9) - 1e-6]:
            rows = series.between(int(series.began[row]) - HOUR // 2, int(series.began[row]))
            ahead = concentration[rows][series.normal[rows]]
            if len(ahead) and ahead.mean() > law.p["share"] * allowed[row]:
                high.append((int(series.began[row]), float(ahead.mean()), float(allowed[row])))
        for day in sorted({int(day_start(np.array([began]))[0]) for began, _, _ in high}):
            mine = [one for one in high if day <= one[0] < day + DAY]
            if len(mine) >= law.p["times"]:
                step = sum_of("首次校准前均值与限值之比", "mean / limit_value", {"mean": mine[0][1], "limit_value": mine[0][2]})
                findings.append(law.finding(stretch, series, day, day + DAY, value=len(mine), unit="次", limit_value=law.p["times"], steps=[step]))
    return findings


RULE = Rule.beside(__file__, calibration_when_high)
