"""A point that says nothing.

Law: 令19 art. 8 (fault reported within 12 hours, restored within 5 working days); 大气污染防治法 arts. 25, 100;
水污染防治法 arts. 23, 82; from 2026-08-15 生态环境法典 arts. 184, 1086.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge.episodes import by_day
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import HOUR, MINUTE, NORMAL, Series, gaps
from qingyuan.engines.judge.stretch import Stretch, moments_of
from qingyuan.engines.judge.working import sum_of


def offline(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the silences of a point: longer than allowed, no minute of any factor, no stop reported."""
    findings = []
    threshold = round(law.p["hours"] * HOUR)
    for series in _voices(stretch):
        heard = min([stretch.heard.get(series.point, stretch.known_until), *series.began[:1].tolist()])
        silent = gaps(series.began, (max(heard, stretch.began - threshold), stretch.known_until), series.step, series.step)
        for piece in by_day(*silent, stretch, longer_than=threshold):
            if _excused(stretch, series, piece.began, piece.ended):
                continue
            length = sum_of("中断时长", "(ended - began) / minute", {"ended": piece.ended, "began": piece.began, "minute": MINUTE}, "分钟")
            findings.append(
                law.finding(
                    stretch, series, piece.began, piece.ended, value=length["value"], unit="分钟", limit_value=law.p["hours"] * 60,
                    steps=[length], anchor=piece.anchor, hours=length["value"] / 60,
                )  # fmt: skip
            )
    return findings


def _voices(stretch: Stretch) -> list[Series]:
    """Return one series per point: every moment at which any of its factors spoke."""
    voices = []
    for mn in sorted(stretch.points):
        moments = moments_of(stretch, mn, "minute")
        if len(moments) or mn in stretch.heard:
            blank = np.full(len(moments), np.nan)
            flag = np.full(len(moments), NORMAL, dtype=np.uint8)
            voices.append(Series(mn, stretch.points[mn].outlet, "", "minute", moments, blank, blank, blank, blank, blank, flag, moments))
    return voices


def _excused(stretch: Stretch, series: Series, began: int, ended: int) -> bool:
    """Return whether a stop or maintenance marked in good time covers the whole silence."""
    marks = stretch.marks_of(series.outlet, ("stopped", "communication", "cems_maintenance", "device_fault"))
    return any(mark.began <= began and mark.ended >= ended and mark.review != "rejected" for mark in marks)


RULE = Rule.beside(__file__, offline)
