"""Clues of many sources and grades for the demo: what people bring, beside what the rules find.  A second call changes nothing."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Account, Agency, Facility, Officer

from . import answers, liaison, remote, reporting, station, suppression
from .models import Clue

HOUR = dt.timedelta(hours=1)
ANALYST = "韩雪"


def scan(shade: int = 120) -> bytes:
    """A small picture that stands for a photo, a letter, a frame of video."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (320, 200), (shade, 130, 140)).save(out, "PNG")
    return out.getvalue()


def brought(at: dt.datetime) -> list[dict[str, Any]]:
    """What was brought, by source: title, grade, hours ago, what the source has to say."""
    when, day = (at - 3 * HOUR).astimezone(CHINA).isoformat(), at.astimezone(CHINA).date()
    return [
        {"source": "complaint", "severity": "yellow", "title": "群众反映夜间异味", "ago": 6, "facts": {"received_at": when, "content": "晚上十点以后有刺鼻气味，持续一周"}, "violation": "odour"},
        {"source": "remote_sensing", "severity": "blue", "title": "河岸新增堆放物图斑", "ago": 30, "place": "清河右岸滩地", "facts": {"before_on": str(day - dt.timedelta(days=40)), "after_on": str(day - dt.timedelta(days=2)), "sensor": "高分一号 2 米", "position": "112.95,28.21"}},
        {"source": "mobile_monitoring", "severity": "orange", "title": "走航发现 VOCs 峰值", "ago": 4, "place": "工业园三路", "facts": {"passed_at": when, "vehicle": "走航车 1 号 PTR-MS", "peak": "1860", "background": "210", "position": "112.96,28.20"}},
        {"source": "tower_video", "severity": "blue", "title": "铁塔视频发现冒烟", "ago": 2, "place": "东岭村北", "facts": {"seen_at": when, "camera": "TT-0117", "bearing": "215"}},
        {"source": "section", "severity": "orange", "title": "氨氮超目标", "ago": 8, "place": "清河出境断面", "facts": {"section": "清河出境", "factor": "氨氮", "measured": "1.42", "target": "1.0"}},
        {"source": "police", "severity": "red", "title": "公安移送夜间罐车倾倒", "ago": 5, "place": "南山废弃矿坑", "facts": {"from_body": "清河市公安局环侦支队", "letter": "清公环移〔2026〕7号", "content": "查获罐车一辆，驾驶人称受雇倾倒"}, "violation": "solid_waste_dumping"},
        {"source": "self_report", "severity": "blue", "title": "企业报告在线仪断电两小时", "ago": 9, "facts": {"reported_at": when, "reporter": "环保部 刘芳", "content": "变电站检修停电，已恢复，附检修单"}, "is_other": True},
    ]  # fmt: skip


