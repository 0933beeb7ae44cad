"""A hearth temperature that does not move by a tenth of a degree while the plant runs: held, or played.

Law: 监测条例 art. 25; 大气污染防治法 arts. 20, 99; from 2026-08-15 生态环境法典 art. 1088 (tampering); 令10 art. 3: the operation recorder is part of the equipment.
Thresholds are ours: a burning hearth is never still.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import condition, factors, furnace, power
from qingyuan.engines.judge.episodes import while_holds
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR, Mask, Series
from qingyuan.engines.judge.stretch import Stretch


def black_box_frozen(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the times in which a thermocouple of a furnace or an oxidiser told one hot value over and over."""
    findings = []
    for series in stretch.series(kind="minute"):
        if series.factor != factors.RTO and not series.factor.startswith(furnace.SECTIONS):
            continue
        share = power.outlet_power(stretch, series.outlet, series.began)
        held = _held(series, law.p["hours"] * HOUR) & (series.value > law.p["hot"]) & ~(share < power.RUNNING) & ~condition.stopped(stretch, series)
        findings += while_holds(stretch, law, series, held, hours=law.p["hours"])
    return findings


def _held(series: Series, least: float) -> Mask:
    """Return which rows lie in a run of one unchanged value that lasts; two short runs side by side are none."""
    held = np.zeros(len(series), dtype=np.bool_)
    first, last = series.equal
    lasting = series.began[last - 1] + series.step - series.began[first] >= least
    for start, stop in zip(first[lasting], last[lasting], strict=True):
        held[start:stop] = True
    return held


RULE = Rule.beside(__file__, black_box_frozen)
