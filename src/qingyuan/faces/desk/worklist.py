"""The first screen: my work, the most urgent legal clock first, and why it is mine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qingyuan.records.cases import queries as cases
from qingyuan.records.cases.models import Case
from qingyuan.records.cases.states import CASE
from qingyuan.records.clues import governor, timing
from qingyuan.records.clues import queries as clues
from qingyuan.records.clues.yields import BY
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.publish import queries as publish
from qingyuan.records.registry.models import Officer

from . import case_forms, clocks, yields
from .frame import Look, desk

MOST = 200  # rows looked at per kind; a list longer than that is worked off from its own page
GRAVITY = {"red": 1, "orange": 2, "yellow": 3, "blue": 4}  # among things due on one day: what has no grade (a task, a case) first
YIELDS = 8  # lines of the funnel on the first screen
SHOWN = 40  # rows of the table; the rest is worked off once these are done
KINDS = {"clue": "线索", "task": "检查", "case": "案件", "release": "公示"}


@dataclass(frozen=True)
class Work:
    """One row: what, where, until when by which clock, and what is to be done."""

    kind: str
    number: str
    title: str
    place: str
    state: str
    state_label: str
    due_on: dt.date | None
    clock: str
    next_step: str
    url: str
    severity: str = ""

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]


@desk
def worklist(request: HttpRequest, look: Look) -> HttpResponse:
    """Everything that waits for this person, with the figures of the division beside it."""
    everything = my_work(look.viewer, look.today)
    kind = request.GET.get("kind", "")
    rows = [work for work in everything if not kind or work.kind == kind]
    part = request.htmx and not request.htmx.boosted
    kinds = [(name, label, sum(w.kind == name for w in everything)) for name, label in KINDS.items()]
    context = {
        "rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "kind": kind, "kinds": kinds, "is_capped": any(count >= MOST for _, _, count in kinds),
        "all": len(everything), "today": look.today, "at": look.at,
    }
    if part:
        return render(request, "desk/_work_table.html", context)
    return render(request, "desk/worklist.html", {**context, **figures(look, everything, request.GET.get("yield", "rule"))})


def my_work(viewer: Officer, today: dt.date) -> list[Work]:
    """Tasks, clues, cases and publications that this person can move, soonest due first."""
    rows = [*tasks(viewer), *my_clues(viewer), *my_cases(viewer, today), *releases(viewer)]
    return sorted(rows, key=lambda work: (work.due_on or dt.date.max, GRAVITY.get(work.severity, 0), work.number))


def tasks(viewer: Officer) -> list[Work]:
    return [
        Work(
            "task", task.number, task.reason, task.facility.name, task.state, task.get_state_display(), task.due_on, "检查任务的完成期限",
            "到场检查" if task.state == "issued" else "笔录、结论", reverse("desk:task", args=[task.number]),
        )
        for task in dispatch.open_tasks(viewer)[:MOST]
    ]


def my_clues(viewer: Officer) -> list[Work]:
    """Clues nobody has taken, for those who may; and those this person took."""
    if not viewer.has_role("analyst", "inspector"):
        return []
    mine = list(clues.open_clues(viewer).filter(Q(state="found") | Q(state="accepted", handler=viewer))[:MOST])
    running = timing.running(mine)
    return [
        Work(
            "clue", clue.number, clue.title, clue.facility.name if clue.facility else clue.place, clue.state, clue.get_state_display(), clue.due_on,
            "；".join(["线索初步审查（令30第18条）", *running.get(clue.pk, ())]), "研判" if clue.state == "found" else "派人核实", reverse("desk:clue", args=[clue.number]), clue.severity,
        )
        for clue in mine
    ]


def my_cases(viewer: Officer, today: dt.date) -> list[Work]:
    """Cases in a state that somebody in this person's post moves on."""
    states = {state for step in CASE.steps.values() if viewer.has_role(*step.roles) for state in step.sources}
    states |= {state for noted in case_forms.NOTES.values() if viewer.has_role(*noted.roles) for state in noted.states}
    rows = []
    for case in cases.open_cases(viewer).filter(state__in=states)[:MOST]:
        if not is_mine(viewer, case):
            continue
        clock = clocks.nearest_of_ours(case, today)
        due_on, why = (clock.due.due_on, f"{clock.label}（{clock.due.citation}）") if clock else (None, "")
        rows.append(Work(
            "case", case.number, case.name, case.facility.name, case.state, case.get_state_display(), due_on, why, next_of(viewer, case),
            reverse("desk:case", args=[case.pk]),
        ))
    return rows


def is_mine(viewer: Officer, case: Case) -> bool:
    """An inspector sees the cases they investigate; the other posts see the cases of their division."""
    if viewer.has_role("reviewer", "legality_reviewer", "leader", "publisher"):
        return bool(next_of(viewer, case)) or case.investigators.filter(pk=viewer.pk).exists()
    return case.investigators.filter(pk=viewer.pk).exists()


# the step an ordinary case takes next from each state; everything else is an exception
FORWARD = {
    "filed": "conclude", "suspended": "resume", "investigated": "pass_review", "reviewed": "give_notice", "notified": "settle_notice", "answered": "decide",
    "decided": "serve_decision", "served": "perform", "in_court": "enforce", "performed": "close", "annulled": "close", "withdrawn": "close", "terminated": "close",
}


def next_of(viewer: Officer, case: Case) -> str:
    """What this person's post has to do now, by the table; "" when it is somebody else's move."""
    said = []
    step = CASE.steps.get(FORWARD.get(case.state, ""))
    if step is not None and viewer.has_role(*step.roles):
        said.append(step.label)
    said += [noted.label for noted in case_forms.NOTES.values() if noted.is_duty and case.state in noted.states and viewer.has_role(*noted.roles) and noted.shows(case)]
    return "、".join(said[:2])


def releases(viewer: Officer) -> list[Work]:
    if not viewer.has_role("publisher", "leader"):
        return []
    return [
        Work(
            "release", row.case.number, row.title, row.case.facility.name, row.state, row.get_state_display(), row.due_on, "决定公开的期限（行政处罚法第48条）",
            "核对后公开", reverse("desk:case", args=[row.case_id]) + "#publish",
        )
        for row in publish.releases(viewer).filter(state="drafted").exclude(drafted_by=viewer)[:MOST]
    ]


def figures(look: Look, rows: list[Work], by: str) -> dict[str, object]:
    """The strip of figures: urgency of my work; and the funnel of ninety days with what a true clue cost."""
    since = look.today - dt.timedelta(days=90)
    lines, whole = yields.table(look, by if by in BY else "rule", since)
    soon = look.today + dt.timedelta(days=3)
    found = clues.open_clues(look.viewer).filter(state="found")
    return {
        "late": sum(w.due_on is not None and w.due_on < look.today for w in rows),
        "soon": sum(w.due_on is not None and look.today <= w.due_on <= soon for w in rows),
        "untriaged": clues.capped_count(found), "open_cases": cases.open_cases(look.viewer).count(),
        "yield_rows": lines[:YIELDS], "yield_more": max(0, len(lines) - YIELDS), "whole": whole, "by": by if by in BY else "rule", "groups": BY.items(), "since": since,
        "load": governor.load_of(look.viewer.agency, look.at), "newest": found.order_by("-found_at")[:6], "told": timing.box(look.viewer)[:8],
    }  # fmt: skip
