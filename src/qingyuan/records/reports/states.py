"""The lives of what is told: a sighting, a section's warning, a hand-out and its project, an incident, a call for support.

None of them is a case, and none may be the sole basis of a penalty: what is seen from afar is a lead that somebody must check on site
(Penalty Law arts. 41, 46; 自然资发〔2023〕258号 for patches).
"""

from __future__ import annotations

from qingyuan.machine import step, table

SIGHTING_KINDS = {
    "patch": "遥感图斑", "hot_spot": "卫星火点", "uav": "无人机照片", "smoke": "铁塔视频烟火", "mobile": "走航热点", "other": "其他发现",
}
PATCH_TYPES = {
    "mining": "开矿", "industry": "工业", "tourism": "旅游", "energy": "能源", "breeding": "养殖", "house": "房屋", "road": "道路", "dump": "垃圾堆",
    "black_water": "黑臭水体", "outlet": "排口", "bare_soil": "裸土", "burning": "焚烧", "smoke": "烟火", "odour": "异味", "voc": "挥发性有机物", "other": "其他",
}

SIGHTING = table(
    "sighting",
    {"found": "待派核", "assigned": "核查中", "confirmed": "属实待整改", "rectified": "已整改待销号", "closed": "已销号", "refuted": "不属实", "lawful": "合法", "merged": "并入重复"},
    [
        step("assign", "派发核查", "found", "assigned", roles="analyst inspector leader"),
        step("confirm", "核查属实", "found assigned", "confirmed", article="行政处罚法第41、46条：须现场核实", roles="inspector analyst"),
        step("refute", "核查不属实", "found assigned", "refuted", roles="inspector analyst"),
        step("find_lawful", "核查为合法", "found assigned", "lawful", roles="inspector analyst"),
        step("merge", "并入重复发现", "found assigned", "merged", roles="inspector analyst"),
        step("rectify", "提交整改结果", "confirmed", "rectified", roles="inspector analyst"),
        step("send_back", "退回继续整改", "rectified", "confirmed", roles="leader analyst"),
        step("close", "销号", "rectified", "closed", roles="leader analyst"),
    ],
    initial="found",
    final=("closed", "refuted", "lawful", "merged"),
)

WARNING_DOUBTS = {"rain": "降雨径流", "backflow": "回流、顶托", "gate": "闸坝调度", "maintenance": "站点运维或校准", "upstream": "入境来水已超标"}
WARNING = table(
    "section_warning",
    {"found": "待复核", "confirmed": "已复核待溯源", "traced": "已溯源待交办", "handed_out": "已交办", "closed": "已办结", "excluded": "已排除"},
    [
        step("confirm", "复核确认", "found", "confirmed", roles="analyst inspector"),
        step("exclude", "排除", "found confirmed traced", "excluded", roles="analyst inspector"),
        step("trace", "溯源", "confirmed traced", "traced", roles="analyst inspector"),
        step("hand_out", "交办", "confirmed traced", "handed_out", roles="analyst leader"),
        step("close", "办结", "handed_out traced", "closed", roles="analyst leader"),
    ],
    initial="found",
    final=("closed", "excluded"),
)

HANDOUT = table(
    "handout",
    {"issued": "已交办", "accepted": "已签收", "answered": "已反馈待审核", "closed": "已办结"},
    [
        step("accept", "签收", "issued", "accepted", roles="inspector analyst leader"),
        step("answer", "反馈办理情况", "accepted", "answered", roles="inspector analyst leader"),
        step("send_back", "退回补办", "answered", "accepted", roles="leader analyst"),
        step("close", "审核办结", "answered", "closed", roles="leader analyst"),
    ],
    initial="issued",
    final=("closed",),
)

PROJECT = table(
    "project",
    {"planned": "已立项", "started": "实施中", "finished": "已完工待验收", "accepted": "已验收", "stopped": "已终止"},
    [
        step("start", "开工", "planned", "started", roles="inspector analyst leader"),
        step("finish", "完工", "started", "finished", roles="inspector analyst leader"),
        step("accept", "验收", "finished", "accepted", roles="leader analyst"),
        step("send_back", "验收不通过", "finished", "started", roles="leader analyst"),
        step("stop", "终止", "planned started", "stopped", roles="leader"),
    ],
    initial="planned",
    final=("accepted", "stopped"),
)

INCIDENT_KINDS = {"pollution": "突发污染", "fire": "火情", "weather": "重污染天气", "complaint": "群体投诉", "event": "重大活动保障", "other": "其他"}
INCIDENT = table(
    "incident",
    {"opened": "待派", "assigned": "处置中", "closed": "已结束"},
    [
        step("assign", "指派", "opened assigned", "assigned", roles="inspector analyst leader"),
        step("log", "记事", "opened assigned", ""),
        step("close", "结束", "opened assigned", "closed", roles="inspector analyst leader"),
    ],
    initial="opened",
    final=("closed",),
)

SUPPORT = table(
    "support_call",
    {"called": "求援中", "answered": "已应答", "arrived": "已到场", "closed": "已结束"},
    [
        step("answer", "应答", "called", "answered", roles="inspector analyst leader"),
        step("arrive", "到场", "answered", "arrived", roles="inspector"),
        step("close", "结束", "called answered arrived", "closed", roles="inspector analyst leader"),
    ],
    initial="called",
    final=("closed",),
)
