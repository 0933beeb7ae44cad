"""A value that does not move.

Law: 令19 art. 19 (distorted data); 监测条例 arts. 25, 44; 大气污染防治法 arts. 20, 99; from 2026-08-15 生态环境法典 art. 1088.
Guide: 环办〔2012〕57号 §7.  A flat line is a reason to look, not proof.
"""

from __future__ import annotations

from qingyuan.engines.judge import condition, factors
from qingyuan.engines.judge.episodes import by_day
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR, MINUTE
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def flat_line(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return runs in which a pollutant repeats one value, for longer than its medium allows, above zero and running."""
    findings = []
    for series in stretch.series(kind="minute", factors=factors.POLLUTANTS):
        hours = law.p["hours_water"] if series.factor.startswith("w") else law.p["hours_gas"]
        first, last = series.equal
        long = series.began[last - 1] + series.step - series.began[first] >= round(hours * HOUR)
        if not long.any():
            continue
        first, last, works = first[long], last[long], condition.running(stretch, series)
        positive = (series.value[first] > 0) & works[first] & works[last - 1]  # zero is a finding of its own
        runs = series.began[first[positive]], series.began[last[positive] - 1] + series.step
        for piece in by_day(*runs, stretch, longer_than=round(hours * HOUR)):
            row = series.between(piece.began, piece.ended).start
            length = sum_of("持续时长", "(ended - began) / minute", {"ended": piece.ended, "began": piece.began, "minute": MINUTE}, "分钟")
            steps = [fact("恒定值", float(series.value[row])), length]
            findings.append(
                law.finding(
                    stretch, series, piece.began, piece.ended, value=length["value"], unit="分钟", limit_value=hours * 60,
                    steps=steps, anchor=piece.anchor, level=float(series.value[row]), hours=length["value"] / 60,
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, flat_line)
