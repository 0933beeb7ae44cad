"""Quotas and weights: from the tables of the rule book and the facts of the registry to a pool that can be committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, Max

from qingyuan.law import rulebook
from qingyuan.law.citation import parse_all
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import scoped

from . import credit as handed_in
from . import people
from .models import Assignment, InspectionPlan, PositiveListEntry, Recusal
from .plan_states import CLASSES
from .positive import months_after

QUARTERS, MILLE, PLANNED = 4, 1000, ("draw", "campaign", "assist")
PER = {"quarter": "每季度", "half_year": "每半年", "year": "每年"}


def class_of(place: Facility) -> str:
    return "key" if place.is_key_discharger else "plain"


def inspectors_of(viewer: Officer, on: dt.date) -> list[Officer]:
    """People of the viewer's own division who may inspect that day (Penalty Law art. 42)."""
    division = viewer.agency.division
    rows = Officer.objects.filter(agency__division=division).select_related("agency").order_by("certificate_number")
    return [person for person in rows if not people.not_certified(person, on)]


def quota_lines(*, level: str, scope: str, counts: Mapping[str, int], officers: int, on: dt.date) -> list[dict[str, Any]]:
    """For each class the least number to be drawn each quarter, with the sum written out, its source and grade.

    ``counts``: facilities by class.  Ratios of the scope come before the national ones; a class without a ratio has no line.
    """
    book, lines = rulebook.load(), {}
    for wanted in ("national", scope):
        for key, entry in book.folder("draw").items():
            if entry.get("level") == level and entry.get("scope") == wanted and entry["object_class"] in counts:
                ratio = book.get(f"draw/{key}", on=on)
                if ratio["kind"] in SUMS:
                    lines[entry["object_class"]] = quota_line(key, ratio, counts[entry["object_class"]], officers)
    return [lines[name] for name in CLASSES if name in lines]


def quota_line(key: str, ratio: Mapping[str, Any], population: int, officers: int) -> dict[str, Any]:
    """One class: the quota of a quarter, never more than there are."""
    needed, said = SUMS[ratio["kind"]](ratio, population, officers)
    quota = min(population, needed)
    cut = f"，超过总数 {population}，全部抽取" if needed > population else ""
    cited = "、".join(str(one) for one in parse_all(ratio["citation"]))
    return {
        "ratio": key, "label": ratio["label"], "object_class": ratio["object_class"], "population": population, "quota": quota,
        "working": f"{said}{cut}", "citation": cited, "grade": ratio["grade"], "note": ratio.get("note", ""),
    }  # fmt: skip


