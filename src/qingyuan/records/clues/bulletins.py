"""Bulletins made from the data: typical problems, and the month's clues; as PDF and DOCX through the docket's writing.

Every figure is counted here and kept with the bulletin, so that it can be counted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.docket import vault
from qingyuan.records.docket.writing.paper import Block, Paper, Paragraph, Sentence, Table
from qingyuan.records.docket.writing.typeset import pdf
from qingyuan.records.docket.writing.word import docx_bytes
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.scope import one, scoped

from . import queries
from .liaison_models import BULLETIN_KINDS, Bulletin
from .models import Clue
from .states import OUTCOMES, SEVERITIES, SOURCES

MOST_EXAMPLES = 10
Name = Callable[[str], str]


@transaction.atomic
def make_bulletin(*, kind: str, began: dt.date, ended: dt.date, by: Officer, at: dt.datetime, rule_name: Name = str) -> Bulletin:
    """Count, write, keep.  BadInput for an unknown kind, days in the wrong order, or a time in which nothing happened."""
    if kind not in dict(BULLETIN_KINDS):
        raise BadInput(f"种类须为：{'、'.join(label for _, label in BULLETIN_KINDS)}", field="kind")
    if not began <= ended <= at.astimezone(CHINA).date() or (ended - began).days > 366:
        raise BadInput("统计期须先起后止，不超过一年，也不晚于今天", field="ended")
    if not by.has_role("inspector", "analyst", "leader", "publisher", "auditor"):
        raise NotAllowed("通报由执法、研判、公开、稽查岗位的人员或者负责人编制")
    told = count(by, began, ended)
    if not told["found"]:
        raise BadInput(f"{began} 至 {ended} 没有线索，编不出通报", field="began")
    title = f"{by.agency.division.name}{'线索办理月报' if kind == 'monthly' else '典型问题通报'}（{began} 至 {ended}）"
    paper = Paper(kind="bulletin", layout="letter", agency=by.agency.authority.name, title=title, blocks=BLOCKS[kind](told, rule_name), dated=at.astimezone(CHINA).date().isoformat())
    row = Bulletin(
        kind=kind, title=title, began=began, ended=ended, figures=told, pdf_digest=vault.keep(pdf(paper)).digest, docx_digest=vault.keep(docx_bytes(paper)).digest,
        division=by.agency.division, made_by=by, made_at=at,
    )
    row.save()
    record_event(by=by, subject=f"bulletin:{row.pk}", step="make_bulletin", at=at, after={"title": title, "pdf": row.pdf_digest})
    return row


def within(viewer: Officer, began: dt.date, ended: dt.date) -> QuerySet[Clue]:
    """Clues found in the days, both ends included, those joined to others left out."""
    first, last = (dt.datetime.combine(day, dt.time(), CHINA) for day in (began, ended + dt.timedelta(days=1)))
    return queries.clues(viewer).filter(found_at__gte=first, found_at__lt=last).exclude(state="merged").order_by()


def count(viewer: Officer, began: dt.date, ended: dt.date) -> dict[str, Any]:
    """The figures of a time as plain values."""
    rows = within(viewer, began, ended)
    violations = rulebook.load().violations()
    true = rows.filter(state="confirmed")
    by_violation = true.exclude(violation="").values("violation").annotate(n=Count("id"), places=Count("facility", distinct=True)).order_by("-n", "violation")
    by_place = rows.values("city_code").annotate(n=Count("id"), checked=Count("id", filter=Q(state__in=OUTCOMES)), true=Count("id", filter=Q(state="confirmed"))).order_by("city_code")
    names = {row.code: row.name for row in Division.objects.filter(level="city")}
    shown = true.select_related("facility", "division").order_by("severity", "-found_at")
    shown = sorted(shown, key=lambda row: list(SEVERITIES).index(row.severity))[:MOST_EXAMPLES]
    return {
        "found": rows.count(), "checked": rows.filter(state__in=OUTCOMES).count(), "true": true.count(), "open": rows.filter(state__in=queries.OPEN).count(),
        "late": rows.filter(state__in=queries.OPEN, due_on__lt=ended).count(),
        "by_source": [[SOURCES.get(row["source"], row["source"]), row["n"]] for row in rows.values("source").annotate(n=Count("id")).order_by("-n")],
        "by_severity": [[SEVERITIES[row["severity"]], row["n"]] for row in rows.values("severity").annotate(n=Count("id")).order_by("severity")],
        "by_rule": [[row["rule"], row["n"], row["true"]] for row in rows.exclude(rule="").values("rule").annotate(n=Count("id"), true=Count("id", filter=Q(state="confirmed"))).order_by("-n", "rule")],
        "by_place": [[names.get(row["city_code"], "省本级"), row["n"], row["checked"], row["true"]] for row in by_place],
        "by_violation": [[violations.get(row["violation"], {}).get("name", row["violation"]), row["n"], row["places"]] for row in by_violation],
        "examples": [[row.division.name, row.title, row.outcome_note, row.number] for row in shown],
    }


def says(text: str, style: str = "body") -> Paragraph:
    return Paragraph((Sentence(text),), style)  # type: ignore[arg-type]


def of_month(told: Mapping[str, Any], rule_name: Name) -> tuple[Block, ...]:
    """The month: what came, what was checked, what was true, where it stands."""
    share = f"，属实率 {told['true'] / told['checked']:.0%}" if told["checked"] else ""
    return (
        says(f"统计期内发现线索 {told['found']} 条，已核实 {told['checked']} 条，属实 {told['true']} 条{share}；尚在办理 {told['open']} 条，其中超过法定期限 {told['late']} 条。"),
        Table(("来源", "条数"), tuple((name, str(n)) for name, n in told["by_source"]), (3.0, 1.0), caption="一、按来源"),
        Table(("属地", "线索", "已核", "属实"), tuple((name, *map(str, rest)) for name, *rest in told["by_place"]), (2.0, 1.0, 1.0, 1.0), caption="二、按属地"),
        Table(("规则", "线索", "属实"), tuple((rule_name(name), *map(str, rest)) for name, *rest in told["by_rule"][:20]) or (("没有规则产生的线索", "—", "—"),), (3.0, 1.0, 1.0), caption="三、按规则"),
    )


def of_problems(told: Mapping[str, Any], rule_name: Name) -> tuple[Block, ...]:
    """Typical problems: what was true, how often, and examples in the words of those who checked."""
    rows = tuple((name, str(n), str(places)) for name, n, places in told["by_violation"])
    examples = tuple(says(f"{place}：{title}。{note.rstrip('。')}。（线索 {number}）") for place, title, note, number in told["examples"])
    return (
        says(f"统计期内核实属实的问题 {told['true']} 条。"),
        Table(("问题", "条数", "涉及单位"), rows or (("没有属实的问题", "—", "—"),), (3.0, 1.0, 1.0), caption="一、主要问题"),
        says("二、典型问题", "heading"),
        *(examples or (says("统计期内没有属实的问题可以通报。"),)),
    )


BLOCKS: dict[str, Callable[[Mapping[str, Any], Name], tuple[Block, ...]]] = {"monthly": of_month, "typical": of_problems}


def bulletins(viewer: Officer) -> QuerySet[Bulletin]:
    return scoped(Bulletin.objects.select_related("made_by"), viewer).order_by("-id")


def bulletin_content(viewer: Officer, pk: int, form: str) -> tuple[Bulletin, bytes]:
    """A bulletin the viewer may see, as pdf or docx, checked against its digest."""
    row = one(Bulletin.objects.all(), viewer, pk=pk)
    if form not in ("pdf", "docx"):
        raise BadInput("通报有 pdf 和 docx 两种格式")
    return row, vault.fetch(row.pdf_digest if form == "pdf" else row.docx_digest)
