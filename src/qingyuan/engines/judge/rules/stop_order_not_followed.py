"""A plant ordered to stop that did not.

Law: 大气污染防治法 art. 96; from 2026-08-15 生态环境法典 arts. 264, 265 (orders in heavy pollution weather); the fine clause names earthwork and demolition first.
Thresholds are ours.
"""

from __future__ import annotations

from qingyuan.engines.judge import orders
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.stretch import Stretch


def stop_order_not_followed(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return the orders under which a production unit, on the order's first day, drew more than the order leaves of the day before."""
    return list(orders.not_followed(stretch, law, "stop_order", allowed=lambda order: 1 - law.p["drop"]))


RULE = Rule.beside(__file__, stop_order_not_followed)
