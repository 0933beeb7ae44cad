"""Whether the party must be told that it may ask for a hearing (行政处罚法第六十三条).

The line for a "larger fine" is set by decree 30 of 2023, art. 89, and by the provinces; it is data with a grade.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.errors import BadInput

from .given import PARTY_KINDS, PenaltyInput
from .matrix import Benchmark
from .working import Step, yuan

KINDS = {
    "suspend_production": "责令停产整治",
    "suspend_business": "责令停产停业",
    "restrict_production": "限制生产",
    "close_down": "责令关闭",
    "revoke_permit": "吊销许可证件",
    "downgrade_qualification": "降低资质等级",
    "ban_application": "一定时期内不得申请许可",
    "restrict_occupation": "限制或者禁止从业",
    "confiscate": "没收较大数额违法所得或者非法财物",
    "correct": "责令改正",
    "restore": "责令恢复原状",
    "demolish": "责令拆除",
    "stop_construction": "责令停止建设",
    "substitute_performance": "代为处置（代履行）",
    "detention": "移送公安机关行政拘留",
}


def _holds(version: Mapping[str, Any], day: dt.date) -> bool:
    begins, ends = version.get("valid_from"), version.get("valid_to")
    return (not begins or dt.date.fromisoformat(str(begins)) <= day) and (not ends or day <= dt.date.fromisoformat(str(ends)))


@dataclass(frozen=True)
class Hearing:
    """``required`` and the sentence that says why or why not, with its article."""

    required: bool
    reason: str
    step: Step


def hearing(given: PenaltyInput, amount_yuan: int, province: Benchmark, national: Benchmark) -> Hearing:
    """Compare the fine with the province's line (the lower of local and national) and look at the other penalties."""
    line, source = _line(given.party_kind, given.decided_on, province, national)
    citation = f"penalty_law:63、{source['citation']}"
    heavy = [kind for kind in given.other_kinds if kind in national.hearing["kinds"]]
    who = PARTY_KINDS[given.party_kind]
    if heavy:
        names = "、".join(KINDS.get(kind, kind) for kind in heavy)
        reason, required = f"拟同时作出{names}，应当告知听证权利（行政处罚法第六十三条）", True
    elif amount_yuan >= line:
        reason, required = f"罚款{yuan(amount_yuan)}，达到对{who}较大数额罚款的 {yuan(line)}，应当告知听证权利（行政处罚法第六十三条）", True
    else:
        reason, required = f"罚款{yuan(amount_yuan)}，未达到对{who}较大数额罚款的 {yuan(line)}（行政处罚法第六十三条）", False
    graded = f"；听证线可信度 {source['grade']}，上线前请核对本地规定" if source["grade"] not in ("A",) else ""
    return Hearing(required, reason, Step("听证", reason + graded, "应当告知" if required else "不必告知", citation))


def _line(party_kind: str, day: dt.date, province: Benchmark, national: Benchmark) -> tuple[int, dict[str, Any]]:
    """The lowest line of the place and the state in force on the day of the decision."""
    known = [version for page in (province, national) for version in (page.hearing, *page.hearing.get("before", ())) if _holds(version, day)]
    lines = [dict(version) for version in known if version.get(party_kind) is not None]
    if not lines:
        raise BadInput(f"决定日 {day} 没有收录对{PARTY_KINDS[party_kind]}较大数额罚款的规定（行政处罚法第六十三条）", field="decided_on")
    chosen = min(lines, key=lambda page: page[party_kind])
    return int(chosen[party_kind]), chosen
