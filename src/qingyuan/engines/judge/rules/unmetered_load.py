"""Machines that run behind the site's main meter and behind no other.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1108 bind whoever runs production past its treatment.
No text fixes a share; ours asks for a look at what is not metered (electricity rule E-6).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import power
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, Series, align, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def unmetered_load(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which the main meter drew far more than all metered units of the site together."""
    findings = []
    units = [series for unit in stretch.equipment if unit.role != "total" and (series := power.meter(stretch, unit)) is not None]
    for unit in stretch.equipment:
        total = power.meter(stretch, unit) if unit.role == "total" else None
        if total is None or not units:
            continue
        known, heard = _together(total, units)
        days = day_start(total.began)
        for day in stretch.days():
            rows = heard & (days == day)
            if rows.sum() * total.step < law.p["hours"] * 3_600_000 or day + DAY > stretch.known_until:
                continue
            if total.value[rows].mean() < law.p["load"] * unit.rated:  # a site that stands still has its lights on
                continue
            step = sum_of("未单独计量的用电占比", "1 - units / total", {"units": known[rows].sum(), "total": max(total.value[rows].sum(), 1e-9)})
            if step["value"] > law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, total, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step], also=units,
                        share=step["value"] * 100,
                    )  # fmt: skip
                )
    return findings


def _together(total: Series, units: list[Series]) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the units at the moments of the main meter, and at which moments every one of them spoke."""
    known, heard = np.zeros(len(total)), total.normal.copy()
    for series in units:
        here, there = align(total.began, series.began)
        spoke = np.zeros(len(total), dtype=np.bool_)
        spoke[here] = np.isfinite(series.value[there])
        known[here] += np.nan_to_num(series.value[there])
        heard &= spoke
    return known, heard


RULE = Rule.beside(__file__, unmetered_load)
