"""What each step of a clue hands to which action, and what to tell the officer afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qingyuan.clock import CHINA
from qingyuan.errors import NotAllowed
from qingyuan.records.clues import actions, answers, episodes, governor, grounds, queries, remote, routing
from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.states import CLUE
from qingyuan.records.dispatch import actions as dispatch

from . import clue_forms
from .frame import Look

Given = dict[str, Any]


def assign(clue: Clue, given: Given, look: Look) -> str:
    if clue.facility is None:
        raise NotAllowed("还没有认定是哪一家污染源，不能派人入企；请先“认定污染源”")
    task = dispatch.assign(clue=clue, inspectors=list(given["inspectors"]), due_on=given.get("due_on"), by=look.viewer, at=look.at)
    return f"已派发核实任务 {task.number}，应于 {task.due_on:%Y-%m-%d} 前完成"


def merge(clue: Clue, given: Given, look: Look) -> str:
    into = queries.clue(look.viewer, given["into"])
    episodes.merge(clue, into=into, why=given["why"], by=look.viewer, at=look.at)
    return f"已并入线索 {into.number}；要还原，在 {into.number} 里“拆分”"


def split(clue: Clue, given: Given, look: Look) -> str:
    new = episodes.split(clue, findings=given["findings"], title=given["title"], why=given["why"], by=look.viewer, at=look.at)
    return f"已拆出新线索 {new.number}"


def ask(clue: Clue, given: Given, look: Look) -> str:
    request = answers.ask_firm(clue, questions=given["questions"], wanted=given["wanted"], due_at=given["due_at"], by=look.viewer, at=look.at)
    return f"已要求企业说明，{request.due_at.astimezone(CHINA):%m-%d %H:%M} 前答复；链接在“企业说明”里"


def check(clue: Clue, given: Given, look: Look) -> str:
    file = given.pop("file", None)
    remote.check_remotely(clue, **given, file=(file.name, file.read()) if file else None, by=look.viewer, at=look.at)
    return "已登记非现场核查"


def identify(clue: Clue, given: Given, look: Look) -> str:
    place = clue_forms.facility_of(look.viewer, given["facility"])
    actions.identify(clue, facility=place, why=given["why"], by=look.viewer, at=look.at)
    return f"已认定污染源：{place.name}"


def plain(step: str, action: Callable[..., object]) -> Callable[[Clue, Given, Look], str]:
    def run(clue: Clue, given: Given, look: Look) -> str:
        action(clue, **given, by=look.viewer, at=look.at)
        clue.refresh_from_db()
        return f"已{CLUE.steps[step].label}：线索 {clue.number} 现为“{clue.get_state_display()}”"

    return run


TAKE: dict[str, Callable[[Clue, Given, Look], str]] = {
    "verify": assign, "merge": merge, "split": split, "ask_firm": ask, "check_remotely": check, "identify": identify,
    **{step: plain(step, getattr(actions, step)) for step in ("accept", "dismiss", "refer", "confirm", "refute", "go_on_site", "regrade")},
    "transfer": plain("transfer", routing.transfer), "return_back": plain("return_back", routing.return_back), "release": plain("release", governor.release),
}  # fmt: skip


def reasons(clue: Clue, look: Look) -> dict[str, tuple[str, ...]]:
    """Why a step cannot be taken yet, in the words of its action, beside what the table says."""
    told: dict[str, list[str]] = {}
    if governor.is_waiting(clue):
        told["accept"] = ["在等候队列里：本单位手上的线索已到申报的核查能力；负责人可以“提前放出”"]
    if clue.state == "accepted":
        told["verify"] = [] if clue.facility_id else ["还没有认定是哪一家污染源"]
        if not grounds.ground_of(clue, look.at):
            told["verify"].append(grounds.WANTED)
    if clue.requests.filter(state="asked").exists():
        told["ask_firm"] = ["上一次要求说明还没有答复"]
    elif clue.facility is None:
        told["ask_firm"] = ["还没有认定是哪一家污染源，没有可以询问的企业"]
    return {step: (*CLUE.why_not(clue.state, step), *said) for step, said in told.items() if said}
