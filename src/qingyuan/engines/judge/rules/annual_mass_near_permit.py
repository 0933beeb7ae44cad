"""The year's discharge close to the permitted quantity: a reminder, not a violation.

Law: 排污许可管理条例 arts. 17, 34; from 2026-08-15 生态环境法典 arts. 1103, 1107.
"""

from __future__ import annotations

from qingyuan.engines.judge import masses
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def annual_mass_near_permit(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the hour in which the mass discharged since 1 January passes the permitted share of the year's quantity."""
    return list(masses.crossings(stretch, law, law.p["share"]))


RULE = Rule.beside(__file__, annual_mass_near_permit)
