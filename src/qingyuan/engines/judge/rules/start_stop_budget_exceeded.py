"""More start-up, shut-down, fault and drying hours than an incinerator may exempt in a year.

Basis: 令10 art. 10 and GB 18484-2020 7.2.3 (60 h a year for each furnace; 700 h for drying and cooling, unverified); 大气污染防治法 art. 99;
from 2026-08-15 生态环境法典 art. 1107.
"""

from __future__ import annotations

from qingyuan.engines.judge import marking
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def start_stop_budget_exceeded(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the mark during which an incinerator's yearly budget runs out: from then on its hours are judged again."""
    findings = []
    for mark in stretch.marks:
        name = marking.codes().get(mark.code, {}).get("budget")
        if name not in ("upset", "drying") or mark.review == "rejected" or not marking.has_budget(stretch, mark):
            continue
        spent, budget = marking.exhausted_at(stretch, mark), marking.budgets()[name]
        before = marking.used_before(stretch, mark, budget)
        if spent >= mark.ended or before >= budget["hours"] * HOUR or not stretch.began <= spent < stretch.ended:
            continue
        used = sum_of("本年已用豁免小时", "(before + now) / 3600000", {"before": before, "now": mark.ended - mark.began}, "小时")
        findings.append(
            law.finding(
                stretch, stretch.place(mark.outlet), spent, mark.ended, value=used["value"], unit="小时", limit_value=float(budget["hours"]),
                steps=[fact("豁免上限", budget["hours"], "小时", budget["citation"]), used], anchor=spent, code=marking.chinese(mark.code), hours=used["value"],
            )  # fmt: skip
        )
    return findings


RULE = Rule.beside(__file__, start_stop_budget_exceeded)
