"""A plan that is approved, and a quarter's draw, for tests."""

from __future__ import annotations

import datetime as dt

from qingyuan.records.dispatch import draws, plans
from qingyuan.records.dispatch.models import Draw, InspectionPlan
from qingyuan.records.registry.models import Officer

CHINA = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 9, 15, 10, tzinfo=CHINA)
OUT = dt.datetime(2026, 9, 15, 21, 15, tzinfo=CHINA)
AFTER = dt.datetime(2026, 9, 16, 9, tzinfo=CHINA)
NUMBERS = "03 07 11 19 24 30+08"


def officer(name: str, division: str = "9901") -> Officer:
    return Officer.objects.get(name=name, agency__division__code__startswith=division)


def approved_plan(**given) -> InspectionPlan:
    plan = plans.draw_up(year=2026, by=officer("李明"), on=AT.date(), at=AT, **given)
    return plans.approve(plan, by=officer("吴海涛"), on=AT.date(), at=AT)


def committed(plan: InspectionPlan, why: str = "", at: dt.datetime = AT, **given) -> Draw:
    told = {"source": "welfare_lottery_ssq", "round_": "2026107", "earliest": OUT, **given}
    return draws.commit_draw(plan, by=officer("李明"), at=at, on=at.date(), why=why, **told)


def drawn(plan: InspectionPlan, value: str = NUMBERS) -> Draw:
    return draws.run_draw(committed(plan), value=value, published_at=OUT, evidence="中国福彩网第2026107期公告", by=officer("李明"), at=AFTER)
