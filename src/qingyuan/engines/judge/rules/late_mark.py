"""A mark made after its deadline: kept, without effect unless accepted.

Basis: 公告2022年第21号 (marks of a day by 12:00 of the next; secondary source); 令30 art. 30; 令10 art. 4; from 2026-08-15 生态环境法典 art. 184.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def late_mark(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the marks recorded after noon of the day after their first day, not accepted."""
    findings = []
    for mark in stretch.marks:
        day = int(day_start(np.array([mark.began]))[0])
        if not stretch.began <= day < stretch.ended or marking.in_time(mark, day):
            continue
        late = sum_of("逾期", "(recorded - deadline) / 3600000", {"recorded": mark.recorded_at, "deadline": day + DAY + DAY // 2}, "小时")
        place = stretch.place(mark.outlet)
        findings.append(
            law.finding(
                stretch, place, mark.began, min(mark.ended, day + DAY), value=late["value"], unit="小时", limit_value=0.0,
                steps=[fact("标记人", mark.author), fact("理由", mark.reason), late], code=marking.chinese(mark.code), late=late["value"],
                anchor=mark.began,
            )  # fmt: skip
        )
    return findings


RULE = Rule.beside(__file__, late_mark)
