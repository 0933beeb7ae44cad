"""Moisture and pollutants fall together while the stack stays as it was: dry gas was mixed into the sample.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
175号 art. 4; 令19 art. 20(2).
"""

from __future__ import annotations

from qingyuan.engines.judge import condition, dilution
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def dry_gas_mixed(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with moisture far below its three days' median and a pollutant down as well, at usual flow."""
    return list(dilution.fallen_together(stretch, law, condition.HUMIDITY, law.p["moisture"]))


RULE = Rule.beside(__file__, dry_gas_mixed)
