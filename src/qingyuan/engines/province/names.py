"""Names and numbers of people and firms that do not exist."""

from __future__ import annotations

import random

SURNAMES = "李王张赵孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
GIVEN = ["明", "建国", "志强", "晓燕", "海涛", "雪梅", "立军", "文博", "春华", "国栋", "丽娜", "振宇", "秀兰", "思远", "俊杰", "玉珍", "浩然", "佳宁", "永福", "静", "磊", "敏", "宏伟", "婷", "鹏飞"]
PLACES = ["清源", "云汐", "岚州", "平江", "沙泉", "北原", "临川", "石桥", "青禾", "白水", "龙潭", "西岭", "南屏", "长渡", "金滩", "松岗", "凤台", "芦溪", "望海", "定远"]
WORDS = ["华信", "宏达", "天成", "永盛", "东方", "鑫源", "恒通", "瑞丰", "金泰", "中科", "海润", "新辉", "百川", "同德", "嘉禾", "盛和", "安和", "立信", "远大", "正阳", "合力", "九鼎", "兴业", "益丰", "科达", "明珠"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(division: str, serial: int) -> str:
    """Return an 18-character unified social credit code with its check character (GB 32100-2015)."""
    body = f"91{division[:6]}MA{serial:07d}"
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


def person(pick: random.Random) -> str:
    """Return a person's name."""
    return pick.choice(SURNAMES) + pick.choice(GIVEN)


def phone(pick: random.Random) -> str:
    """Return a telephone number of the range that is never given to anyone (199 0000 …)."""
    return f"1990000{pick.randrange(10000):04d}"
