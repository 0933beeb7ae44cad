"""The device's own flag laid over values above the limit.

Law: 监测条例 art. 25(2)(5) (false marking of the device's state); 令19 arts. 19, 20; from 2026-08-15 生态环境法典 art. 1088.
A calibration reads span gas for an hour; a maintenance does not read ordinary, changing emissions for hours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def flag_covers_exceedance(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours on end flagged M, D or C in which the value moves on above the limit."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        limit_value, _ = law.limits.in_force(series.outlet, series.factor, "hour", series.began)
        day_limit, _ = law.limits.in_force(series.outlet, series.factor, "day", series.began)
        allowed = np.where(np.isfinite(limit_value), limit_value, day_limit)
        flagged = np.isin(series.flag, [ord(letter) for letter in "MDC"])
        moving = series.high - series.low > 0
        covered = flagged & (averaging.judged(stretch, series) > allowed) & (moving | ~np.isfinite(series.high))
        findings += while_holds(stretch, law, series, covered, hours=law.p["hours"], tolerance=series.step)
    return findings


RULE = Rule.beside(__file__, flag_covers_exceedance)
