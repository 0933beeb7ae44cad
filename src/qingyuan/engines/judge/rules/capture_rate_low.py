"""A quarter with too little valid data.

Basis: HJ 75-2017 12.1 (capture rate 75 % of running hours).
Law: 大气污染防治法 arts. 24, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.shares import low_shares
from qingyuan.engines.judge.stretch import Stretch


def capture_rate_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished quarters in which valid hours were less than 75 % of the running hours due."""
    return low_shares(stretch, law, period="quarter", label="季度有效数据捕集率")


RULE = Rule.beside(__file__, capture_rate_low)
