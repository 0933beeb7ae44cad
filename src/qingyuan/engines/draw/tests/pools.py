"""A pool to draw from."""

from __future__ import annotations

import datetime as dt
from typing import Any

CHINA = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 11, 24, 10, tzinfo=CHINA)
LATER = dt.datetime(2026, 11, 24, 21, 15, tzinfo=CHINA)
NUMBERS = "03 07 11 19 24 30+08"


def pool(key: int = 8, plain: int = 12, officers: int = 6, quotas: tuple[int, int] = (3, 4), **changes: Any) -> dict[str, Any]:
    """Key and plain dischargers of different weights, officers, one recusal, one object that cannot be drawn."""
    objects = [{"id": f"K{i:03}", "name": f"重点{i}", "stratum": "key", "weight": 500 + 250 * (i % 4), "working": ""} for i in range(key)]
    objects += [{"id": f"P{i:03}", "name": f"一般{i}", "stratum": "plain", "weight": 1000, "working": ""} for i in range(plain)]
    objects[0] = {**objects[0], "weight": 0, "working": "正面清单"}
    made = {
        "plan": "JH2026-01", "team": 2, "objects": objects, "officers": [{"id": f"99010{i}", "name": f"执法员{i}"} for i in range(officers)],
        "strata": {"key": {"quota": quotas[0], "working": ""}, "plain": {"quota": quotas[1], "working": ""}}, "recusals": [["990100", "P001"]],
        "beacon": {"source": "welfare_lottery_ssq", "round": "2026135", "earliest": LATER.isoformat()},
    }  # fmt: skip
    return {**made, **changes}
