"""Treatment that stops before production.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import power, sequence
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def treatment_early_stop(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the ends of production before which treatment had already stopped."""
    return list(sequence.out_of_step(stretch, law, power.early_stops, "提前停机"))


RULE = Rule.beside(__file__, treatment_early_stop)
