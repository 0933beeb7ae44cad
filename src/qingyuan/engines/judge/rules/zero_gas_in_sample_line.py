"""Gases and oxygen fall together while the stack flows on: nitrogen or zero gas was let into the sample line.

Law: 监测条例 arts. 25, 44; 令19 arts. 19, 20; 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 art. 1088.
175号 art. 4; 令19 art. 20(2).
"""

from __future__ import annotations

from qingyuan.engines.judge import averaging, dilution
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def zero_gas_in_sample_line(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return hours with oxygen and a gas both far below their three days' medians, at usual flow and outside any mark."""
    return list(dilution.fallen_together(stretch, law, averaging.OXYGEN, law.p["oxygen"]))


RULE = Rule.beside(__file__, zero_gas_in_sample_line)
