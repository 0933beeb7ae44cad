"""A reported quantity that is not what the automatic monitor added up (one-permit check R5).

Law: 排污许可管理条例 arts. 22, 37(4); from 2026-08-15 生态环境法典 arts. 183, 1086 (by comparison of meaning, not an official concordance).  The margin is that of the domain note.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def reported_mass_mismatch(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the reports whose quantity of a factor differs from the sum of its hours, where nearly all hours are there."""
    findings = []
    for series in stretch.series(kind="hour"):
        for report in stretch.events_of("reported_mass", series.outlet, series.factor):
            length = report.ended - report.began
            if not stretch.began <= report.ended < min(stretch.ended, stretch.known_until) or length > law.p["days"] * DAY or report.factor != series.factor:
                continue
            rows = series.between(report.began, report.ended)
            mass = series.mass[rows]
            told = np.isfinite(mass)
            if told.sum() < law.p["told"] * length / HOUR:
                continue
            step = sum_of("申报量与自动监测之比", "reported / measured", {"reported": report.value, "measured": max(float(mass[told].sum()), 1e-9)})
            if abs(step["value"] - 1) > law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, series, report.ended, report.ended + DAY, value=report.value, unit="千克", limit_value=float(mass[told].sum()),
                        steps=[fact("报告", report.text), step], read_from=report.began, share=(step["value"] - 1) * 100,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, reported_mass_mismatch)
