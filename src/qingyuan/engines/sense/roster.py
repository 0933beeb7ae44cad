"""Who may speak: the devices of the province, their passwords, where they may call from, how they compute check codes.

    DATA/dimensions/points.parquet    mn, pw and, when present, allowed and check_codes (lists of text)
    DATA/gateway/register.json        {mn: {"allowed": ["10.2.0.0/16"], "check_codes": ["modbus"]}}, goes before the table

The files are looked at again when they change.  Without a table every device is accepted and marked unknown: an
installation must not lose packets because nobody has typed in the points yet.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qingyuan.errors import BadInput

from .hj212.crc import DIALECTS
from .hj212.keyring import KeyRing

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Device:
    """One registered device.  ``pw`` empty: any password; ``allowed`` empty: from anywhere.

    ``check_codes`` are the algorithms (crc.DIALECTS) it may use beside the standard's own.
    """

    mn: str
    pw: str = ""
    allowed: tuple[Network, ...] = ()
    check_codes: tuple[str, ...] = ()

    def may_call_from(self, address: str) -> bool:
        """Whether this device may speak from ``address`` (an IP address without port)."""
        if not self.allowed:
            return True
        try:
            where = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(where in network for network in self.allowed)


@dataclass
class Roster:
    """The devices by MN.  ``is_open`` is true while there is no register at all."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    is_open: bool = True
    path: Path | None = None
    _stamp: tuple[int, ...] | None = None

    @classmethod
    def of(cls, devices: Iterable[Device]) -> Roster:
        """A register held in memory, for tests and demonstrations."""
        return cls({device.mn: device for device in devices}, is_open=False)

    @classmethod
    def load(cls, data_dir: Path | str) -> Roster:
        """The register of a data directory; open when DATA/dimensions/points.parquet is not there yet."""
        roster = cls(path=Path(data_dir) / "dimensions" / "points.parquet")
        roster.reload()
        return roster

    def reload(self) -> bool:
        """Read the files again if they have changed; true when the devices are new.  A missing table changes nothing."""
        if self.path is None:
            return False
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        more = self.path.parents[1] / "gateway" / "register.json"
        stamp = (found.st_mtime_ns, found.st_size, more.stat().st_mtime_ns if more.exists() else 0)
        if stamp == self._stamp:
            return False
        self.devices = {device.mn: device for device in read_devices(self.path, read_register(more))}
        self.is_open, self._stamp = False, stamp
        return True


def read_register(path: Path) -> dict[str, dict[str, list[str]]]:
    """What DATA/gateway/register.json says beside the table, by MN; empty when there is no such file.  BadInput when it is not that."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {mn: {name: [str(one) for one in row[name]] for name in ("allowed", "check_codes") if name in row} for mn, row in said.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadInput(f'{path} 读不出来：应为 {{设备标识: {{"allowed": ["网段"], "check_codes": ["算法"]}}}}（{error}）') from error


def read_devices(path: Path, more: Mapping[str, Mapping[str, list[str]]] | None = None) -> list[Device]:
    """The devices of a points table; BadInput when it is no Parquet file or has no mn column.  ``more``: see read_register."""
    import pyarrow.parquet as pq  # half a second that a start without a register need not wait

    try:
        table = pq.read_table(path)
        columns = [name for name in ("mn", "pw", "allowed", "check_codes") if name in table.column_names]
        rows = [row | (more or {}).get(row["mn"], {}) for row in table.select(columns).to_pylist()]
        return [Device(row["mn"], row.get("pw") or "", _networks(row.get("allowed")), _check_codes(row.get("check_codes"))) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"点位表 {path} 读不出来：应为含 mn、pw 两列的 Parquet 文件（{error}）") from error


def read_keys(data_dir: Path | str) -> KeyRing | None:
    """The SM4 session keys in DATA/keys/sm4.json ({mn: [hex, newest first]}); None when there is no such file.

    HJ 212-2025 §6.4 (grade B).  BadInput when the file is not that, or may be read by others than its owner.
    """
    path = Path(data_dir) / "keys" / "sm4.json"
    try:
        if path.stat().st_mode & 0o077:
            raise BadInput(f"密钥文件 {path} 可被他人读取；请先 chmod 600")
        said = json.loads(path.read_text(encoding="utf-8"))
        return KeyRing({mn: [bytes.fromhex(key) for key in keys] for mn, keys in said.items()})
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInput(f"密钥文件 {path} 读不出来：应为 {{设备标识: [32 位十六进制密钥, …]}}") from error


def _networks(allowed: Iterable[str] | None) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one, strict=False) for one in allowed or ())


def _check_codes(names: Iterable[str] | None) -> tuple[str, ...]:
    found = tuple(names or ())
    for name in found:
        if name not in DIALECTS:
            raise ValueError(f"没有校验算法 {name}；可用：{'、'.join(DIALECTS)}")
    return found
