"""A factor that is due and never comes, while others of the point do.

Law: 令19 arts. 8, 19; 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
排污许可管理条例 arts. 20, 36 (monitor as the permit says); 监测条例 art. 25(2)(3) (items left out on purpose).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, Series, Times
from qingyuan.engines.judge.stretch import Stretch, day_edges
from qingyuan.engines.judge.working import sum_of


def factor_missing(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a pollutant registered for a point sent no hour though others of the point sent many."""
    findings = []
    for mn, point in sorted(stretch.points.items()):
        mine = stretch.of_point(mn, "hour")
        due = [factor for factor in point.factors if factor in factors.POLLUTANTS]
        for day in _lacking(stretch, mine, due, law.p["hours"]):
            counts = {one.factor: one.between(int(day), int(day) + DAY) for one in mine}
            given = {factor: rows.stop - rows.start for factor, rows in counts.items()}
            most = max(given.values(), default=0)
            if most < law.p["hours"]:
                continue
            for factor in due:
                if not given.get(factor):
                    step = sum_of("缺少的小时", "others - own", {"others": most, "own": 0}, "个")
                    findings.append(
                        law.finding(
                            stretch, stretch.place(point.outlet, factor), int(day), int(day) + DAY, value=0, unit="个", limit_value=most,
                            steps=[step], also=mine[:1],
                        )  # fmt: skip
                    )
    return findings


def _lacking(stretch: Stretch, mine: list[Series], due: list[str], least: float) -> Times:
    """Return the finished days on which a series of the point sent so many hours and a due factor none."""
    days = stretch.finished_days()
    if not mine or not due or not len(days):
        return days[:0]
    sent = {one.factor: np.diff(day_edges(stretch, one.began))[: len(days)] for one in mine}
    none = np.zeros(len(days), dtype=np.int64)
    silent = np.any([sent.get(factor, none) == 0 for factor in due], axis=0)
    return days[silent & (np.max(list(sent.values()), axis=0) >= least)]


RULE = Rule.beside(__file__, factor_missing)
