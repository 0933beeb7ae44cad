"""Words of joint work and of alerts, and the lives of an alert and of a shared clue as tables."""

from __future__ import annotations

from qingyuan.machine import step, table

AGREEMENT_KINDS = {"city": "市际", "province": "省际", "basin": "流域", "department": "部门联合", "police": "生态警务"}
DIRECTIONS = {"out": "我方发出", "in": "对方发来"}
SHARED_STATES = {"sent": "待签收", "received": "已签收", "answered": "已反馈"}
SHARED = table(
    "shared_clue",
    SHARED_STATES,
    [
        step("receive", "登记签收", "sent", "received", roles="inspector analyst leader"),
        step("answer", "登记反馈", "received", "answered", roles="inspector analyst leader"),
    ],
    initial="sent",
    final=("answered",),
)
ALERT_KINDS = {"heavy_pollution": "重污染天气", "major_event": "重大活动保障"}
ALERT_LEVELS = {"yellow": "黄色", "orange": "橙色", "red": "红色", "event": "保障期"}
ALERT_STATES = {"active": "响应中", "ended": "已解除"}
ALERT = table("alert", ALERT_STATES, [step("end", "解除响应", "active", "ended", roles="inspector analyst leader")], initial="active", final=("ended",))
CHECK_WAYS = {"power": "用电监控", "monitoring": "自动监测数据", "video": "视频监控", "on_site": "现场检查", "documents": "书面材料"}
CREDIT_GRADES = {"green": "绿（诚信）", "blue": "蓝（良好）", "yellow": "黄（警示）", "red": "红（不良）", "black": "黑（严重失信）"}
