"""The people, the places and the moment the tests of a clue's life stand on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qingyuan.clock import CHINA
from qingyuan.records.clues import actions, door
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Agency, Facility, Officer

AT = dt.datetime(2026, 9, 15, 13, tzinfo=CHINA)  # a Tuesday, in office hours
HOUR = dt.timedelta(hours=1)


def officer(name: str) -> Officer:
    return Officer.objects.get(name=name, agency__division__code__startswith="9901")


def analyst() -> Officer:
    row, _ = Officer.objects.get_or_create(name="韩雪", agency=Agency.objects.get(code="A9901"), defaults={"roles": ["analyst"]})
    return row


def cement() -> Facility:
    return Facility.objects.get(name="清河水泥有限公司")


def finding(place: Facility, hour: int, **changes: Any) -> dict[str, Any]:
    began = dt.datetime(2026, 9, 15, 0, tzinfo=CHINA) + dt.timedelta(hours=hour)
    row = {
        "id": f"f{hour}", "rule": "hourly_mean_exceedance", "facility": place.code, "outlet": f"{place.code}/DA001", "factor": "a21002",
        "began": began.isoformat(), "ended": (began + HOUR).isoformat(), "value": 400.0, "limit_value": 320.0,
        "severity": "yellow", "title": "氮氧化物小时均值超标", "evidence_needed": ["现场检查（勘察）笔录", "运维记录"], "violation": "air_exceedance",
    }  # fmt: skip
    return {**row, **changes}


def found(count: int = 1, **changes: Any) -> Clue:
    """One clue of the rule, of so many findings."""
    place = cement()
    door.take_findings([finding(place, hour + 1, **changes) for hour in range(count)], at=AT)
    return Clue.objects.order_by("-id")[0]


def data_clue(**changes: Any) -> Clue:
    """A yellow clue that no threshold sends anybody out for: about transmission, of the rule."""
    given = {"facility": cement(), "source": "rule", "title": "数据缺失", "severity": "yellow", "rule": "offline", "began": AT, "ended": AT, "at": AT, **changes}
    return actions.open_clue(**given)
