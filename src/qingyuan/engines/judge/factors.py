"""What factors are called, and which channels a facility's series are: power, furnace, parameters.

Codes are those of HJ 212-2017 (sense/hj212); names for screens are Chinese.
"""

from __future__ import annotations

NAMES = {
    "w00000": "废水流量", "w01001": "pH值", "w01010": "水温", "w01012": "悬浮物", "w01017": "五日生化需氧量", "w01018": "化学需氧量",
    "w01019": "高锰酸盐指数", "w21001": "总氮", "w21003": "氨氮", "w21011": "总磷", "w01009": "溶解氧",
    "a00000": "废气流量", "a01011": "烟气流速", "a01012": "烟气温度", "a01013": "烟气压力", "a01014": "烟气湿度", "a19001": "含氧量",
    "a21026": "二氧化硫", "a21002": "氮氧化物", "a21005": "一氧化碳", "a21024": "氯化氢", "a34013": "颗粒物", "a24088": "非甲烷总烃",
}  # fmt: skip

GAS_POLLUTANTS = ("a34013", "a21026", "a21002", "a21024", "a21005", "a24088")
WATER_POLLUTANTS = ("w01018", "w21003", "w21001", "w21011", "w01012")
POLLUTANTS = (*GAS_POLLUTANTS, *WATER_POLLUTANTS)
FURNACE = "furnace_t"  # channels of hearth thermocouples: furnace_t_upper1, furnace_t_middle1 …
RTO, BYPASS = "rto_t", "bypass_valve"  # hearth temperature of a thermal oxidiser, position of its bypass (0 shut)
POWER_TOTAL = "power_total"
PARAMETERS = {"i13001": "量程", "i13007": "截距", "i13008": "斜率", "i13009": "检出限", "kv": "速度场系数", "area": "烟道截面积", "o2ref": "基准含氧量"}
INCINERATION = ("a34013", "a21002", "a21026", "a21024", "a21005")


def chinese(factor: str) -> str:
    """Return the Chinese name of a factor, or its code."""
    of, dash, parameter = factor.partition("-")
    name = NAMES.get(of, of)
    return f"{name}{PARAMETERS.get(parameter, parameter)}" if dash else name
