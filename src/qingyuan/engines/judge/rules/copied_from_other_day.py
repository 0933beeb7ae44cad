"""Hours that are another day's hours.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.episodes import by_day, duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    Mask,
    Series,
    align,
    runs,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact


def copied_from_other_day(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return runs of hours whose mean, low and high equal those of one earlier day of the fortnight, with enough different values."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        for back in _suspects(stretch, series, int(law.p["hours"])):
            here, there = align(series.began, series.began + back * DAY)
            same = np.zeros(len(series), dtype=np.bool_)
            same[here] = series.normal[here] & series.normal[there] & (series.value[here] > 0)
            for column in (series.value, series.low, series.high):
                same[here] &= (column[here] == column[there]) | (np.isnan(column[here]) & np.isnan(column[there]))
            findings += _runs(stretch, law, series, same, back)
    return findings


def _suspects(stretch: Stretch, series: Series, hours: int) -> list[int]:
    """Return the distances in days at which any of every ``hours``-th hour is the same: a run so long cannot pass between them."""
    rows = slice(int(np.searchsorted(series.began, stretch.began - hours * HOUR)), len(series))
    some = rows.start + np.flatnonzero((series.began[rows] // HOUR) % max(hours, 1) == 0)
    some = some[series.normal[some] & (series.value[some] > 0)]
    if not len(some):
        return []
    moments = series.began[some][:, None] - np.arange(1, 15) * DAY
    there = np.searchsorted(series.began, moments)
    same = (series.began[there] == moments) & series.normal[there]
    for column in (series.value, series.low, series.high):
        same &= (column[some][:, None] == column[there]) | (np.isnan(column[some])[:, None] & np.isnan(column[there]))
    return (np.flatnonzero(same.any(axis=0)) + 1).tolist()


def _runs(stretch: Stretch, law: LawInForce, series: Series, same: Mask, back: int) -> list[Finding]:
    first, last = runs(same, series.began, HOUR)
    found = []
    for piece in by_day(series.began[first], series.began[last - 1] + HOUR if len(last) else first, stretch, longer_than=round(law.p["hours"] * HOUR)):
        rows = series.between(piece.began, piece.ended)
        different = len(np.unique(series.value[rows]))
        if different >= law.p["different"]:
            steps = [fact("相同的历史日期在此前", back, "天"), fact("其中不同的数值", different, "个"), duration(piece.began, piece.ended)]
            found.append(
                law.finding(
                    stretch, series, piece.began, piece.ended, value=steps[2]["value"], unit="小时", limit_value=law.p["hours"], steps=steps,
                    anchor=piece.anchor, read_from=piece.began - back * DAY, hours=steps[2]["value"], back=back,
                )  # fmt: skip
            )
    return found


RULE = Rule.beside(__file__, copied_from_other_day)
