"""An execution report whose last day passed (one-permit check R5).

Law: 排污许可管理条例 arts. 22, 37(3), in force beside 生态环境法典, which has no such item.
"""

from __future__ import annotations

from qingyuan.engines.judge import duties
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def execution_report_late(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the duties of kind report_due whose last day passed without so many of kind report_submitted."""
    return list(duties.undone(stretch, law, "report_due", "report_submitted"))


RULE = Rule.beside(__file__, execution_report_late)
