"""People and places for tests of visits: a team of the city, people of another city and of the province, somebody who never may go."""

from __future__ import annotations

import datetime as dt

from qingyuan.records.dispatch import campaigns, sending
from qingyuan.records.dispatch.campaign_models import Campaign
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.registry.models import Agency, Facility, Officer

CHINA = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 9, 15, 10, tzinfo=CHINA)


def officer(name: str, division: str = "9901") -> Officer:
    return Officer.objects.get(name=name, agency__division__code__startswith=division)


def inspectors_of(division: str, count: int = 2) -> list[Officer]:
    rows = Officer.objects.filter(agency__division__code__startswith=division).order_by("certificate_number")
    return [person for person in rows if person.has_role("inspector")][:count]


def planner() -> Officer:
    """An analyst of the province."""
    known = Officer.objects.filter(name="省研判员").first()
    team = Agency.objects.get(division__level="province", kind="team")
    return known or Officer.objects.create(
        name="省研判员", agency=team, roles=["analyst", "leader"], certificate_number="99000001", certificate_from=dt.date(2025, 1, 1), certificate_to=dt.date(2029, 1, 1)
    )


def place(name: str = "清河水泥有限公司") -> Facility:
    return Facility.objects.get(name=name)


def published_campaign(most: int = 50, **given) -> Campaign:
    """A campaign of the city that runs."""
    told = {"kind": "green_sword", "title": "绿剑2026", "began": dt.date(2026, 1, 1), "ended": dt.date(2026, 12, 31), "most": most, "by": officer("李明"), "at": AT, **given}
    row = campaigns.draw_up(**told)
    campaigns.take(row, "approve", by=officer("吴海涛"), at=AT)
    campaigns.take(row, "publish", by=officer("吴海涛"), at=AT)
    return row


def sent(at: dt.datetime = AT, **given) -> Assignment:
    """A task of the city's own team, through the gate."""
    told = {
        "facility": place(), "basis": "complaint", "reason": "群众反映夜间异味", "inspectors": [officer("李明"), officer("王建国")], "by": officer("李明"),
        "items": ["EE-I01", "EE-I03"], **given,
    }  # fmt: skip
    if told["basis"] == "campaign" and "campaign" not in told:
        told["campaign"] = published_campaign()
    return sending.send_out(at=at, **told)
