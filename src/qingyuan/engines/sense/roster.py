"""Who may speak: the devices of the province, their passwords, and where they may call from.

Read from DATA/dimensions/points.parquet (mn, pw and, when present, allowed: a list of addresses or networks).  The
file is looked at again when it changes.  Without a file every device is accepted and marked unknown: an installation
must not lose packets because nobody has typed in the points yet.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qingyuan.errors import BadInput

from .hj212.keyring import KeyRing

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Device:
    """One registered device.  ``pw`` empty: any password; ``allowed`` empty: from anywhere."""

    mn: str
    pw: str = ""
    allowed: tuple[Network, ...] = ()

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
    _stamp: tuple[int, int] | None = None

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
        """Read the file again if it has changed; true when the devices are new.  A missing file changes nothing."""
        if self.path is None:
            return False
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp == self._stamp:
            return False
        self.devices = {device.mn: device for device in read_devices(self.path)}
        self.is_open, self._stamp = False, stamp
        return True


def read_devices(path: Path) -> list[Device]:
    """The devices of a points table; BadInput when it is no Parquet file or has no mn column."""
    import pyarrow.parquet as pq  # half a second that a start without a register need not wait

    try:
        table = pq.read_table(path)
        columns = [name for name in ("mn", "pw", "allowed") if name in table.column_names]
        rows = table.select(columns).to_pylist()
        return [Device(row["mn"], row.get("pw") or "", _networks(row.get("allowed"))) for row in rows]
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
