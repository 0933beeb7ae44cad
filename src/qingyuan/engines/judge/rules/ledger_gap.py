"""Days at work of which the ledger says nothing (one-permit check R6).

Law: 排污许可管理条例 arts. 21, 37(1); from 2026-08-15 生态环境法典 arts. 183, 1086.  Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, condition, duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, Series, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def ledger_gap(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the days on which a facility that keeps a ledger has worked so many days in a row without a record in it."""
    records = stretch.events_of("ledger")
    needed = law.p["days"]
    flows = list(stretch.series(kind="hour", factors=(averaging.GAS_FLOW, averaging.WATER_FLOW)))
    if not records or not flows:
        return []
    written = {int(day) for one in records for day in day_start(np.arange(one.began, max(one.began + 1, min(one.ended, one.began + DAY)), DAY))}
    starts = min(one.began for one in records)
    worked = {int(day) for series in flows for day in _worked(stretch, series, law.p["hours"])}
    findings = []
    for day in stretch.days():
        run = [int(day) - back * DAY for back in range(needed)]
        if day + DAY > stretch.known_until or run[-1] < starts or any(one in written or one not in worked for one in run):
            continue
        first = run[-1]
        step = sum_of("连续缺少台账的天数", "(until - first) / 86400000", {"until": int(day) + DAY, "first": first}, "天")
        findings.append(
            law.finding(
                stretch, duties.place(stretch, records[0]), int(day), int(day) + DAY, value=step["value"], unit="天", limit_value=needed,
                steps=[fact("台账记录条数", len(records), "条"), step], also=flows[:1], read_from=first,
            )  # fmt: skip
        )
    return findings


def _worked(stretch: Stretch, series: Series, hours: float) -> np.ndarray:
    works = series.normal & (series.value > 0) & condition.running(stretch, series)
    days, counts = np.unique(day_start(series.began[works]), return_counts=True)
    return days[counts >= hours]


RULE = Rule.beside(__file__, ledger_gap)
