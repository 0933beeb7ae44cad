"""A measurement by hand that the permit's plan asked for and nobody made (one-permit check R4).

Law: 排污许可管理条例 arts. 19, 36(5); from 2026-08-15 生态环境法典 arts. 183, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def self_monitoring_overdue(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the duties of kind self_monitoring_due whose last day passed without so many of kind self_monitoring."""
    return list(duties.undone(stretch, law, "self_monitoring_due", "self_monitoring"))


RULE = Rule.beside(__file__, self_monitoring_overdue)
