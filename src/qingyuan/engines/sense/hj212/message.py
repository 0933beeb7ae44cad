"""A packet as values and faults; and the way back.

``parse`` never raises on content: whatever can be read is there, whatever is odd is listed, and ``raw`` is what came.
``build`` writes a packet with the right length and check code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .charset import to_text
from .commands import COMMANDS, UPLOADS_WITH_TIME
from .crc import crc16
from .faults import Fault, fault
from .frame import Frame, literal_bytes, read_frame
from .header import Header, read_header
from .keyring import KeyRing
from .parameters import read_parameters, write_parameters
from .systems import SYSTEMS
from .times import read_time


@dataclass(slots=True)
class Message:
    """One packet, read.

    ``version`` 2005, 2017, 2025 or 0 (unknown); ``cp`` the items of the data region in order, each a dict of its
    pairs with full keys (``a21026-Avg``); ``flag``, ``pnum``, ``pno`` None where absent; ``backfill`` is 2025's RF=1;
    ``encrypted`` whether the data region was cipher text that a key opened.  ``raw`` the bytes as they came.
    """

    version: int
    qn: str
    st: str
    cn: str
    pw: str
    mn: str
    flag: int | None
    pnum: int | None
    pno: int | None
    cp: list[dict[str, str]]
    faults: list[Fault]
    raw: bytes
    backfill: bool = False
    encrypted: bool = False
    crc_ok: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing at all departs from the standard."""
        return not self.faults

    def get(self, key: str, default: str = "") -> str:
        """Return the first value of a key anywhere in the data region; case counts only if both cases are there."""
        for item in self.cp:
            if key in item:
                return item[key]
        folded = key.lower()
        for item in self.cp:
            for name, value in item.items():
                if name.lower() == folded:
                    return value
        return default

    def fault_codes(self) -> set[str]:
        """The codes of all faults."""
        return {f.code for f in self.faults}


@dataclass(slots=True)
class _Opened:
    """What a key ring made of the data region."""

    text: bytes
    encrypted: bool = False
    crc_ok: bool = True
    faults: list[Fault] = field(default_factory=list)


def parse(raw: bytes, keys: KeyRing | None = None, *, version: int = 0) -> Message:
    """Read one packet.  Never raises on content.

    ``keys`` opens 2025's encrypted data regions; ``version`` overrides the hint in Flag (see versions.py).
    """
    frame = read_frame(raw)
    if frame is None:
        return Message(0, "", "", "", "", "", None, None, None, [], [fault("not_a_frame")], raw, crc_ok=False)
    return parse_frame(frame, keys, version=version)


def parse_frame(frame: Frame, keys: KeyRing | None = None, *, version: int = 0) -> Message:
    """Read one packet already framed; see parse."""
    header = read_header(frame.segment)
    if version:
        header.version = version
    opened = _open(frame, header, keys)
    faults = [*opened.faults, *header.faults]
    items = read_parameters(to_text(opened.text, faults), faults) if opened.text else []
    message = Message(
        header.version, header.qn, header.st, header.cn, header.pw, header.mn, header.flag, header.pnum, header.pno,
        items, faults, frame.raw, header.backfill, opened.encrypted, opened.crc_ok,
    )  # fmt: skip
    _check(message)
    return message


def _open(frame: Frame, header: Header, keys: KeyRing | None) -> _Opened:
    """Return the plain data region: as it stands, or deciphered when only the plain text fits the check code."""
    plain = _Opened(header.cp, crc_ok=frame.dialect == "hj212", faults=list(frame.faults))
    if frame.dialect or not header.cp or header.version not in (2025, 0):
        return plain
    cipher = literal_bytes(header.cp)
    literal = cipher is not None
    cipher = header.cp if cipher is None else cipher
    claimed = int(frame.claimed, 16)
    before = frame.segment[: frame.segment.index(b"CP=&&") + 5]
    kept = [f for f in frame.faults if f.code != "crc_wrong"]
    odd = [fault("encrypted_literal")] if literal else []
    for text in keys.openings(header.mn, cipher) if keys else ():
        if crc16(before + text + b"&&") == claimed:
            return _Opened(text, encrypted=True, faults=kept + odd)
    if literal or b"=" not in header.cp or not header.cp.isascii() and _is_binary(header.cp):
        return _Opened(b"", encrypted=True, crc_ok=False, faults=[*kept, *odd, fault("encrypted")])
    return plain


def _is_binary(region: bytes) -> bool:
    return any(byte < 32 and byte not in b"\r\n\t" for byte in region)


def _check(message: Message) -> None:
    """Append what departs from the standard in the header and the times."""
    faults = message.faults
    if not message.qn:
        message.qn = message.get("QN") if message.cp else ""
        if message.version != 2005:
            faults.append(fault("qn_missing"))
    elif len(message.qn) != 17 or read_time(message.qn) is None:
        faults.append(fault("qn_odd", message.qn[:30]))
    if message.st not in SYSTEMS:
        faults.append(fault("st_unknown", message.st[:10]) if message.st else fault("st_missing"))
    command = COMMANDS.get(message.cn)
    if command is None or (message.version and message.version not in command.versions):
        faults.append(fault("cn_unknown", message.cn[:10]) if message.cn else fault("cn_missing"))
    if not message.pw:
        faults.append(fault("pw_missing"))
    if not message.mn and not (message.cn == "1001" and message.version == 2025):
        faults.append(fault("mn_missing"))
    elif message.version and message.mn and len(message.mn) != (14 if message.version == 2005 else 24):
        faults.append(fault("mn_odd", f"{len(message.mn)}个字符"))
    if message.cn in UPLOADS_WITH_TIME and message.cp:
        _check_time(message)


def _check_time(message: Message) -> None:
    text = message.get("DataTime")
    if not text:
        if not message.get("BeginTime") and not message.get("PolId"):
            message.faults.append(fault("time_missing"))
    elif len(text) != 14 or read_time(text) is None:
        message.faults.append(fault("time_odd", text[:30]))


def build(
    *,
    qn: str = "",
    st: str,
    cn: str,
    pw: str,
    mn: str,
    flag: int | None,
    cp: str | Iterable[Mapping[str, str]] = (),
    pnum: int | None = None,
    pno: int | None = None,
    backfill: bool = False,
    key: bytes | None = None,
) -> bytes:
    """Return a packet with the right length and check code; the inverse of parse.

    ``qn`` "" and ``flag`` None leave the field out (2005).  With ``key`` (16 bytes) the data region is enciphered
    after length and check code are taken on the plain text (2025 §6.4).  Packets over 1024 bytes are built all the same.
    """
    text = cp if isinstance(cp, str) else write_parameters(cp)
    parts = [
        f"QN={qn};" if qn else "",
        f"ST={st};CN={cn};PW={pw};MN={mn};",
        f"Flag={flag};" if flag is not None else "",
        f"PNUM={pnum};PNO={pno};" if pnum is not None and pno is not None else "",
        "RF=1;" if backfill else "",
        "CP=&&",
    ]
    before, region = "".join(parts).encode(), text.encode()
    segment = before + region + b"&&"
    code = b"%04X\r\n" % crc16(segment)
    if key is not None:
        segment = before + KeyRing.encipher(key, region) + b"&&"
    return b"##%04d" % len(segment) + segment + code
