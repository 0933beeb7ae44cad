"""Three lives as tables: the yearly plan, a draw, a place on the positive list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import step, table


def another_person(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Whoever drew the plan up does not approve it."""
    return "检查计划须由拟订人以外的负责人批准" if facts["by"] == facts["drawn_up_by"] else None


PLAN_STATES = {"drafted": "拟订中", "approved": "已批准", "published": "已公布"}
PLAN = table(
    "plan",
    PLAN_STATES,
    [
        step("approve", "批准计划", "drafted", "approved", another_person, article="涉企行政检查意见", roles="leader"),
        step("publish", "公布计划与频次上限", "approved", "published", article="涉企行政检查意见", roles="publisher leader"),
    ],
    initial="drafted",
    final=("published",),
)


def why_given(_: Any, facts: Mapping[str, Any]) -> str | None:
    """A redraw is recorded with its reason, and the earlier draw stays on record."""
    return None if facts["why"].strip() else "重抽须写明理由，原抽取保留在案"


DRAW_STATES = {"committed": "已承诺待抽取", "drawn": "已抽取", "published": "结果已公开", "replaced": "已被重抽替代"}
DRAW = table(
    "draw",
    DRAW_STATES,
    [
        step("run", "输入公开的随机数并抽取", "committed", "drawn", article="优化营商环境条例第54条", roles="inspector analyst leader"),
        step("publish", "公开抽查结果", "drawn", "published", article="双随机一公开意见", roles="publisher leader"),
        step("replace", "重抽", "committed drawn", "replaced", why_given, roles="inspector analyst leader"),
    ],
    initial="committed",
    final=("published", "replaced"),
)


def nothing_excludes(_: Any, facts: Mapping[str, Any]) -> str | None:
    """No ground of exclusion holds."""
    return "；".join(facts["exclusions"]) or None


def notice_is_over(_: Any, facts: Mapping[str, Any]) -> str | None:
    """The public notice has run its working days (provincial rules; Hunan: seven)."""
    return None if facts["on"] > facts["notice_ends_on"] else f"公示至{facts['notice_ends_on']}届满，次日起方可列入（湖南正面清单办法）"


def objections_answered(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Objections raised during the notice were looked into."""
    return "公示期间的异议尚未写明核查结论" if facts["objections"] and not facts["answer"] else None


POSITIVE_STATES = {"candidate": "拟列入", "noticed": "公示中", "listed": "在清单内", "suspended": "暂停适用", "removed": "已移出", "refused": "不予列入"}
POSITIVE = table(
    "positive_list",
    POSITIVE_STATES,
    [
        step("give_notice", "公示", "candidate", "noticed", nothing_excludes, article="正面清单意见", roles="inspector analyst leader"),
        step("enter", "列入清单", "noticed", "listed", nothing_excludes, notice_is_over, objections_answered, article="正面清单意见", roles="leader"),
        step("refuse", "不予列入", "candidate noticed", "refused", roles="leader"),
        step("suspend", "暂停适用", "listed", "suspended", roles="inspector analyst leader"),
        step("resume", "恢复适用", "suspended", "listed", nothing_excludes, roles="leader"),
        step("remove", "移出清单", "listed suspended", "removed", article="正面清单意见", roles="leader"),
    ],
    initial="candidate",
    final=("removed", "refused"),
)

CLASSES = {"key": "重点排污单位", "plain": "一般排污单位"}
RESULTS = {
    "none_found": "未发现问题", "corrected": "发现问题已责令改正", "filed": "发现问题已立案", "referred": "发现问题已移送",
    "refused": "不配合检查", "not_found": "查无下落", "closed": "已停产", "off_site": "以非现场检查替代",
}  # fmt: skip
WITHOUT_VISIT = ("not_found", "closed", "off_site")
OFF_SITE_WAYS = {"monitoring": "自动监测数据核查", "video": "视频监控", "power": "用电监控", "remote": "卫星、无人机遥感", "documents": "书面材料核查"}
