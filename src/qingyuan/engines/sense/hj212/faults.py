"""What may be wrong with a packet, as values.

A bad device is a fact to be judged later, not an accident: nothing here is raised, everything is listed beside the
values that could be read.  ``code`` is stable and for machines, ``detail`` is one Chinese sentence for people.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One departure from the standard: a code out of FAULTS, and where or what."""

    code: str
    detail: str = ""


FAULTS: dict[str, str] = {
    # framing
    "garbage": "包头“##”加四位长度之外的字节",
    "not_a_frame": "不是一个完整的数据包",
    "length_repaired": "长度字段与数据段不符，按包尾和校验码认定",
    "length_and_crc": "长度字段和校验码都不符",
    "length_unpadded": "长度字段不足四位",
    "segment_long": "数据段超过1024字节",
    "crc_wrong": "校验码不符",
    "crc_dialect": "校验码用了别的算法或字节顺序",
    "crc_lower_case": "校验码用了小写",
    "line_end": "包尾不是回车换行",
    "tail_junk": "校验码与包尾之间有多余字符",
    # header
    "header_odd": "数据段头部有不认识的内容",
    "header_repeated": "数据段头部字段重复",
    "header_case": "数据段头部字段名大小写不符",
    "flag_missing": "没有Flag，按2005版处理",
    "flag_odd": "Flag不是0至255的整数",
    "version_unknown": "Flag中的版本号不认识",
    "qn_missing": "没有请求编码QN",
    "qn_odd": "请求编码QN不是17位时间",
    "st_missing": "没有系统编码ST",
    "st_unknown": "系统编码ST不在标准表中",
    "cn_missing": "没有命令编码CN",
    "cn_unknown": "命令编码CN不在该版本标准表中",
    "pw_missing": "没有访问密码PW",
    "mn_missing": "没有设备唯一标识MN",
    "mn_odd": "设备唯一标识MN的长度不符",
    "counters_missing": "Flag说有包号，但没有PNUM和PNO",
    "counters_odd": "PNUM或PNO不是有效包号",
    # data region
    "cp_missing": "没有数据区CP=&&…&&",
    "cp_unclosed": "数据区没有以&&结束",
    "cp_trailing": "数据区结束后还有内容",
    "pair_odd": "数据区中有不是“字段=值”的内容",
    "key_repeated": "同一数据项中字段重复",
    "blanks": "数据区中有多余空格",
    "text_gb18030": "文字是GB18030编码，标准为UTF-8",
    "text_unreadable": "文字既不是UTF-8也不是GB18030",
    "encrypted": "数据区已加密，没有可用的密钥",
    "encrypted_literal": "密文以{0x..}文本形式传输",
    # content
    "time_missing": "没有数据时间DataTime",
    "time_odd": "数据时间不是14位年月日时分秒",
    # packets in parts
    "part_repeated": "包号重复",
    "part_conflict": "同一包号内容不同",
    "parts_missing": "分包未收齐即超时",
}


def fault(code: str, detail: str = "") -> Fault:
    """Return a Fault of a known code; the detail defaults to the table's sentence."""
    return Fault(code, detail or FAULTS[code])
