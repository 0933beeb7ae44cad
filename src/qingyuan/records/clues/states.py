"""The life of a clue as a table.

A clue is not a case: it is something worth a person's time.  Its end says whether the rule that found it was right.
"""

from __future__ import annotations

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
        step("verify", "开始核实", "accepted", "verified", roles="inspector"),
        step("confirm", "核实为属实", "verified", "confirmed", roles="inspector"),
        step("refute", "核实为误报", "verified accepted", "refuted", roles="inspector"),
    ],
    initial="found",
    final=("confirmed", "refuted", "dismissed", "referred", "merged", "lapsed"),
)

# What an ended clue says about the rule that found it (learn/outcomes).
OUTCOMES = {"confirmed": "confirmed", "refuted": "false_alarm", "dismissed": "false_alarm"}
FALSE_ALARM_CAUSES = {
    "calibration": "校准、维护期间数据",
    "start_stop": "启停炉（机）时段",
    "instrument_fault": "设备故障",
    "network_fault": "网络故障",
    "data_error": "数据错误",
    "lawful": "符合规定，不构成违法",
    "other": "其他（须说明）",
}
SEVERITIES = {"red": "重大", "orange": "较大", "yellow": "一般", "blue": "提示"}
SOURCES = {
    "rule": "自动监控研判", "complaint": "群众举报", "remote_sensing": "遥感", "referral": "部门移送", "superior": "上级交办", "patrol": "巡查发现",
}
