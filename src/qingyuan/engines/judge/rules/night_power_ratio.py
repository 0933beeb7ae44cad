"""A site that works by night more than by day.

Law: the number is a practice of one city (electricity rule E-11); it makes a list of whom to look at.
大气污染防治法 art. 20; 水污染防治法 art. 39; from 2026-08-15 生态环境法典 art. 164 (evasion) bind if treatment is found off by night.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import power
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def night_power_ratio(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a production unit's mean consumption from 22 to 6 o'clock was far above that of the day."""
    findings = []
    for unit in stretch.equipment:
        series = power.meter(stretch, unit) if unit.role == "production" else None
        if series is None:
            continue
        hour = (series.began + 8 * HOUR) // HOUR % 24
        night = (hour < 6) | (hour >= 22)
        for day in stretch.days():
            rows = np.zeros(len(series), dtype=np.bool_)
            rows[series.between(int(day), int(day) + DAY)] = True
            rows &= series.normal
            dark, light = series.value[rows & night], series.value[rows & ~night]
            enough = len(dark) * series.step >= 6 * HOUR and len(light) * series.step >= 12 * HOUR
            if day + DAY > stretch.known_until or not enough or _stood(stretch, series.outlet, int(day)):
                continue
            ends = [series.value[rows & night & part] for part in (hour < 6, hour >= 22)]
            if any(not len(one) or one.mean() < power.RUNNING * unit.rated for one in ends):  # it worked before and after the day
                continue
            step = sum_of("夜间与白天平均用电之比", "night / day", {"night": dark.mean(), "day": max(light.mean(), 1e-9)})
            if step["value"] > law.p["ratio"]:
                findings.append(
                    law.finding(
                        stretch, series, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["ratio"], steps=[step], unit_name=unit.name,
                    )  # fmt: skip
                )
    return findings


def _stood(stretch: Stretch, outlet: str, day: int) -> bool:
    """Return whether a stop, a start-up or a shut-down was marked on the day: then the day was no day of work."""
    return any(one.began < day + DAY and one.ended > day for one in stretch.marks_of(outlet, ("stopped", "shutdown", "start_up")))


RULE = Rule.beside(__file__, night_power_ratio)
