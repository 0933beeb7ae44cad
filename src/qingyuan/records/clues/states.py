"""The life of a clue as a table.

A clue is not a case: it is something worth a person's time.  Its end says whether the rule that found it was right.
"""

from __future__ import annotations

from qingyuan.law import rulebook
from qingyuan.machine import step, table

STATES = {
    "found": "待研判",
    "accepted": "已受理",
    "verified": "核实中",
    "confirmed": "属实",
    "refuted": "误报",
    "dismissed": "不予受理",
    "referred": "已移送",
    "merged": "已并入",
    "lapsed": "补传后消失",
}

CLUE = table(
    "clue",
    STATES,
    [
        step("accept", "受理", "found", "accepted", article="令30第18条", roles="analyst inspector"),
        step("dismiss", "不予受理", "found accepted", "dismissed", article="令30第18条", roles="analyst inspector"),
        step("refer", "移送", "found accepted", "referred", article="令30第17条", roles="analyst inspector leader"),
        step("merge", "并入", "found accepted", "merged", roles="analyst inspector"),
        step("lapse", "判定不再成立", "found", "lapsed"),
        step("identify", "认定污染源", "found accepted", "", article="令30第18条", roles="analyst inspector"),
        step("split", "拆分", "found accepted", "", roles="analyst inspector"),
        step("ask_firm", "要求企业说明", "found accepted", "", article="非现场核查", roles="analyst inspector"),
        step("check_remotely", "登记非现场核查", "found accepted", "", article="非现场核查", roles="analyst inspector"),
        step("go_on_site", "转现场检查", "accepted", "", roles="inspector leader"),
        step("warn", "推送预警", "found accepted", "", roles="analyst"),
        step("regrade", "调整等级", "found accepted", "", roles="analyst leader"),
        step("transfer", "转办", "found accepted", "", article="令30第17条", roles="analyst inspector leader"),
        step("return_back", "退回", "found accepted", "", article="令30第17条", roles="analyst inspector leader"),
        step("release", "提前放出", "found", "", roles="leader"),
        step("verify", "开始核实", "accepted", "verified", roles="inspector"),
        step("confirm", "核实为属实", "verified", "confirmed", roles="inspector"),
        step("refute", "核实为误报", "verified accepted", "refuted", roles="inspector"),
    ],
    initial="found",
    final=("confirmed", "refuted", "dismissed", "referred", "merged", "lapsed"),
)

# What an ended clue says about the rule that found it (learn/outcomes).
OUTCOMES = {"confirmed": "confirmed", "refuted": "false_alarm", "dismissed": "false_alarm"}
FALSE_ALARM_CAUSES: dict[str, str] = {
    key: entry["label"] for key, entry in rulebook.load().folder("clues/outcomes").items() if entry.get("is_choice")
}
TRUE_KINDS: dict[str, str] = {key: entry["label"] for key, entry in rulebook.load().folder("clues/outcomes").items() if entry["verdict"] == "true"}
SEVERITIES = {"red": "重大", "orange": "较大", "yellow": "一般", "blue": "提示"}
SOURCES: dict[str, str] = {key: entry["label"] for key, entry in rulebook.load().folder("clues/sources").items()}


def verdict_of(state: str, cause: str) -> str:
    """What an ended clue says about its rule: true, false, or "" (counts neither way: a duplicate, somebody else's)."""
    if state == "confirmed":
        return "true"
    if state not in OUTCOMES:
        return ""
    told = rulebook.load().folder("clues/outcomes").get(cause, {}).get("verdict", "false")
    return "" if told == "none" else told


UNTOLD = [key for key, entry in rulebook.load().folder("clues/outcomes").items() if entry["verdict"] == "none"]
"""Causes under which an ended clue says nothing about its rule."""

REQUESTS = {"asked": "待企业说明", "answered": "企业已说明", "accepted": "说明成立", "refused": "说明不成立", "withdrawn": "已撤回"}
REQUEST = table(
    "request",
    REQUESTS,
    [
        step("answer", "企业说明", "asked refused", "answered"),
        step("accept_answer", "认定说明成立", "answered", "accepted", roles="analyst inspector"),
        step("refuse_answer", "认定说明不成立", "answered", "refused", roles="analyst inspector"),
        step("withdraw_request", "撤回要求", "asked", "withdrawn", roles="analyst inspector"),
    ],
    initial="asked",
    final=("accepted", "withdrawn"),
)
REMOTE_WAYS = {"documents": "调阅资料", "video_call": "视频连线", "data_check": "数据核对"}
REMOTE_RESULTS = {"problem": "发现问题", "no_problem": "未发现问题", "unclear": "不能确定"}
SUPPRESSIONS = {"proposed": "待批准", "approved": "生效", "declined": "不批准", "ended": "已终止"}
SUPPRESSION = table(
    "suppression",
    SUPPRESSIONS,
    [
        step("approve_suppression", "批准抑制", "proposed", "approved", roles="leader"),
        step("decline_suppression", "不批准", "proposed", "declined", roles="leader"),
        step("end_suppression", "提前终止", "approved", "ended", roles="leader analyst"),
    ],
    initial="proposed",
    final=("declined", "ended"),
)


def sources() -> list[tuple[str, str]]:
    """Choices of the column; a function, so that a new source in the book needs no migration."""
    return list(SOURCES.items())


def causes() -> list[tuple[str, str]]:
    """Choices of the column, from the book."""
    return list(FALSE_ALARM_CAUSES.items())


def outcome_kinds() -> list[tuple[str, str]]:
    """Every outcome code of the book."""
    return [(key, entry["label"]) for key, entry in rulebook.load().folder("clues/outcomes").items()]
