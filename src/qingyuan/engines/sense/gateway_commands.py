"""Commands to devices: the desk drops a file, the gateway sends it and writes the result beside.

    DATA/commands/inbox/<id>.json      {"id", "mn", "command", "arguments", "by", "at"}
    DATA/commands/results/<id>.json    the same, with "state", "label" (Chinese), "code", "qn", "data", "changed_at"

A file because it outlives both processes, and needs no port and no password of its own.  What may be asked is the
functions of ``hj212/requests.py``; a value outside the standard's range is refused before it reaches a logger.
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
import os
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qingyuan.errors import BadInput

from .hj212 import requests
from .hj212.host import STATES, Exchange, Host, Station
from .hj212.message import Message
from .hj212.requests import Request

COMMANDS: dict[str, str] = {
    "read_clock": "读取时间", "set_clock": "校时", "set_timeouts": "设置超时与重发", "read_real_time_interval": "读取实时间隔",
    "set_real_time_interval": "设置实时间隔", "read_minute_interval": "读取分钟间隔", "set_minute_interval": "设置分钟间隔",
    "start_real_time": "开始实时数据", "stop_real_time": "停止实时数据", "history": "调取历史数据", "calibrate": "零点量程校准", "sample_now": "即时采样",
    "clean": "清洗反吹", "compare": "比对采样", "retain_sample": "超标留样", "retain_sample_now": "立即留样", "set_sampling_cycle": "设置采样周期",
    "read_sampling_cycle": "读取采样周期", "read_delivery_time": "读取出样时间", "read_serial_number": "读取设备编号", "read_information": "读取现场信息",
    "set_parameter": "设置现场参数", "check_standard": "自动标样核查",
}  # fmt: skip
SENT_STATES = {**STATES, "offline": "设备不在线，未发送", "invalid": "命令有误，未发送", "unsent": "等待网关发送"}


def ask(data_dir: Path | str, mn: str, command: str, arguments: Mapping[str, Any] | None = None, *, by: str, at: dt.datetime, id: str = "") -> str:
    """Leave a command for the gateway; returns its id.  BadInput when there is no such command or a value is out of range.

    ``arguments`` are those of the function in hj212/requests.py, times as ISO 8601 text.  With an ``id`` of the caller's
    (letters and digits) the command is left once, however often it is asked: a retry after a crash sends nothing twice.
    """
    request_of(command, arguments or {})
    if id and not (id.isalnum() and id.isascii() and len(id) <= 64):
        raise BadInput("命令编号只能由字母和数字组成，不超过 64 个字符", field="id")
    before = result(data_dir, id) if id else None
    if before is not None:
        if (before["mn"], before["command"], before["arguments"]) != (mn, command, dict(arguments or {})):
            raise BadInput(f"编号 {id} 已用于另一条命令；同一编号只能重复同一条命令", field="id")
        return id
    name = id or uuid.uuid4().hex
    order = {"id": name, "mn": mn, "command": command, "arguments": dict(arguments or {}), "by": by, "at": at.isoformat()}
    _write(Path(data_dir) / "commands" / "inbox", name, order)
    return name


def result(data_dir: Path | str, name: str) -> dict[str, Any] | None:
    """What has become of a command; state "unsent" while the gateway has not taken it, None when nobody asked."""
    folder = Path(data_dir) / "commands"
    if not name.isalnum():
        return None
    for path, more in ((folder / "results" / f"{name}.json", {}), (folder / "inbox" / f"{name}.json", {"state": "unsent", "label": SENT_STATES["unsent"]})):
        try:
            return {**json.loads(path.read_text(encoding="utf-8")), **more}
        except (FileNotFoundError, ValueError):
            continue
    return None


def recent(data_dir: Path | str, mn: str, most: int = 20) -> list[dict[str, Any]]:
    """The last commands to a device, newest first."""
    paths = sorted((Path(data_dir) / "commands" / "results").glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)[:500]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [one for one in found if one["mn"] == mn][:most]


def request_of(command: str, arguments: Mapping[str, Any]) -> Request:
    """The request that (command, arguments) means; BadInput says what is wrong."""
    if command not in COMMANDS:
        raise BadInput(f"没有命令 {command}；可用：{'、'.join(COMMANDS)}", field="command")
    function: Callable[..., Request] = getattr(requests, command)
    known = inspect.signature(function).parameters
    values: dict[str, Any] = {}
    for name, value in arguments.items():
        if name not in known:
            raise BadInput(f"命令“{COMMANDS[command]}”没有参数 {name}；它的参数是 {'、'.join(known) or '（无）'}", field=name)
        values[name] = _value(str(known[name].annotation), name, value)
    missing = [n for n, p in known.items() if p.default is inspect.Parameter.empty and n not in values]
    if missing:
        raise BadInput(f"命令“{COMMANDS[command]}”缺少参数 {'、'.join(missing)}", field=missing[0])
    return function(**values)


def _value(annotation: str, name: str, value: Any) -> Any:
    try:
        if annotation == "dt.datetime":
            return dt.datetime.fromisoformat(value)
        if annotation.startswith("int"):
            return int(value)
        if annotation.startswith("tuple"):
            return tuple(dt.datetime.fromisoformat(one) for one in value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"参数 {name} 读不出来：{value}", field=name) from error
    return str(value)


def _write(folder: Path, name: str, said: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{name}.tmp"
    aside.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, folder / f"{name}.json")


@dataclass
class _Line:
    host: Host
    orders: deque[dict[str, Any]] = field(default_factory=deque)
    told: str = ""


class Commands:
    """The gateway's side: takes orders from the inbox, keeps one exchange per device on its way, writes results.

    ``send(mn, raw)`` writes to the device and says whether it is online; ``station(mn)`` says how to address it.
    ``ended`` is called with (mn, exchange) for each exchange that is over.
    """

    def __init__(
        self, data_dir: Path, send: Callable[[str, bytes], bool], station: Callable[[str], Station | None], ended: Callable[[str, Exchange], None]
    ) -> None:
        self.inbox, self.results = data_dir / "commands" / "inbox", data_dir / "commands" / "results"
        self.send, self.station, self.ended = send, station, ended
        self.lines: dict[str, _Line] = {}

    def poll(self, at: dt.datetime) -> None:
        """Take what lies in the inbox and let time pass for what is on its way; to be called about twice a second."""
        for path in sorted(self.inbox.glob("*.json")):
            try:
                order = json.loads(path.read_text(encoding="utf-8"))
                request = request_of(order["command"], order["arguments"])
                self.order(str(order["mn"]), request, at, order)
            except (BadInput, ValueError, KeyError, TypeError) as error:
                said = {"id": path.stem, "mn": "", "command": "", "state": "invalid", "label": f"{SENT_STATES['invalid']}：{error}"}
                _write(self.results, path.stem, {**said, "changed_at": at.isoformat()})
            path.unlink(missing_ok=True)
        for mn in list(self.lines):
            line = self.lines[mn]
            again = line.host.tick(at)
            if again:
                self.send(mn, again)
            self._note(mn, line, at)

    def order(self, mn: str, request: Request, at: dt.datetime, order: dict[str, Any] | None = None) -> bool:
        """Send ``request`` now or after what is on its way; false when the device is offline or knows no such command."""
        told = order or {"id": "", "mn": mn}
        line = self.lines.get(mn)
        station = self.station(mn)
        if station is None:
            self._tell(told, at, "offline", SENT_STATES["offline"])
            return False
        if line is None:
            line = self.lines[mn] = _Line(Host(station))
        try:
            raw = line.host.ask(request, at)
        except BadInput as error:
            self._tell(told, at, "invalid", str(error))
            return False
        line.orders.append(told)
        if raw:
            self.send(mn, raw)
        else:
            self._tell(told, at, "waiting", STATES["waiting"])
        self._note(mn, line, at)
        return True

    def receive(self, mn: str, message: Message, at: dt.datetime) -> None:
        """A packet of a device with a command on its way."""
        line = self.lines.get(mn)
        if line is not None:
            following = line.host.receive(message, at)
            if following:
                self.send(mn, following)
            self._note(mn, line, at)

    def _note(self, mn: str, line: _Line, at: dt.datetime) -> None:
        """Write down every exchange that moved or ended."""
        for exchange in line.host.finished:
            order = line.orders.popleft()
            self._tell(order, at, exchange.state, exchange.reason, exchange)
            self.ended(mn, exchange)
        line.host.finished.clear()
        current = line.host.current
        if current is None:
            del self.lines[mn]
        elif current.state != line.told and line.orders:
            line.told = current.state
            self._tell(line.orders[0], at, current.state, current.reason, current)

    def _tell(self, order: dict[str, Any], at: dt.datetime, state: str, label: str, exchange: Exchange | None = None) -> None:
        if not order["id"]:
            return
        said = {**order, "state": state, "label": label, "changed_at": at.isoformat()}
        if exchange is not None:
            said |= {"code": exchange.code, "qn": exchange.qn, "sent_times": exchange.sent_times, "data": [m.cp for m in exchange.data[:50]]}
        _write(self.results, order["id"], said)
