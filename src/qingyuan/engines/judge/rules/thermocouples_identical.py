"""Thermocouples of one furnace that tell the same number, minute for minute: one signal, several channels.

Law: 监测条例 art. 25; 大气污染防治法 arts. 20, 99; from 2026-08-15 生态环境法典 art. 1088 (tampering); 令10 art. 3.
GB 18484-2020 3.9 and the construction standard ask for two sections and several points each; two real ones never agree for hours.
"""

from __future__ import annotations

from itertools import combinations

from qingyuan.engines.judge import furnace
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, align, day_start
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def thermocouples_identical(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which two hot thermocouples of one furnace told equal, changing values at nearly every moment."""
    findings = []
    for mn in sorted(stretch.points):
        for left, right in combinations(furnace.sections(stretch, mn), 2):
            here, there = align(left.began, right.began)
            hot = left.normal[here] & right.normal[there] & (left.value[here] > law.p["hot"])
            equal, days = hot & (left.value[here] == right.value[there]), day_start(left.began[here])
            for day in stretch.days():
                rows = hot & (days == day)
                if rows.sum() < law.p["readings"] or day + DAY > stretch.known_until:
                    continue
                step = sum_of("相同读数占比", "equal / count", {"equal": (equal & rows).sum(), "count": rows.sum()})
                if step["value"] >= law.p["share"]:
                    findings.append(
                        law.finding(
                            stretch, left, int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step], also=[right],
                            share=step["value"] * 100, anchor=int(day) + furnace.sections(stretch, mn).index(right),
                        )  # fmt: skip
                    )
    return findings


RULE = Rule.beside(__file__, thermocouples_identical)
