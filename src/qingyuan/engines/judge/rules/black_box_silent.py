"""A recorder of treatment that falls silent while production runs.

Law: 大气污染防治法 arts. 45, 108; from 2026-08-15 生态环境法典 arts. 214, 1120; GB 37822-2019 10.4 (ledger of temperature, gas volume, residence time).
"Black box" (VOCs 黑匣子) is a local name, no term of any text found; thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import factors, power
from qingyuan.engines.judge.episodes import by_day, duration
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR, gaps
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import sum_of


def black_box_silent(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return silences of an oxidiser's recorder during which metered production ran, or the point's other readings went on."""
    findings = []
    for series in stretch.series(kind="minute", factors=(factors.RTO,)):
        silent = gaps(series.began, (int(series.began[0]), stretch.known_until), series.step, series.step)
        meters = power.production_meters(stretch, series.outlet)
        voices = meters or [one for one in stretch.series(kind="minute") if one.point == series.point and one.factor not in (factors.RTO, factors.BYPASS)]
        if not voices:
            continue
        moments = voices[0].began
        worked = power.outlet_power(stretch, series.outlet, moments) > power.RUNNING if meters else np.ones(len(moments), dtype=np.bool_)
        for piece in by_day(*silent, stretch, longer_than=round(law.p["hours"] * HOUR)):
            rows = slice(*np.searchsorted(moments, (piece.began, piece.ended)))
            heard = sum_of("其间生产运行时长", "minutes / 60", {"minutes": float(worked[rows].sum()) * voices[0].step / 60_000}, "小时")
            if heard["value"] < law.p["hours"]:
                continue
            length = duration(piece.began, piece.ended)
            findings.append(
                law.finding(
                    stretch, series, piece.began, piece.ended, value=length["value"], unit="小时", limit_value=law.p["hours"],
                    steps=[length, heard], also=voices[:1], anchor=piece.anchor, hours=length["value"],
                )  # fmt: skip
            )
    return findings


RULE = Rule.beside(__file__, black_box_silent)
