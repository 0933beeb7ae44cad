"""Emission information whose day of disclosure passed (one-permit check R9).

Law: 排污许可管理条例 arts. 23, 36(7); from 2026-08-15 生态环境法典 arts. 185, 1110.
"""

from __future__ import annotations

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def disclosure_late(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the duties of kind disclosure_due whose last day passed without so many of kind disclosed."""
    return list(duties.undone(stretch, law, "disclosure_due", "disclosed"))


RULE = Rule.beside(__file__, disclosure_late)
