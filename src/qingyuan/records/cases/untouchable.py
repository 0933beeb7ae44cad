"""Work that nobody is permitted to do: found before its clock runs out.  Penalty Law arts. 42, 57, 58, 64; Measures 30 art. 38."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Agency, Officer
from qingyuan.records.registry.scope import scoped

from .facts import legality_required
from .models import Case
from .states import CASE

OPEN = [state for state in CASE.states if state not in ("closed", "archived")]
FORWARD = {
    "suspended": "resume", "investigated": "pass_review", "reviewed": "give_notice", "notified": "settle_notice", "answered": "decide", "decided": "serve_decision",
    "served": "perform", "in_court": "enforce", "performed": "close", "annulled": "close", "withdrawn": "close", "terminated": "close",
}  # fmt: skip


@dataclass(frozen=True)
class Stuck:
    """Something that waits for nobody: ``kind`` case or clue, ``key`` its primary key or number, why, and what would help."""

    kind: str
    key: str
    title: str
    reasons: tuple[str, ...]
    remedy: str


def stuck(viewer: Officer, on: dt.date) -> list[Stuck]:
    """Cases and clues of the viewer's division that no active person may move on, by the table and the articles."""
    staff: dict[int, list[Officer]] = {}
    rows = []
    for case in scoped(Case.objects.filter(state__in=OPEN).select_related("agency"), viewer).prefetch_related("investigators").order_by("filed_on", "pk"):
        if case.agency_id not in staff:
            staff[case.agency_id] = people_of(case.agency)
        reasons = why_untouchable(case, staff[case.agency_id], on)
        if reasons:
            rows.append(Stuck("case", str(case.pk), f"{case.number} {case.name}", tuple(reasons), "由机关负责人调整调查人员或者配备相应岗位人员；确需回避的报上级机关指定管辖"))
    return rows + stuck_clues(viewer)


def people_of(agency: Agency) -> list[Officer]:
    """Everybody who acts in the name of an agency and can log in."""
    rows = Officer.objects.filter(Q(agency=agency) | Q(agency__parent=agency, agency__kind="team"))
    return list(rows.filter(Q(account=None) | Q(account__is_active=True)))


def why_untouchable(case: Case, staff: Iterable[Officer], on: dt.date) -> list[str]:
    """Every post that is needed next and that nobody may fill; [] when the case can go on."""
    staff = list(staff)
    investigators = {officer.pk for officer in case.investigators.all()}
    outside = [officer for officer in staff if officer.pk not in investigators]
    reasons = []
    if case.state in ("filed", "answered") and sum(o.is_certified(on) for o in case.investigators.all()) < 2:
        reasons.append("调查人员中当日执法证件有效的不足两人（行政处罚法第42条）")
    if case.state == "investigated" and not holders(outside, "reviewer"):
        reasons.append("没有未参加调查的案件审查人员（令30第38条）")
    if case.state == "notified" and case.hearing_requested_on and not case.hearing_closed_on and not holders(outside, "presiding_officer"):
        reasons.append("没有未参加调查的听证主持人（行政处罚法第64条）")
    if case.state == "answered" and legality_required(case) and not holders(outside, "legality_reviewer"):
        reasons.append("没有未参加调查的法制审核人员（行政处罚法第58条）")
    step = CASE.steps.get(FORWARD.get(case.state, ""))
    if step is not None and step.roles and not holders(outside if "reviewer" in step.roles else staff, *step.roles) and not reasons:
        reasons.append(f"没有能办理“{step.label}”的人员（{step.article}）")
    if case.recusals.filter(decided_on=None).exists() and not holders(staff, "leader"):
        reasons.append("没有能决定回避申请的负责人（行政处罚法第43条）")
    return reasons


def holders(staff: Iterable[Officer], *roles: str) -> list[Officer]:
    return [officer for officer in staff if officer.has_role(*roles)]


def stuck_clues(viewer: Officer) -> list[Stuck]:
    """Clues that wait in a division where nobody may assess them."""
    rows = []
    open_clues = scoped(Clue.objects.filter(state="found"), viewer)
    for city, county in open_clues.values_list("city_code", "county_code").distinct():
        codes = [code for code in (city, county) if code]
        able = [o for o in Officer.objects.filter(agency__division__code__in=codes) if o.has_role("analyst", "inspector")]
        if able:
            continue
        rows += [
            Stuck("clue", clue.number, clue.title, ("所在辖区没有可以研判线索的人员（令30第18条）",), "由上级机关指定人员办理")
            for clue in open_clues.filter(city_code=city, county_code=county).order_by("pk")[:50]
        ]
    return rows
