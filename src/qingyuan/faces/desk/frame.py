"""Who is looking, when, and what the side navigation shows: what every page of the desk needs before its own rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from qingyuan import clock
from qingyuan.records.cases import queries as cases
from qingyuan.records.clues import queries as clues
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.registry.models import Officer


@dataclass(frozen=True)
class Look:
    """One look at the desk: the officer and the moment, asked once per request."""

    viewer: Officer
    at: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.at.astimezone(clock.CHINA).date()


def officer_of(request: HttpRequest) -> Officer | None:
    """The officer behind the login; None for an anonymous visitor or an account without a person."""
    user = getattr(request, "user", None)
    return getattr(user, "officer", None) if user is not None and user.is_authenticated else None


def desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the desk: needs a login with an officer behind it; the view gets a Look as ``look``."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        officer = officer_of(request)
        if officer is None:
            raise PermissionDenied
        return view(request, Look(officer, clock.now()), *args, **kwargs)

    return inner


GROUPS = [
    ("办案", [("desk:worklist", "我的工作", "home"), ("desk:clues", "线索", "list-search"), ("desk:tasks", "检查任务", "clipboard-list"), ("desk:cases", "案件", "gavel"), ("desk:openings", "立案", "writing"), ("desk:laboratory", "采样检测", "droplet"), ("desk:sessions", "听证与讨论", "users"), ("desk:transfers", "移送", "send"), ("desk:watch", "提醒与监看", "bell")]),
    ("线索", [("desk:station", "预警站", "activity"), ("desk:capacity", "等候与值班", "gauge"), ("desk:yields", "命中与成本", "chart-line"), ("desk:suppressions", "抑制", "filter"), ("desk:liaison", "协同与通报", "notes")]),
    ("统计台账", [("desk:figures", "案件统计", "chart-bar"), ("desk:numbers", "文号台账", "list-check"), ("field:devices", "移动设备", "fingerprint")]),
    ("计划", [("desk:gate", "派发检查", "send"), ("desk:plans", "计划与抽查", "calendar"), ("desk:positive", "正面清单", "shield-check"), ("desk:calendar", "检查日历", "calendar"), ("desk:burden", "检查负担", "activity"), ("desk:aftermath", "检查之后", "clock"), ("desk:team", "队伍", "users")]),
    ("专项与联合", [("desk:campaigns", "专项与帮扶", "flag"), ("desk:problems", "问题台账", "list-check"), ("desk:alerts", "应急响应", "bell"), ("desk:agreements", "联合执法", "users"), ("desk:areas", "重点区域", "map-2")]),
    ("指挥与质量", [("desk:command", "指挥中心", "layout-dashboard"), ("desk:sightings", "空天地发现", "eye"), ("desk:basin", "流域与质量", "droplet"), ("desk:projects", "项目与资金", "coin"), ("desk:sources", "水源与农村", "building-community"), ("desk:imports", "导入", "download")]),
    ("污染源", [("desk:facilities", "一企一档", "building-factory-2"), ("desk:devices", "监测设备", "antenna"), ("desk:map", "分布图", "map-2")]),
    ("依据", [("desk:calculator", "裁量计算", "scale"), ("desk:rules", "判定规则", "book"), ("desk:law_impact", "法规影响", "license"), ("public:verify", "文书核验", "qrcode"), ("public:releases", "信息公开", "world")]),
]


DAILY = ("办案", "线索")


def navigation(request: HttpRequest) -> list[tuple[str, list[dict[str, object]], bool]]:
    """Groups of links with the current page marked; counts are capped and only where work waits.

    The daily groups and the one we are in stand open, the others show their name: forty links at once are a wall.
    """
    officer = officer_of(request)
    counts = waiting(officer) if officer else {}
    here = getattr(request.resolver_match, "view_name", "") if request.resolver_match else ""
    section = SECTIONS.get(here, here)
    groups = []
    for title, links in GROUPS:
        told = [{"name": label, "icon": icon, "url": reverse(name), "count": counts.get(name, 0), "here": name == section} for name, label, icon in links]
        groups.append((title, told, title in DAILY or any(link["here"] for link in told)))
    return groups


SECTIONS = {
    "desk:incident": "desk:command", "desk:command_point": "desk:command", "desk:sighting": "desk:sightings", "desk:section": "desk:basin", "desk:warning": "desk:basin", "desk:air_trace": "desk:basin", "desk:handout": "desk:basin", "desk:project": "desk:projects",
    "field:trace": "desk:tasks",
    "desk:task_code": "desk:tasks", "desk:burden_of": "desk:burden", "desk:credit_grades": "desk:plans", "desk:agreement": "desk:agreements", "desk:alert": "desk:alerts", "desk:area": "desk:areas", "desk:campaign": "desk:campaigns", "desk:rounds": "desk:campaigns", "desk:round": "desk:campaigns", "desk:problem": "desk:problems", "desk:notices": "desk:campaigns", "desk:notice": "desk:campaigns", "desk:plan": "desk:plans", "desk:draw": "desk:plans", "desk:positive_entry": "desk:positive",
    "desk:sample": "desk:laboratory", "desk:opening_step": "desk:openings", "desk:companions": "desk:cases", "desk:companion_step": "desk:cases",
    "desk:clue_new": "desk:clues", "desk:clue_step": "desk:clues", "desk:station_warn": "desk:station", "desk:capacity_act": "desk:capacity", "desk:bulletin_make": "desk:liaison",
    "desk:clue": "desk:clues", "desk:task": "desk:tasks", "desk:inspection": "desk:tasks", "desk:case": "desk:cases", "desk:certificate": "desk:cases",
    "desk:facility": "desk:facilities", "desk:stack": "desk:facilities", "desk:device": "desk:devices", "desk:device_send": "desk:devices", "desk:finding": "desk:clues", "desk:trial": "desk:rules", "desk:rule": "desk:rules", "public:release": "public:releases",
}


def waiting(officer: Officer) -> dict[str, int]:
    """How many open things lie in each list of the viewer."""
    return {
        "desk:clues": clues.capped_count(clues.open_clues(officer)),
        "desk:tasks": dispatch.open_tasks(officer).count(),
        "desk:cases": cases.open_cases(officer).count(),
    }
