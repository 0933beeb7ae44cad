"""Too few valid hours received in a month.

Basis: 淄博条例 art. 38 defines the rate; 90 % is the usual bar (product practice and provincial bulletins).
Law: 大气污染防治法 arts. 25, 100; 水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.shares import low_shares
from qingyuan.engines.judge.stretch import Stretch


def transmission_rate_low(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished months in which valid hours were less than 90 % of the hours due since the first one heard."""
    return low_shares(stretch, law, period="month", label="传输有效率")


RULE = Rule.beside(__file__, transmission_rate_low)
