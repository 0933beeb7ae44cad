"""Three times the water and a third of the concentration: dilution, not treatment.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
水污染防治法 art. 39 and 生态环境法典 art. 164 (evasion); 175号 art. 4.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch


def water_diluted(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with flow far above and concentration far below their week's median, so that their product hardly moves."""
    findings = []
    for series in stretch.series(kind="hour", factors=("w01018", "w21003", "w21001")):
        since = stretch.began - 2 * DAY
        less = condition.over_usual(series, np.where(series.normal, series.value, np.nan), 7 * DAY, since) < law.p["concentration"]
        if not less.any():
            continue
        flow = condition.beside(stretch, series, averaging.WATER_FLOW)
        more = condition.over_usual(series, np.where(flow > 0, flow, np.nan), 7 * DAY, since) > law.p["flow"]
        findings += while_holds(stretch, law, series, more & less, hours=law.p["hours"], also=condition.others(stretch, series, averaging.WATER_FLOW))
    return findings


RULE = Rule.beside(__file__, water_diluted)
