"""An outlet that does not stand where its permit says (one-permit check R10).

Law: 排污许可管理条例 arts. 18, 36(1); from 2026-08-15 生态环境法典 arts. 163, 1104.  The distance is that of the domain note (positioning error).
"""

from __future__ import annotations

from math import cos, hypot, isnan, radians

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of

METRES = 111_200.0  # of one degree of latitude


def outlet_moved(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the places at which an outlet was found on site (``located``) far from the one its permit gives (``permit_place``)."""
    findings = []
    for found in stretch.events_of("located"):
        day = (found.began + 8 * 3_600_000) // DAY * DAY - 8 * 3_600_000
        if not stretch.began <= day < stretch.ended or found.began >= stretch.known_until:
            continue
        for permitted in stretch.events_of("permit_place", found.outlet):
            away = _metres(found.text, permitted.text)
            if permitted.began > found.began or permitted.ended <= found.began or isnan(away) or away <= law.p["metres"]:
                continue
            step = sum_of("超出允许偏差", "away - allowed", {"away": away, "allowed": law.p["metres"]}, "米")
            findings.append(
                law.finding(
                    stretch, duties.place(stretch, found), day, day + DAY, value=away, unit="米", limit_value=law.p["metres"],
                    steps=[fact("现场定位", found.text), fact("许可证坐标", permitted.text), step],
                )  # fmt: skip
            )
    return findings


def _metres(one: str, other: str) -> float:
    """Return the distance between two places written as "longitude,latitude"; NaN where one cannot be read."""
    try:
        (x, y), (a, b) = ([float(part) for part in text.split(",")] for text in (one, other))
    except ValueError:
        return float("nan")
    return hypot((x - a) * cos(radians(y)), y - b) * METRES


RULE = Rule.beside(__file__, outlet_moved)