@transaction.atomic
def plant_clues(at: dt.datetime) -> int:
    """Plant once, for the first city that has an inspector, an analyst and a leader; returns how many clues were planted."""
    if Clue.objects.exclude(source="rule").exists():
        return 0
    found = cast()
    if found is None:
        return 0
    inspector, analyst, leader = found
    places = list(Facility.objects.filter(city_code=inspector.agency.division.code).order_by("code"))
    branch(places[-1], leader, at)
    made = {}
    for row in brought(at):
        where = None if row.get("place") else places[-1 if row.get("is_other") else 0]
        began = at - row["ago"] * HOUR
        made[row["source"]] = reporting.register_clue(
            source=row["source"], title=(where.name if where else row["place"]) + row["title"], severity=row["severity"], facts=row["facts"], began=began, ended=None, facility=where,
            division=inspector.agency.division, place=row.get("place", ""), violation=row.get("violation", ""), papers=[("原件.png", scan())], by=analyst, at=at - HOUR,
        )  # fmt: skip
    roster(inspector, leader, at)
    station.warn(made["self_report"], tier="blue", text="请说明断电起止、期间数据如何处理，并提供检修单", by=analyst, at=at - HOUR / 2, wanted=["检修单", "恢复后比对记录"])
    request = made["self_report"].requests.get()
    answers.answer(request, by_firm="刘芳 环保主管", phone="13900000001", answers=["昨日 14:05 至 16:10 变电站检修停电，数据缺失已标记，检修单附后。"], files=[("检修单.png", scan(90))], at=at)
    remote.check_remotely(made["complaint"], way="data_check", minutes=25, found="调取夜间小时数据和用电，未见超标；车间夜班用电高于白天", result="unclear", by=analyst, at=at)
    suppression.propose_suppression(
        rule="offline", division=inspector.agency.division, facility=places[0], began_at=at - HOUR, expires_at=at + dt.timedelta(days=7), cause="known_work",
        why="数采仪更换，运维单位已报备", by=analyst, at=at,
    )  # fmt: skip
    day = at.astimezone(CHINA).date()
    liaison.register_entry(
        kind="agreement", title="清河流域上下游联合执法协议", parties="东岭市生态环境局", on=day - dt.timedelta(days=90), until=day + dt.timedelta(days=640),
        content="断面异常两小时内互通，联合溯源，证据互认", by=leader, at=at,
    )  # fmt: skip
    return len(made)


def cast() -> tuple[Officer, Officer, Officer] | None:
    """An inspector and a leader of one city, and the analyst of its technical centre, who is hired when there is none."""
    for person in Officer.objects.filter(agency__division__level="city").select_related("agency__division", "agency__parent").order_by("id"):
        if person.has_role("inspector"):
            leader = next(iter(duty.leaders_of(person.agency)), None)
            if leader is not None:
                return person, analyst_of(leader), leader
    return None


def analyst_of(leader: Officer) -> Officer:
    """The analyst of the leader's bureau; a new one gets the login and the password of the demo."""
    known = next((person for person in duty.members_of(leader.agency) if person.has_role("analyst")), None)
    if known is not None:
        return known
    account = None
    if leader.account is not None:
        name = leader.account.username[:-2] + "99"
        account = Account.objects.create(username=name, password=leader.account.password, first_name=ANALYST)
    return Officer.objects.create(name=ANALYST, agency=leader.agency, roles=["analyst"], account=account)


def branch(place: Facility, leader: Officer, at: dt.datetime) -> None:
    """The county of a facility gets a branch that answers to the city's bureau, not to the county's government."""
    county = place.division
    if county.level != "county" or Agency.objects.filter(division=county).exists():
        return
    body = Agency.objects.create(code=f"A{county.code[:6]}", name=f"{leader.agency.division.name}生态环境局{county.name}分局", short_name=f"{county.name[0]}环", division=county, parent=leader.agency)
    Officer.objects.create(name="何志强", agency=body, roles=["inspector"], certificate_number=f"{county.code[:6]}001", certificate_from=dt.date(2024, 1, 1), certificate_to=dt.date(2029, 12, 31))
    Officer.objects.create(name="罗芳", agency=body, roles=["leader"])
    duty.set_line(
        agency=body, answers_to=leader.agency, government=county, is_branch=True, valid_from=dt.date(2019, 1, 1), basis="省以下环保机构监测监察执法垂直管理制度改革方案（示范数据）", by=leader, at=at
    )


def roster(inspector: Officer, leader: Officer, at: dt.datetime) -> None:
    """A week of nights on duty and what everybody can check."""
    people = [person for person in duty.members_of(inspector.agency) if person.has_role("inspector")]
    first = at.astimezone(CHINA).replace(hour=17, minute=30, second=0, microsecond=0)
    for n in range(7):
        began = first + dt.timedelta(days=n)
        duty.set_shift(officer=people[n % len(people)], began_at=began, ended_at=began + 15 * HOUR, by=leader, at=at, phone="12369")
    for person in people:
        duty.declare_capacity(officer=person, week=at.astimezone(CHINA).date(), clues=5, by=leader, at=at)