def of_share(ratio: Mapping[str, Any], population: int, officers: int) -> tuple[int, str]:
    """So many thousandths of the objects each period."""
    quarters = 1 if ratio["per"] == "quarter" else QUARTERS
    quota = -(-ratio["permille"] * population // (MILLE * quarters))
    return quota, f"{PER[ratio['per']]} {ratio['permille'] / 10:g}% × {population} 家{' ÷ 4' if quarters > 1 else ''}，进一取整为每季度 {quota} 家"


def of_officers(ratio: Mapping[str, Any], population: int, officers: int) -> tuple[int, str]:
    """So many objects for each officer in post each year."""
    quota = -(-ratio["times"] * officers // QUARTERS)
    return quota, f"{PER[ratio['per']]}在岗 {officers} 人 × {ratio['times']} ÷ 4，进一取整为每季度 {quota} 家"


SUMS = {"share": of_share, "per_officer": of_officers}


def weigh(*, credit: str, confirmed: int, months_since: int | None, on: dt.date) -> tuple[int, str]:
    """(weight in thousandths, how it came about).  Suggested factors of the rule book, grade U; they act inside a stratum only."""
    book = {name: rulebook.load().get(f"draw/{name}", on=on) for name in ("credit", "risk", "recency", "bounds")}
    by_credit = book["credit"]["permille"].get(credit, book["credit"]["permille"]["unknown"])
    by_risk = min(book["risk"]["most"], book["risk"]["base"] + book["risk"]["each"] * confirmed)
    recency = book["recency"]
    by_time = recency["never"] if months_since is None else max(recency["least"], min(recency["most"], MILLE * months_since // recency["months"]))
    weight = by_credit * by_risk * by_time // (MILLE * MILLE)
    weight = max(book["bounds"]["least"], min(book["bounds"]["most"], weight))
    when = "未查过" if months_since is None else f"距上次{months_since}个月"
    return weight, f"信用{CREDIT.get(credit, '未评')} {by_credit} × 属实线索{confirmed}件 {by_risk} × {when} {by_time}，夹取后 {weight}"


CREDIT = {"green": "绿", "blue": "蓝", "yellow": "黄", "red": "红", "black": "黑"}


def planned_visits(places: Collection[Facility], year: int) -> dict[int, int]:
    """By facility the visits of the year that count against the cap: from the plan, not called off.  Case-driven checks do not count."""
    rows = Assignment.objects.filter(facility__in=places, basis__in=PLANNED, issued_on__year=year).exclude(state="cancelled")
    return dict(rows.values_list("facility").annotate(n=Count("pk")).order_by())


def cap_of(facility: Facility, plans: Sequence[InspectionPlan]) -> InspectionPlan | None:
    """Of the year's approved plans that of the facility's city or county with the lowest cap."""
    own = [plan for plan in plans if plan.division_id and plan.division_id in (facility.city_code, facility.county_code)]
    return min(own, key=lambda plan: plan.frequency_cap, default=None)


def plans_of(year: int) -> list[InspectionPlan]:
    return list(InspectionPlan.objects.filter(year=year).exclude(state="drafted").order_by("pk"))


def cap_reason(facility: Facility, on: dt.date) -> str:
    """Why the plan allows no further planned visit this year; "" when it does (国办发〔2024〕54号)."""
    plan, seen = cap_of(facility, plans_of(on.year)), planned_visits([facility], on.year).get(facility.pk, 0)
    if plan is None or seen < plan.frequency_cap:
        return ""
    return f"{facility.name}本年度计划内检查已{seen}次，达到《{plan.title}》公布的上限{plan.frequency_cap}次；投诉举报、线索核实、案件调查不受此限（国办发〔2024〕54号）"


def object_rows(places: Collection[Facility], credit: Mapping[str, str], on: dt.date) -> list[dict[str, Any]]:
    """The objects of the pool: weight 0 with the reason when one cannot be drawn.  ``credit``: grade by facility code."""
    listed = set(PositiveListEntry.objects.filter(state="listed", listed_on__lte=on, valid_to__gte=on).values_list("facility", flat=True))
    seen, plans = planned_visits(places, on.year), plans_of(on.year)
    clues = Clue.objects.filter(facility__in=places, state="confirmed", ended_at__date__gt=months_after(on, -12), ended_at__date__lte=on)
    confirmed = dict(clues.values_list("facility").annotate(n=Count("pk")).order_by())
    visits = Assignment.objects.filter(facility__in=places, state="finished", issued_on__lte=on)
    last = dict(visits.values_list("facility").annotate(last=Max("issued_on")).order_by())
    rows = []
    for place in places:
        cap, day = cap_of(place, plans), last.get(place.pk)
        is_full = cap is not None and seen.get(place.pk, 0) >= cap.frequency_cap
        barred = "在正面清单内，不纳入现场抽查" if place.pk in listed else "年度频次已达上限" if is_full else ""
        months = None if day is None else (on.year - day.year) * 12 + on.month - day.month - (on.day < day.day)
        weight, working = weigh(credit=credit.get(place.code, "unknown"), confirmed=confirmed.get(place.pk, 0), months_since=months, on=on)
        rows.append({"id": place.code, "name": place.name, "stratum": class_of(place), "weight": 0 if barred else weight, "working": barred or working})
    return rows


def pool_of(viewer: Officer, plan: InspectionPlan, *, name: str, beacon: Mapping[str, Any], on: dt.date, credit: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The pool as ``engines/draw`` takes it.  ``credit``: grade by facility code, or those handed in; who is not named has none."""
    places = list(scoped(Facility.objects.order_by("code"), viewer))
    objects = object_rows(places, handed_in.grades(places, on) if credit is None else credit, on)
    team = inspectors_of(viewer, on)
    strata = {}
    for line in plan.quotas:
        able = sum(1 for row in objects if row["stratum"] == line["object_class"] and row["weight"])
        short = f"；可抽的只有 {able} 家" if able < line["quota"] else ""
        strata[line["object_class"]] = {"quota": min(able, line["quota"]), "working": line["working"] + short}
    recusals = Recusal.objects.filter(facility__in=[place.pk for place in places], officer__in=team).values_list("officer__certificate_number", "facility__code")
    return {
        "plan": name, "team": 2, "strata": strata, "objects": [row for row in objects if row["stratum"] in strata], "beacon": dict(beacon),
        "officers": [{"id": person.certificate_number, "name": person.agency.name} for person in team],
        "recusals": list(recusals),
    }  # fmt: skip
