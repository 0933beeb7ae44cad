"""Clues: the list with its filters, one clue with its chart and working, and what an officer does with it."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotYours
from qingyuan.law import rulebook
from qingyuan.records.cases import queries as case_queries
from qingyuan.records.clues import answers, door, episodes, gaps, governor, grounds, queries, reporting, schemes
from qingyuan.records.clues.models import Clue, ClueFinding
from qingyuan.records.clues.states import CLUE, SEVERITIES, SOURCES
from qingyuan.records.dispatch import queries as dispatched
from qingyuan.records.inspections import queries as inspections

from . import clue_acts, clue_forms, names
from .frame import Look, desk
from .paging import page_by_due
from .papers import as_file
from .places import divisions_of
from .steps import Offer, offers

SIZE = 25


@desk
def clue_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Clues of the viewer's division, most urgent first; filters live in the address and work without scripts."""
    chosen = {name: request.GET.get(name, "") for name in ("state", "severity", "division", "words", "rule", "source", "queue")}
    if "state" not in request.GET:
        chosen["state"] = "open"
    rows = queries.filtered(look.viewer, **chosen)
    page = page_by_due(rows, request.GET.get("after", ""), SIZE)
    context = {
        "page": page, "count": queries.capped_count(rows), "chosen": chosen, "today": look.today, "at": look.at,
        "states": [("open", "未办结"), *CLUE.states.items()], "severities": SEVERITIES.items(), "sources": SOURCES.items(),
        "divisions": divisions_of(look.viewer), "rules": names.rule_names(),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_clue_table.html" if part else "desk/clues.html", context)


@desk
def clue_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show(request, look, queries.clue(look.viewer, number))


def show(request: HttpRequest, look: Look, clue: Clue, bound: dict | None = None, code: int = 200) -> HttpResponse:
    """One clue: what was measured against what is allowed, what is missing, what may be done now."""
    findings = list(clue.findings.all()[:200])
    tasks = list(dispatched.assignments_of(look.viewer, clue=clue))
    first, more = split_offers(clue, look, bound or {})
    context = {
        "clue": clue, "findings": findings, "last": findings[-1] if findings else None, "spoke": last_of_each_rule(findings), "today": look.today, "at": look.at,
        "offers": first, "more_offers": more, "history": queries.history(look.viewer, clue), "tasks": tasks, "factor_name": names.factor_name(clue.factor),
        "chart": chart_of(clue, findings), "cases": case_queries.cases_of(look.viewer, clue=clue), **before_a_visit(clue, look, tasks),
    }
    return render(request, "desk/clue.html", context, status=code)


def split_offers(clue: Clue, look: Look, bound: dict) -> tuple[list[Offer], list[Offer]]:
    """The steps an officer usually takes next, in their order, and the unusual ones."""
    built = clue_forms.build(clue, look) | bound
    rows = {offer.name: offer for offer in offers(CLUE, clue.state, look.viewer, built, reasons=clue_acts.reasons(clue, look))}
    return [rows[name] for name in clue_forms.FIRST if name in rows], [offer for name, offer in rows.items() if name not in clue_forms.FIRST]


def before_a_visit(clue: Clue, look: Look, tasks: list) -> dict[str, object]:
    """Clocks, what is missing, what the firm was asked and said, checks from the desk, papers, moves, and where it came from."""
    visits = [visit for task in tasks if (visit := inspections.inspection_of(look.viewer, task)) is not None]
    missing = gaps.gaps_of(clue, others=[visit.docket for visit in visits])
    ground = grounds.ground_of(clue, look.at)
    return {
        "clocks": list(clue.clocks.all()), "scheme": schemes.schemes().get(clue.scheme, ""), "gaps": missing, "lacking": sum(not gap.is_met for gap in missing),
        "requests": [(row, answers.link_of(row), row.is_late(look.at)) for row in clue.requests.select_related("asked_by", "assessed_by").prefetch_related("files__item")],
        "remote": clue.remote_checks.select_related("by", "item"), "warnings": clue.warnings.select_related("to_agency", "pushed_by", "received_by"),
        "papers": queries.papers_of(look.viewer, clue), "moves": clue.clue_moves.select_related("from_agency", "to_agency", "by"), "family": episodes.family(clue),
        "lead_only": grounds.lead_only(clue.source), "ground": grounds.label_of(ground) if ground else "", "next": next_of(clue, look),
        "told": told_facts(clue), "waits": place_in_queue(clue, look) if governor.is_waiting(clue) else None,
    }  # fmt: skip


def next_of(clue: Clue, look: Look) -> str:
    """What is next, and why, in one sentence."""
    if clue.state in CLUE.final:
        return ""
    if governor.is_waiting(clue):
        return "等候：本单位手上的线索已到申报的核查能力，按预期收益排队放出"
    asked = clue.requests.filter(state__in=["asked", "answered"]).order_by("-ordinal").first()
    if asked is not None and asked.state == "answered":
        return "审核企业的说明：成立的可以据此办结，不成立的转现场"
    if clue.state == "found":
        return "研判：受理或者不予受理；数据能在桌面查清的，先要求企业说明或者非现场核查"
    if asked is not None:
        return f"等企业说明，{asked.due_at.astimezone(clue_forms.CHINA):%m-%d %H:%M} 到期" + ("，已超时：可以转现场" if asked.is_late(look.at) else "")
    if clue.facility_id is None:
        return "认定是哪一家污染源"
    if clue.state == "accepted":
        ground = grounds.ground_of(clue, look.at)
        return f"派人核实（{grounds.label_of(ground)}）" if ground else "先做非现场核查；非到现场不可的，写明事由"
    return "现场核实中，由检查人员填写结论"


def told_facts(clue: Clue) -> list[tuple[str, object]]:
    """What the source said, by its names."""
    known = rulebook.load().folder("clues/sources").get(clue.source, {}).get("facts", {})
    shown = []
    for key, value in clue.source_facts.items():
        label, kind = known.get(key, (key, "text"))
        shown.append((label, dt.datetime.fromisoformat(value).astimezone(clue_forms.CHINA).strftime("%Y-%m-%d %H:%M") if kind == "moment" else "，".join(f"{part:.4f}" for part in value) if kind == "position" else value))
    return shown


def place_in_queue(clue: Clue, look: Look) -> tuple[int, int, str] | None:
    """The clue's place on the waiting list of its bureau, how many wait, and the sum behind it."""
    if clue.agency is None:
        return None
    rows = governor.waiting_list(clue.agency, look.at)
    return next(((place, len(rows), row.because) for place, row in enumerate(rows, 1) if row.clue.pk == clue.pk), None)


def last_of_each_rule(findings: list[ClueFinding]) -> list[ClueFinding]:
    """The newest finding of every rule that speaks in this clue, in the order in which the rules first spoke."""
    newest: dict[str, ClueFinding] = {}
    for finding in findings:
        newest[finding.rule] = finding
    return list(newest.values())


def chart_of(clue: Clue, findings: list[ClueFinding]) -> dict[str, object] | None:
    """Which series the chart of a clue shows: a margin of twice its length, at least a day, on both sides."""
    if not clue.outlet_code or not clue.factor:
        return None
    margin = max(dt.timedelta(days=1), min((clue.ended - clue.began) * 2, dt.timedelta(days=7)))
    spans: list[list[float]] = []
    for began, ended in sorted((finding.began.timestamp(), finding.ended.timestamp()) for finding in findings):
        if spans and began <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], ended)
        else:
            spans.append([began, ended])
    return {
        "outlet": clue.outlet_code, "factor": clue.factor, "kind": "hour", "began": clue.began - margin, "ended": clue.ended + margin,
        "marks": json.dumps(spans),
    }


