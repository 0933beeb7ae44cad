"""Command codes CN of the three versions (2017 table 6, 2025 §6.6, 2005 as reconstructed).

``down`` is host to device, ``up`` device to host.  Kinds: a *request* is answered 9011, data if any, then 9012 (2017
§6.1.1); an *upload* is answered 9014 when Flag wants it; a *notice* is answered 9013.  Grades: A read in the
official 2017 text; B 2025 as quoted by several people from the official text; C 2005, reconstructed from code and
frames of its time; U unverified.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command code: name, kind when sent down, kind when sent up ("" = not sent that way), version → grade."""

    name: str
    down: str
    up: str
    versions: dict[int, str]


_ALL = {2005: "C", 2017: "A", 2025: "B"}
_NEW = {2017: "A", 2025: "B"}
_2005, _2017, _2025 = {2005: "C"}, {2017: "A"}, {2025: "B"}
_DROPPED = {2017: "A", 2025: "U"}  # in 2017; absent from 2025's examples, its command table not seen

REQUEST, UPLOAD, NOTICE, REPLY = "request", "upload", "notice", "reply"

COMMANDS: dict[str, Command] = {
    "1000": Command("设置超时时间及重发次数", REQUEST, "", _ALL),
    "1001": Command("上传数采仪硬件标识（2005：设置报警时间）", REQUEST, NOTICE, {2005: "C", 2025: "B"}),
    "1002": Command("设置数采仪设备唯一标识", REQUEST, "", _2025),
    "1011": Command("提取现场机时间", REQUEST, UPLOAD, _ALL),
    "1012": Command("设置现场机时间", REQUEST, "", _ALL),
    "1013": Command("现场机时间校准请求", "", NOTICE, _NEW),
    "1014": Command("更新会话密钥", REQUEST, NOTICE, _2025),
    "1021": Command("提取污染物报警门限值", REQUEST, UPLOAD, _2005),
    "1022": Command("设置污染物报警门限值", REQUEST, "", _2005),
    "1031": Command("提取上位机地址", REQUEST, UPLOAD, _2005),
    "1032": Command("设置上位机地址", REQUEST, "", _2005),
    "1041": Command("提取数据上报时间", REQUEST, UPLOAD, _2005),
    "1042": Command("设置数据上报时间", REQUEST, "", _2005),
    "1061": Command("提取实时数据间隔", REQUEST, UPLOAD, _ALL),
    "1062": Command("设置实时数据间隔", REQUEST, "", _ALL),
    "1063": Command("提取分钟数据间隔", REQUEST, UPLOAD, _NEW),
    "1064": Command("设置分钟数据间隔", REQUEST, "", _NEW),
    "1072": Command("设置现场机访问密码", REQUEST, "", _ALL),
    "2011": Command("污染物实时数据", REQUEST, UPLOAD, _ALL),
    "2012": Command("停止察看实时数据", NOTICE, "", _ALL),
    "2013": Command("周期性监测原始数据", REQUEST, UPLOAD, _2025),
    "2021": Command("污染治理设施运行状态", REQUEST, UPLOAD, _ALL),
    "2022": Command("停止察看设施运行状态", NOTICE, "", _ALL),
    "2031": Command("污染物日历史数据", REQUEST, UPLOAD, _ALL),
    "2041": Command("设施运行时间日历史数据", REQUEST, UPLOAD, _ALL),
    "2051": Command("污染物分钟数据", REQUEST, UPLOAD, _ALL),
    "2052": Command("噪声单次测量数据", "", UPLOAD, _2025),
    "2061": Command("污染物小时数据", REQUEST, UPLOAD, _ALL),
    "2062": Command("自动标样核查、校准结果", REQUEST, UPLOAD, _2025),
    "2071": Command("污染物报警记录", REQUEST, UPLOAD, _2005),
    "2072": Command("上传报警事件", "", UPLOAD, _2005),
    "2081": Command("上传数采仪开机时间", "", UPLOAD, _NEW),
    "2111": Command("焚烧炉炉膛温度五分钟均值", "", UPLOAD, _2025),
    "3011": Command("零点校准、量程校准", REQUEST, "", _ALL),
    "3012": Command("即时采样", REQUEST, "", _ALL),
    "3013": Command("启动清洗、反吹（2005：设备操作）", REQUEST, "", _ALL),
    "3014": Command("比对采样（2005：设置采样时间）", REQUEST, "", {2005: "C", **_DROPPED}),
    "3015": Command("超标留样", REQUEST, UPLOAD, _DROPPED),
    "3016": Command("设置采样时间周期", REQUEST, "", _DROPPED),
    "3017": Command("提取采样时间周期", REQUEST, UPLOAD, _DROPPED),
    "3018": Command("提取出样时间", REQUEST, UPLOAD, _NEW),
    "3019": Command("提取设备唯一标识", REQUEST, UPLOAD, _NEW),
    "3020": Command("提取现场机信息", REQUEST, UPLOAD, _NEW),
    "3021": Command("设置现场机参数", REQUEST, "", _NEW),
    "3022": Command("即时留样", REQUEST, "", _2025),
    "3024": Command("启动自动标样核查", REQUEST, "", _2025),
    "9011": Command("请求应答", "", REPLY, _ALL),
    "9012": Command("执行结果", "", REPLY, _ALL),
    "9013": Command("通知应答", REPLY, REPLY, _ALL),
    "9014": Command("数据应答", REPLY, REPLY, _ALL),
    "9015": Command("心跳", "", NOTICE, _2025),
}

