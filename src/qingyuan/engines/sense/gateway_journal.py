"""What the gateway noticed: alarms and comings and goings, one JSON object per line and day.

    DATA/gateway/alarms/2026-11-24.jsonl     impostors, duplicate devices, wrong passwords, garbage, a full disk …
    DATA/gateway/sessions/2026-11-24.jsonl   a device came online, went offline, and why

The journal is a convenience derived from the spool and the sockets, never evidence; evidence is the spool.  Lines are
written at most ``BURST`` times per minute for one (kind, mn, peer); what was held back is counted in the next line.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

CHINA = dt.timezone(dt.timedelta(hours=8))
BURST = 3

ALARMS: dict[str, str] = {
    "unknown_mn": "设备唯一标识未登记",
    "wrong_pw": "访问密码不符",
    "address_not_allowed": "来源地址不在该设备的白名单内",
    "impostor": "已登记设备的标识被人用错误密码或不允许的地址使用，疑似冒用",
    "duplicate_mn": "同一设备标识同时从两个地址上报",
    "crc_wrong": "校验码不符",
    "crc_dialect": "校验码用了别的算法，该设备没有登记这种算法，不予确认",
    "no_key": "数据区已加密，没有该设备可用的密钥",
    "garbage": "收到不是数据包的字节",
    "flood": "连续发送大量无法识别的字节，已断开",
    "slow": "数据包迟迟没有发完，已断开",
    "silent": "连接后没有发送任何数据包，已断开",
    "idle": "长时间没有数据，已断开",
    "deaf": "不接收应答，已断开",
    "crowded": "发送过快，已放慢接收",
    "full": "连接数已满，拒绝了新的连接",
    "disk": "缓存无法写入磁盘，停止应答",
    "damage": "缓存中有已损坏的字节",
    "clock_jump": "本机时钟跳变",
    "skew": "设备时钟偏差超过限度",
}


class Alarm(NamedTuple):
    """One line: ``at`` is aware; ``more`` counts equal lines held back before this one."""

    at: dt.datetime
    kind: str
    mn: str
    peer: str
    detail: str
    more: int = 0

    @property
    def label(self) -> str:
        """The Chinese sentence of the kind."""
        return ALARMS.get(self.kind, self.kind)


def moment(at_us: int) -> dt.datetime:
    """Microseconds since 1970 as an aware China time."""
    return dt.datetime.fromtimestamp(at_us / 1e6, CHINA)


class Journal:
    """Appends lines to the file of the day; ``flush`` writes what was said since the last flush.

    When twenty thousand devices come online at once their lines must not stand in the way of their acknowledgements:
    ``take`` costs nothing, and ``put``, which makes the text, may run in another thread.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines: list[tuple[int, dict[str, Any]]] = []
        self._said: dict[tuple[str, str, str], tuple[int, int, int]] = {}

    def write(self, at_us: int, line: dict[str, Any]) -> None:
        """Remember one line for the next flush."""
        self._lines.append((at_us, line))

    def alarm(self, at_us: int, kind: str, mn: str, peer: str, detail: str = "") -> bool:
        """Note an alarm unless the same one was noted too often this minute; true when a line was made."""
        minute = at_us // 60_000_000
        address = peer.rpartition(":")[0]
        begun, said, held = self._said.get((kind, mn, address), (minute, 0, 0))
        if begun != minute:
            begun, said = minute, 0
        if said >= BURST:
            self._said[kind, mn, address] = (begun, said, held + 1)
            return False
        self._said[kind, mn, address] = (begun, said + 1, 0)
        self.write(at_us, {"kind": kind, "mn": mn, "peer": peer, "detail": detail, "more": held})
        if len(self._said) > 100_000:
            self._said.clear()
        return True

    def flush(self) -> None:
        """Append the remembered lines to their files."""
        self.put(self.take())

    def take(self) -> list[tuple[int, dict[str, Any]]]:
        """Hand over the remembered lines, to be given to ``put``."""
        lines, self._lines = self._lines, []
        return lines

    def put(self, lines: list[tuple[int, dict[str, Any]]]) -> None:
        """Append lines to their files; a full disk loses them, never the gateway."""
        by_day: dict[str, list[str]] = {}
        for at_us, line in lines:
            at = moment(at_us).isoformat(timespec="milliseconds")
            by_day.setdefault(at[:10], []).append(json.dumps({"at": at, **line}, ensure_ascii=False))
        for day, texts in by_day.items():
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                with open(self.folder / f"{day}.jsonl", "a", encoding="utf-8") as file:
                    file.write("\n".join(texts) + "\n")
            except OSError:
                return


def alarms(data_dir: Path | str, since: dt.datetime | None = None) -> Iterator[Alarm]:
    """Every alarm noted at or after ``since`` (aware), oldest first; an unfinished last line is left for next time."""
    for line in lines_of(Path(data_dir) / "gateway" / "alarms", since):
        yield Alarm(line["at"], line["kind"], line["mn"], line["peer"], line["detail"], line["more"])


def lines_of(folder: Path, since: dt.datetime | None = None) -> Iterator[dict[str, Any]]:
    """The parsed lines of a journal folder with ``at`` as an aware datetime."""
    first = since.astimezone(CHINA).date().isoformat() if since is not None else ""
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem < first:
            continue
        with path.open(encoding="utf-8") as file:
            for text in file:
                line = _line(text, since)
                if line is not None:
                    yield line


def latest(data_dir: Path | str, since: dt.datetime, *, mn: str = "", most: int = 200) -> list[Alarm]:
    """The last ``most`` alarms (of one device) since a moment, newest first, read from the end of the journal.

    After a storm of a million lines a page still costs no more than the lines it shows.
    """
    found: list[Alarm] = []
    named = f'"mn": {json.dumps(mn, ensure_ascii=False)}' if mn else ""
    for path in sorted((Path(data_dir) / "gateway" / "alarms").glob("*.jsonl"), reverse=True):
        if path.stem < since.astimezone(CHINA).date().isoformat():
            break
        for text in _backwards(path):
            line = _line(text, since) if named in text else None
            if line is not None:
                found.append(Alarm(line["at"], line["kind"], line["mn"], line["peer"], line["detail"], line["more"]))
                if len(found) >= most:
                    return found
    return found


def _line(text: str, since: dt.datetime | None) -> dict[str, Any] | None:
    """One line with ``at`` as an aware datetime; None for one before ``since`` or not whole."""
    try:
        line: dict[str, Any] = json.loads(text)
        line["at"] = dt.datetime.fromisoformat(line["at"])
    except (ValueError, KeyError):
        return None
    return line if since is None or line["at"] >= since else None


def _backwards(path: Path, block: int = 1 << 16) -> Iterator[str]:
    """The lines of a file, the last one first, a block at a time."""
    with path.open("rb") as file:
        place, rest = file.seek(0, 2), b""
        while place > 0:
            size = min(block, place)
            place -= size
            file.seek(place)
            first, *lines = (file.read(size) + rest).split(b"\n")
            rest = first
            yield from (line.decode("utf-8", "replace") for line in reversed(lines) if line)
        if rest:
            yield rest.decode("utf-8", "replace")
