"""Values typed in by hand in place of measured ones.

Basis: HJ 212-2017 table 8 (flag S); a typed value needs a voucher; 监测条例 art. 25; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

from qingyuan.engines.judge import factors
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def manual_value(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the hours in which a pollutant's value is flagged S."""
    findings = []
    for series in stretch.series(kind="hour", factors=factors.POLLUTANTS):
        findings += while_holds(stretch, law, series, series.flag == ord("S"), hours=law.p["hours"])
    return findings


RULE = Rule.beside(__file__, manual_value)