QUERIES_WITH_DATA = frozenset(
    ("1011", "1021", "1031", "1041", "1061", "1063", "2013", "2031", "2041", "2051", "2061", "2062", "2071")
    + ("3015", "3017", "3018", "3019", "3020")
)
"""Requests between whose 9011 and 9012 data are expected (2017 Appendix C)."""

UPLOADS_WITH_TIME = frozenset(
    ["2011", "2013", "2021", "2031", "2041", "2051", "2052", "2061", "2062", "2072", "2081", "2111"]
)
"""Uploads that say nothing without a DataTime."""

KIND_OF = {
    "2011": "real", "2021": "real", "2051": "minute", "2061": "hour", "2031": "day", "2041": "day",
    "2013": "cycle", "2052": "single", "2062": "check", "2111": "five_minutes",
}  # fmt: skip
"""The averaging that an upload's values have; DataTime is the start of the period (2017 Appendix C notes)."""

EXE_RTN = {
    1: "执行成功",
    2: "执行失败，但不知道原因",
    3: "命令请求条件错误",
    4: "通讯超时",
    5: "系统繁忙不能执行",
    6: "系统故障",
    100: "没有数据",
}
"""ExeRtn of 9012 (2017 table 4 and annex); 2005 had 1, 2, 100 and perhaps 3 (grade C)."""

QN_RTN = {
    1: "准备执行请求",
    2: "请求被拒绝",
    3: "PW错误",
    4: "MN错误",
    5: "ST错误",
    6: "Flag错误",
    7: "QN错误",
    8: "CN错误",
    9: "CRC校验错误",
    100: "未知错误",
}
"""QnRtn of 9011 (2017 table 4 and annex); 2005 had 1 to 3 (grade C)."""

MARKS = {
    "N": "在线监控（监测）仪器仪表工作正常",
    "F": "在线监控（监测）仪器仪表停运",
    "M": "在线监控（监测）仪器仪表处于维护期间产生的数据",
    "S": "手工输入的设定值",
    "D": "在线监控（监测）仪器仪表故障",
    "C": "在线监控（监测）仪器仪表处于校准状态",
    "T": "在线监控（监测）仪器仪表采样数值超过测量上限",
    "B": "在线监控（监测）仪器仪表与数采仪通讯异常",
}
"""Data marks (2017 table 8, grade A, declared extensible); whether 2025 adds letters is unverified (U)."""

MARKS_SEEN = {
    "P": "电源故障",
    "H": "超过量程上限",
    "L": "低于量程下限",
}
"""Letters outside the table in use by 2005-era and air-quality senders (grade W: seen, no source of law)."""

FACILITY_STATES = {0: "关闭", 1: "运行", 2: "校准", 3: "维护", 4: "报警", 5: "反吹"}
"""SBn-RS (2017 table 4)."""
