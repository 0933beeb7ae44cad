"""Ledger records of one day after another that tell the same, word for word (one-permit check R6).

Law: 排污许可管理条例 arts. 21, 37(2), in force beside 生态环境法典 (whether art. 1086 covers untrue records is not verified).  Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, day_start
from qingyuan.engines.judge.stretch import Event, Stretch
from qingyuan.engines.judge.working import fact, sum_of


def ledger_identical(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the days on which a ledger's record has been the same, word for word, for so many days in a row."""
    findings = []
    kept: dict[tuple[str, str], dict[int, str]] = {}
    for one in stretch.events_of("ledger"):
        if one.text:
            kept.setdefault((one.outlet, one.factor), {})[int(day_start(np.array([one.began]))[0])] = one.text
    for (outlet, factor), texts in sorted(kept.items()):
        for day in stretch.days():
            run = [texts.get(int(day) - back * DAY) for back in range(law.p["days"])]
            if day + DAY > stretch.known_until or run[0] is None or len(set(run)) > 1:
                continue
            first = int(day) - (law.p["days"] - 1) * DAY
            step = sum_of("连续相同的天数", "(until - first) / 86400000", {"until": int(day) + DAY, "first": first}, "天")
            place = duties.place(stretch, Event(outlet, "ledger", first, int(day), factor))
            findings.append(
                law.finding(
                    stretch, place, int(day), int(day) + DAY, value=step["value"], unit="天", limit_value=law.p["days"], steps=[fact("台账记录", run[0]), step],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, ledger_identical)
