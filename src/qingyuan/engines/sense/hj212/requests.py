"""What a host may ask of a device: one function per command of 2017 Appendix C, 2025's and 2005's additions.

Each returns a Request with the data region the standard prints; a value outside the standard's range is refused here
(BadInput), before it reaches a logger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from qingyuan.errors import BadInput

from .commands import COMMANDS, NOTICE
from .times import write_time

Items = tuple[Mapping[str, str], ...]
MINUTE_INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
"""MinInterval: one of these minutes (2017 table 4)."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command and its data region.  With ``sets_clock`` SystemTime is put in at the moment of sending."""

    cn: str
    items: Items = ()
    sets_clock: bool = False

    @property
    def is_notice(self) -> bool:
        """Whether it is answered by 9013 alone."""
        return COMMANDS[self.cn].down == NOTICE

    def region(self, at: dt.datetime) -> Items:
        """The items as they go out at this moment."""
        return (*self.items, {"SystemTime": write_time(at)}) if self.sets_clock else self.items

    def check_version(self, version: int) -> None:
        """Raise BadInput when that version of the standard has no such command."""
        known = COMMANDS[self.cn]
        if version not in known.versions:
            have = "、".join(str(v) for v in known.versions)
            raise BadInput(f"{version}版没有命令{self.cn}（{known.name}），有此命令的是{have}版", field="cn")


def _within(name: str, value: int, low: int, high: int, where: str) -> str:
    if not low <= value <= high:
        raise BadInput(f"{name}应为{low}至{high}，现为{value}（{where}）", field=name)
    return str(value)


def _about(factor: str) -> Items:
    return ({"PolId": factor},) if factor else ()


def set_timeouts(over_time: int, re_count: int) -> Request:
    """C.1: how long the device waits for an answer (s, 1…99) and how often it sends again (1…99)."""
    return Request(
        "1000",
        (
            {"OverTime": _within("OverTime", over_time, 1, 99, "HJ 212-2017 表4")},
            {"ReCount": _within("ReCount", re_count, 1, 99, "HJ 212-2017 表4")},
        ),
    )


def read_clock(factor: str = "") -> Request:
    """C.2: the clock of an instrument, or of the logger when no factor is named."""
    return Request("1011", _about(factor))


def set_clock(factor: str = "") -> Request:
    """C.3: set that clock to the time of sending."""
    return Request("1012", _about(factor), sets_clock=True)


def read_real_time_interval() -> Request:
    """C.5."""
    return Request("1061")


def set_real_time_interval(seconds: int) -> Request:
    """C.6: 30…3600 s."""
    return Request("1062", ({"RtdInterval": _within("RtdInterval", seconds, 30, 3600, "HJ 212-2017 表4")},))


def read_minute_interval() -> Request:
    """C.7."""
    return Request("1063")


def set_minute_interval(minutes: int) -> Request:
    """C.8: one of 1 2 3 4 5 6 10 12 15 20 30 min."""
    if minutes not in MINUTE_INTERVALS:
        allowed = "、".join(map(str, MINUTE_INTERVALS))
        raise BadInput(f"MinInterval应为{allowed}之一，现为{minutes}（HJ 212-2017 表4）", field="MinInterval")
    return Request("1064", ({"MinInterval": str(minutes)},))


def set_password(password: str) -> Request:
    """C.9: six characters."""
    if len(password) != 6 or not password.isascii() or not password.isalnum():
        raise BadInput("NewPW应为6位字母或数字（HJ 212-2017 表4）", field="NewPW")
    return Request("1072", ({"NewPW": password},))


def start_real_time() -> Request:
    """C.10."""
    return Request("2011")


def stop_real_time() -> Request:
    """C.11, a notice."""
    return Request("2012")


def start_facility_states() -> Request:
    """C.12."""
    return Request("2021")


def stop_facility_states() -> Request:
    """C.13, a notice."""
    return Request("2022")


def history(cn: str, began: dt.datetime, ended: dt.datetime) -> Request:
    """C.20 to C.23 and 2025's: pull 2031 day, 2041 run time, 2051 minute, 2061 hour, 2011, 2013, 2062, 2071 data.

    Both bounds are starts of periods and inclusive: the same moment twice asks for one period.
    """
    if cn not in ("2011", "2013", "2031", "2041", "2051", "2061", "2062", "2071"):
        raise BadInput(f"命令{cn}不是历史数据命令；应为2031、2041、2051、2061等", field="cn")
    if ended < began:
        raise BadInput("EndTime不应早于BeginTime", field="EndTime")
    return Request(cn, ({"BeginTime": write_time(began)}, {"EndTime": write_time(ended)}))


