"""System codes ST (2017 table 5): what kind of monitoring a packet speaks of.

Classes: 10–29 environmental quality, 30–49 pollution sources, 50–69 process conditions, 91–99 system interaction.
"""

from __future__ import annotations

from typing import NamedTuple


class System(NamedTuple):
    """A system code: its Chinese name, the versions that have it, and the certainty grade of that statement."""

    name: str
    versions: tuple[int, ...]
    grade: str


_ALL, _NEW, _LATEST = (2005, 2017, 2025), (2017, 2025), (2025,)

SYSTEMS: dict[str, System] = {
    "21": System("地表水质量监测", _ALL, "A"),
    "22": System("空气质量监测", _ALL, "A"),
    "23": System("声环境质量监测", _ALL, "A"),
    "24": System("地下水质量监测", _NEW, "A"),
    "25": System("土壤质量监测", _NEW, "A"),
    "26": System("海水质量监测", _NEW, "A"),
    "27": System("挥发性有机物监测", _NEW, "A"),
    "31": System("大气环境污染源", _ALL, "A"),
    "32": System("地表水体环境污染源", _ALL, "A"),
    "33": System("地下水体环境污染源", _ALL, "A"),
    "34": System("海洋环境污染源", _ALL, "A"),
    "35": System("土壤环境污染源", _ALL, "A"),
    "36": System("声环境污染源", _ALL, "A"),
    "37": System("振动环境污染源", _ALL, "A"),
    "38": System("放射性环境污染源", _ALL, "A"),
    "39": System("工地扬尘污染源", _NEW, "A"),
    "41": System("电磁环境污染源", _ALL, "A"),
    "44": System("用电监控", _LATEST, "B"),
    "45": System("关键工况", _LATEST, "B"),
    "51": System("烟气排放过程监控", _NEW, "A"),
    "52": System("污水排放过程监控", _NEW, "A"),
    "91": System("系统交互", _ALL, "A"),
}
"""Codes seen outside the standard (99 catering fumes, 101 hydrology) are left out: they parse, with a fault."""

GAS, WATER, INTERACTION = "31", "32", "91"
