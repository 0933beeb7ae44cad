"""Four lives as tables: a campaign, a round of assistance, a problem in the ledger, a notice to a government."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import step, table

from .plan_states import another_person


def limited(_: Any, facts: Mapping[str, Any]) -> str | None:
    """A special inspection is limited in number before it is approved (国办发〔2024〕54号)."""
    return None if facts["most"] else "专项检查须限定数量：请写明最多检查多少家次"


def nothing_open(_: Any, facts: Mapping[str, Any]) -> str | None:
    """A round ends when every problem has been handed over or dropped; a campaign when every problem is closed."""
    return f"还有 {facts['open']} 个问题没有{facts['wanted']}" if facts["open"] else None


def report_written(_: Any, facts: Mapping[str, Any]) -> str | None:
    return None if facts["report"].strip() else "请写明总结：查了多少、发现什么、办到哪一步"


CAMPAIGN_STATES = {"drafted": "拟订中", "approved": "已批准", "published": "进行中", "closed": "已结束"}
CAMPAIGN = table(
    "campaign",
    CAMPAIGN_STATES,
    [
        step("approve", "批准", "drafted", "approved", another_person, limited, article="国办发〔2024〕54号", roles="leader"),
        step("publish", "公布并开始", "approved", "published", article="国办发〔2024〕54号", roles="publisher leader"),
        step("close", "结束", "published", "closed", nothing_open, report_written, roles="leader"),
    ],
    initial="drafted",
    final=("closed",),
)


def team_ready(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Two certified people at least, a leader among them, nobody at home."""
    return "；".join(facts["team"]) or None


ROUND_STATES = {"planned": "筹备中", "running": "进行中", "ended": "已结束"}
ROUND = table(
    "round",
    ROUND_STATES,
    [
        step("begin", "开始本轮", "planned", "running", team_ready, article="行政处罚法第42条", roles="inspector analyst leader"),
        step("end", "结束本轮", "running", "ended", nothing_open, roles="inspector analyst leader"),
    ],
    initial="planned",
    final=("ended",),
)


def handed_properly(_: Any, facts: Mapping[str, Any]) -> str | None:
    return None if facts["note"].strip() else "请写明交办单编号"


def proof_given(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Rectification is shown, not said."""
    return None if facts["proofs"] else "整改须附佐证材料（照片、监测报告、台账），只写文字不能报完成"


def checked_by_another(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Who reported it done does not confirm it; an outstanding problem is checked by a higher level than the one that put it right."""
    if facts["by"] == facts["rectified_by"]:
        return "报整改完成的人不能自己复核"
    return "突出问题由上一级复核" if facts["gravity"] != "ordinary" and not facts["is_higher"] else None


GRAVITIES = {"ordinary": "一般问题", "outstanding": "突出问题", "suspected": "涉嫌违法"}
PROBLEM_STATES = {"found": "待交办", "handed": "整改中", "rectified": "待复核", "closed": "已销号", "dropped": "不属实"}
PROBLEM = table(
    "problem",
    PROBLEM_STATES,
    [
        step("hand_over", "交办属地", "found", "handed", handed_properly, roles="inspector analyst leader"),
        step("drop", "认定不属实", "found", "dropped", roles="inspector analyst leader"),
        step("rectify", "报整改完成", "handed", "rectified", proof_given, roles="inspector analyst leader"),
        step("close", "复核销号", "rectified", "closed", checked_by_another, roles="inspector analyst leader"),
        step("send_back", "退回重新整改", "rectified", "handed", roles="inspector analyst leader"),
    ],
    initial="found",
    final=("closed", "dropped"),
)

NOTICE_STATES = {"sent": "待反馈", "answered": "已反馈", "closed": "已办结"}
NOTICE = table(
    "notice",
    NOTICE_STATES,
    [
        step("answer", "登记政府反馈", "sent", "answered", roles="inspector analyst leader publisher"),
        step("close", "办结", "answered", "closed", roles="leader"),
        step("urge", "反馈不到位，再次督办", "answered", "sent", roles="leader"),
    ],
    initial="sent",
    final=("closed",),
)

ROUND_MODES = {"on_site": "现场帮扶", "remote": "远程帮扶", "mobile_source": "移动源帮扶"}
TARGET_SOURCES = {
    "list": "名单", "hot_grid": "热点网格", "satellite": "遥感图斑", "drone": "无人机", "cruise": "走航", "auto_monitoring": "自动监测", "power": "用电监控",
    "complaint": "投诉举报", "risk": "风险筛查", "vehicle": "车辆检验与路检数据",
}  # fmt: skip
MEDIA = {"air": "大气", "water": "水", "waste": "固体废物", "ecology": "生态", "vehicle": "移动源", "monitoring": "监测数据", "permit": "许可", "other": "其他"}