def calibrate(factor: str, calibration_type: int | None = None) -> Request:
    """C.30: zero and span calibration; 2025 says which (0 zero, 1 span)."""
    extra = (
        ()
        if calibration_type is None
        else ({"CalibrationType": _within("CalibrationType", calibration_type, 0, 1, "HJ 212-2025")},)
    )
    return Request("3011", (*_about(factor), *extra))


def sample_now(factor: str) -> Request:
    """C.31."""
    return Request("3012", _about(factor))


def clean(factor: str) -> Request:
    """C.32: cleaning, blow-back."""
    return Request("3013", _about(factor))


def compare(factor: str) -> Request:
    """C.33 comparison sampling.  2005 gives 3014 another meaning: do not send it there."""
    return Request("3014", _about(factor))


def retain_sample() -> Request:
    """C.34: keep the sample of an exceedance; the answer tells the bottle."""
    return Request("3015")


def set_sampling_cycle(factor: str, first: str, hours: int) -> Request:
    """C.35: first sampling of the day hhmmss, then every 1…24 h."""
    if len(first) != 6 or not first.isdigit():
        raise BadInput("CstartTime应为6位时分秒（HJ 212-2017 表4）", field="CstartTime")
    return Request(
        "3016", (*_about(factor), {"CstartTime": first}, {"CTime": _within("CTime", hours, 1, 24, "HJ 212-2017 表4")})
    )


def read_sampling_cycle(factor: str) -> Request:
    """C.36."""
    return Request("3017", _about(factor))


def read_delivery_time(factor: str) -> Request:
    """C.37: minutes from sampling to result."""
    return Request("3018", _about(factor))


def read_serial_number(factor: str) -> Request:
    """C.38."""
    return Request("3019", _about(factor))


def read_information(code: str, factor: str = "", window: tuple[dt.datetime, dt.datetime] | None = None) -> Request:
    """C.41, C.43, C.45: log (with a window), state or parameter of an instrument, or of the logger."""
    bounds = () if window is None else ({"BeginTime": write_time(window[0]), "EndTime": write_time(window[1])},)
    return Request("3020", (*_about(factor), {"InfoId": code}, *bounds))


def set_parameter(code: str, value: str, factor: str = "") -> Request:
    """C.46: set one parameter of the site (codes i?3???)."""
    if not (len(code) == 6 and code[0] == "i" and code[2] == "3"):
        raise BadInput(f"{code}不是现场端参数代码，应为i13…、i23…或i33…（HJ 212-2017 表B.10）", field="InfoId")
    return Request("3021", (*_about(factor), {"InfoId": code}, {f"{code}-Info": value}))


def retain_sample_now() -> Request:
    """2025 C.62."""
    return Request("3022")


def check_standard(factor: str) -> Request:
    """2025 C.61: start an automatic check against a standard sample."""
    return Request("3024", _about(factor))


def set_mn(logger_id: str) -> Request:
    """2025 C.3: second step of activation; the new MN stands in the header."""
    return Request("1002", ({"i23005-Info": logger_id},))


def set_key(created: dt.datetime, key: str) -> Request:
    """2025 C.8: a new SM4 session key of sixteen characters."""
    if len(key) != 16 or not key.isascii() or any(c in ";,&=" for c in key):
        raise BadInput("NewSK应为16个字符，不含;,&=（HJ 212-2025 §6.4）", field="NewSK")
    return Request("1014", ({"SKCreateTime": write_time(created) + "000"}, {"NewSK": key}))


def first_connection(interval: int = 30, minutes: int = 10, *, facility_states: bool = True) -> tuple[Request, ...]:
    """What a host sends to a device on its first connection, in the standard's order (2017 §6.5)."""
    return (
        set_clock(),
        set_timeouts(10, 3),
        set_real_time_interval(interval),
        set_minute_interval(minutes),
        start_real_time(),
        start_facility_states() if facility_states else stop_facility_states(),
    )