@require_POST
@desk
def clue_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Take one step; a form that cannot be read comes back with its words, a step out of order with its reasons."""
    clue = queries.clue(look.viewer, number)
    if step not in clue_acts.TAKE:
        raise BadInput("线索没有这一步")
    form = clue_forms.make(step, clue, look, request.POST, request.FILES)
    if not form.is_valid():
        return show(request, look, clue, {step: form}, 400)
    try:
        told = clue_acts.TAKE[step](clue, dict(form.cleaned_data), look)
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, look, clue, {step: form}, 400)
    messages.success(request, told)
    try:
        queries.clue(look.viewer, number)
    except NotYours:
        return redirect("desk:clues")
    return redirect("desk:clue", number=clue.number)


@require_POST
@desk
def add_papers(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """Take papers into the clue's file."""
    clue = queries.clue(look.viewer, number)
    files = clue_forms.files_of(request.FILES, "files")
    if not files:
        raise BadInput("请选择要收取的材料")
    for name, content in files:
        reporting.add_paper(clue, name=name, content=content, source=request.POST.get("source", "").strip() or look.viewer.agency.name, by=look.viewer, at=look.at)
    messages.success(request, f"已收取 {len(files)} 份材料，摘要已计算")
    return redirect("desk:clue", number=clue.number)


@require_POST
@desk
def clue_bundle(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """The sealed bundle of a clue, written and handed over in one click."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{number}.zip"
        try:
            door.seal_clue_bundle(look.viewer, number, path, at=look.at)
        except BadInput as wrong:
            messages.error(request, f"现在还不能封存：{wrong}")
            return redirect("desk:clue", number=number)
        content = path.read_bytes()
    return as_file(content, f"线索{number}证据包.zip", "application/zip", shown=False)
