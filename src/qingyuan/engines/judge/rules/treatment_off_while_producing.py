"""Production runs, treatment does not.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import power
from qingyuan.engines.judge.episodes import by_day, duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    HOUR,
    runs,
)
from qingyuan.engines.judge.stretch import Stretch


def treatment_off_while_producing(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times when a production unit ran and the treatment that follows it was off."""
    findings = []
    for pair in power.pairs(stretch):
        first, last = runs(pair.untreated, pair.began, 2 * pair.treatment.step)
        ended = pair.began[last - 1] + pair.treatment.step if len(last) else pair.began[:0]
        for piece in by_day(pair.began[first], ended, stretch, longer_than=round(law.p["hours"] * HOUR)):
            length = duration(piece.began, piece.ended)
            severity = "red" if length["value"] >= law.p["red_hours"] else None
            findings.append(
                law.finding(
                    stretch, pair.treatment, piece.began, piece.ended, value=length["value"], unit="小时", limit_value=law.p["hours"], steps=[length],
                    also=[pair.production], severity=severity, anchor=piece.anchor, production=pair.made.name, treatment=pair.treated.name,
                    hours=length["value"],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, treatment_off_while_producing)
