"""A permit that ends within two months and has no successor (one-permit check R7).

Law: 排污许可管理条例 art. 14 (renewal is applied for 60 days before the end); from 2026-08-15 生态环境法典 art. 182 (five years).  A reminder, no violation yet.
"""

from __future__ import annotations

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.judge.working import fact, sum_of


def permit_renewal_due(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the day on which the time for applying for renewal of a facility's last permit begins to run out."""
    permits = stretch.events_of("permit")
    findings = []
    for one in permits:
        last = one.ended - law.p["days"] * DAY
        day = (last + 8 * 3_600_000) // DAY * DAY - 8 * 3_600_000
        followed = any(other.began <= one.ended < other.ended for other in permits)
        if followed or not stretch.began <= day < stretch.ended or day + DAY > stretch.known_until:
            continue
        step = sum_of("距届满天数", "(ended - day) / 86400000", {"ended": one.ended, "day": day}, "天")
        findings.append(
            law.finding(
                stretch, duties.place(stretch, one), day, day + DAY, value=step["value"], unit="天", limit_value=law.p["days"],
                steps=[fact("许可证", one.text), step],
            )  # fmt: skip
        )
    return findings


RULE = Rule.beside(__file__, permit_renewal_due)
