"""A waste incinerator too cold to destroy dioxins.

Law: 令10 art. 11 (more than five 5-minute means below 850 °C in a natural day); GB 18484-2020 9.4 (1100 °C for hazardous waste); 大气污染防治法 art. 117(7);
from 2026-08-15 生态环境法典 art. 1130(7).  Median of the thermocouples of the upper and of the middle section, then their mean (GB 18484-2020 3.9).
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import furnace
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def furnace_temperature_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return days on which a furnace's 5-minute mean temperature was below its minimum more often than five times, unmarked."""
    findings = []
    for mn, point in sorted(stretch.points.items()):
        sections = furnace.sections(stretch, mn)
        if not sections:
            continue
        least = law.p["hazardous"] if point.industry == "hazardous_incineration" else law.p["household"]
        began, mean = furnace.five_minute_means(sections)
        cold = (mean < least) & ~furnace.excused(stretch, point.outlet, began) & stretch.judged(began)
        for day, count in zip(*np.unique(day_start(began[cold]), return_counts=True), strict=True):
            if count > law.p["times"]:
                lowest = float(mean[cold & (day_start(began) == day)].min())
                step = sum_of("低温次数超出", "count - allowed", {"count": count, "allowed": law.p["times"]}, "次")
                findings.append(
                    law.finding(
                        stretch, sections[0], int(day), int(day) + DAY, value=count, unit="次", limit_value=law.p["times"],
                        steps=[fact("最低五分钟均值", lowest, "℃"), fact("最低允许温度", least, "℃"), step], also=sections[1:], lowest=lowest, least=least,
                    )  # fmt: skip
                )
    return findings


RULE = Rule.beside(__file__, furnace_temperature_low)
