"""A meter that falls silent while the site goes on talking.

Law: 大气污染防治法 arts. 20, 99; 水污染防治法 arts. 39, 83; from 2026-08-15 生态环境法典 arts. 164, 1104, 1108.
GB 37822-2019 10.1.2 and GB 4915-2013 4.3.2: treatment runs with its process.  Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import power
from qingyuan.engines.judge.episodes import by_day, duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import (
    HOUR,
    gaps,
)
from qingyuan.engines.judge.stretch import Stretch


def power_meter_offline(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return silences of a unit's meter during which its own logger sent other readings."""
    findings = []
    for unit in stretch.equipment:
        series = power.meter(stretch, unit)
        voices = [one.began for one in stretch.series(kind="minute") if one.point == unit.mn and one.factor != unit.factor]
        if series is None or not voices:
            continue
        others = np.unique(np.concatenate(voices))
        silent = gaps(series.began, (int(series.began[0]), stretch.known_until), series.step, series.step)
        for piece in by_day(*silent, stretch, longer_than=round(law.p["hours"] * HOUR)):
            first, last = np.searchsorted(others, (piece.began, piece.ended))
            if (last - first) * series.step < law.p["heard"] * (piece.ended - piece.began):
                continue
            length = duration(piece.began, piece.ended)
            findings.append(
                law.finding(
                    stretch, series, piece.began, piece.ended, value=length["value"], unit="小时", limit_value=law.p["hours"], steps=[length],
                    anchor=piece.anchor, unit_name=unit.name, hours=length["value"],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, power_meter_offline)
