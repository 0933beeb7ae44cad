"""Air where flue gas should be.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
GB 37822-2019 10.3.3 (outlet oxygen not above inlet); 175号 art. 4 (inlet sheltered, sample diluted).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    day_start,
)
from qingyuan.engines.judge.stretch import Stretch


def oxygen_near_ambient(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours on end with oxygen like air while gas moves at usual speed, outside any mark, where combustion is due."""
    findings = []
    for series in stretch.series(kind="minute", factors=(averaging.OXYGEN,)):
        if stretch.points[series.point].reference_oxygen is None:
            continue
        airy = series.normal & (series.value >= law.p["oxygen"])
        if not airy.any():
            continue
        velocity = condition.beside(stretch, series, condition.VELOCITY)
        warm = condition.beside(stretch, series, "a01012") if law.p["warm"] else np.full(len(series), np.nan)
        hours = stretch.find(series.point, condition.VELOCITY, "hour")
        usual = np.full(len(series), law.p["velocity"])
        if hours is not None:
            days = day_start(series.began)
            medians = {int(day): float(np.nanmedian(v)) if (v := hours.value[hours.between(int(day) - 2 * DAY, int(day))]).size else np.nan for day in np.unique(days)}
            usual = np.fmax(usual, law.p["share"] * np.array([medians[int(day)] for day in days]))
        airy = airy & (velocity > usual) & ~(warm < law.p["warm"])
        airy &= ~condition.upset(stretch, series)
        also = condition.others(stretch, series, condition.VELOCITY)
        findings += while_holds(stretch, law, series, airy, hours=law.p["hours"], also=also)
    return findings


RULE = Rule.beside(__file__, oxygen_near_ambient)
