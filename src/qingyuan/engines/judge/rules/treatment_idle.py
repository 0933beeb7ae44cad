"""Treatment that hums without working.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import power
from qingyuan.engines.judge.episodes import duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    DAY,
    HOUR,
    runs,
)
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def treatment_idle(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when treatment drew far less than its median of the day before while production ran."""
    findings = []
    for pair in power.pairs(stretch):
        works = np.where(pair.producing & pair.treating, pair.effort, np.nan)
        for day in stretch.days():
            before = works[slice(*np.searchsorted(pair.began, (day - DAY, day)))]
            before = before[np.isfinite(before)]
            if len(before) * pair.treatment.step < law.p["known_hours"] * HOUR:
                continue
            findings += _idle(stretch, law, pair, int(day), float(np.median(before)))
    return findings


def _idle(stretch: Stretch, law: LawInForce, pair: power.Pair, day: int, usual: float) -> list[Finding]:
    rows = slice(*np.searchsorted(pair.began, (day - round(law.p["hours"] * HOUR), day + DAY)))
    times, effort, found = pair.began[rows], pair.effort[rows], []
    idle = pair.producing[rows] & ~pair.untreated[rows] & (effort < law.p["share"] * usual)
    for one, two in zip(*runs(idle, times, 2 * pair.treatment.step), strict=True):
        began, ended = int(times[one]), int(times[two - 1]) + pair.treatment.step
        length = duration(began, ended)
        if length["value"] < law.p["hours"] or ended <= day:
            continue
        share = sum_of("与前一日同工况中位数之比", "level / usual", {"level": np.median(effort[one:two]), "usual": usual})
        found.append(
            law.finding(
                stretch, pair.treatment, began, ended, value=length["value"], unit="小时", limit_value=law.p["hours"], steps=[share, length],
                also=[pair.production], anchor=max(began, day), production=pair.made.name, treatment=pair.treated.name,
                hours=length["value"], share=share["value"] * 100,
            )  # fmt: skip
        )
    return found


RULE = Rule.beside(__file__, treatment_idle)
