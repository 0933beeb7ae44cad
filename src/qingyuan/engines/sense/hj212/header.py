"""The head of the data segment: ``QN=…;ST=…;CN=…;PW=…;MN=…;Flag=…;[PNUM=…;PNO=…;][RF=1;]CP=&&`` (2017 table 2).

Read alone it costs a few microseconds and says all that an acknowledgement needs.  2005 packets may lack QN and Flag;
2025 adds RF on back-filled data.  Order and case are not insisted on; what is odd is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .charset import to_text
from .faults import Fault, fault
from .versions import IN_PARTS, version_of

NAMES = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
_BY_CASE = {name.lower(): name for name in NAMES}
_KNOWN = frozenset(NAMES)
_PLAIN = re.compile(
    rb"QN=(\w{0,20});ST=(\w+);CN=(\w+);PW=(\w*);MN=(\w*);Flag=(\d{1,2});(?:PNUM=([1-9]\d{0,7});PNO=([1-9]\d{0,7});)?CP=&&"
)
_COMMA = re.compile(r",(?=(?:QN|ST|CN|PW|MN|Flag|PNUM|PNO|RF)=)")


@dataclass(slots=True)
class Header:
    """The header of one packet.  ``cp`` are the bytes between the two ``&&``, still as they were sent.

    ``version`` is 2005, 2017, 2025 or 0; ``flag``, ``pnum`` and ``pno`` are None where absent or unreadable.
    """

    version: int = 0
    qn: str = ""
    st: str = ""
    cn: str = ""
    pw: str = ""
    mn: str = ""
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    backfill: bool = False
    cp: bytes = b""
    has_cp: bool = False
    faults: list[Fault] = field(default_factory=list)


def read_header(segment: bytes) -> Header:
    """Return the header of a data segment.  Never raises; what is missing is empty and a fault."""
    plain = _PLAIN.match(segment)
    if plain is not None and (header := _read_plain(segment, plain)) is not None:
        return header
    return _read_odd(segment)


def _read_plain(segment: bytes, head: re.Match[bytes]) -> Header | None:
    """The header as the standard writes it, in one look; None when there is a fault to be named after all."""
    qn, st, cn, pw, mn, flag, pnum, pno = head.groups()
    number = int(flag)
    version = version_of(number)
    if not segment.endswith(b"&&", head.end()) or not version or (number & IN_PARTS and pnum is None):
        return None
    of, part = (int(pnum), int(pno)) if pnum is not None else (None, None)
    if of is not None and part is not None and part > of:
        return None
    return Header(
        version, qn.decode(), st.decode(), cn.decode(), pw.decode(), mn.decode(),
        number, of, part, False, segment[head.end() : -2], True, [],
    )  # fmt: skip


def _read_odd(segment: bytes) -> Header:
    """Any header, field by field."""
    faults: list[Fault] = []
    head, opening, rest = segment.partition(b"CP=&&")
    cp = _region(rest, faults) if opening else b""
    if not opening:
        faults.append(fault("cp_missing"))
    elif head and not head.endswith(b";"):
        faults.append(fault("header_odd", "CP之前没有分号"))  # as 2017 C.19 prints it
    fields = _fields(to_text(head, faults), faults)
    get = fields.get
    header = Header(
        0, get("QN", ""), get("ST", ""), get("CN", ""), get("PW", ""), get("MN", ""),
        None, None, None, get("RF", "") == "1", cp, bool(opening), faults,
    )  # fmt: skip
    _numbers(header, fields)
    return header


def _region(rest: bytes, faults: list[Fault]) -> bytes:
    if rest.endswith(b"&&"):
        return rest[:-2]
    closing = rest.rfind(b"&&")
    if closing < 0:
        faults.append(fault("cp_unclosed"))
        return rest
    faults.append(fault("cp_trailing", to_text(rest[closing + 2 :], [])[:40]))
    return rest[:closing]


def _fields(head: str, faults: list[Fault]) -> dict[str, str]:
    fields: dict[str, str] = {}
    if "," in head and _COMMA.search(head):
        faults.append(fault("header_odd", "字段之间用了逗号"))  # as 2017 C.22 and C.48 print it
        head = _COMMA.sub(";", head)
    for part in head.split(";"):
        name, equals, value = part.partition("=")
        if name not in _KNOWN:
            if not part.strip(" ,\r\n\t"):
                continue
            known = _BY_CASE.get(name.strip().lower())
            faults.append(fault("header_case" if known and equals else "header_odd", part[:40]))
            if not known or not equals:
                continue
            name = known
        elif not equals:
            faults.append(fault("header_odd", part[:40]))
            continue
        if name in fields:
            faults.append(fault("header_repeated", name))
            continue
        fields[name] = value.strip()
    return fields


def _numbers(header: Header, fields: dict[str, str]) -> None:
    faults = header.faults
    text = fields.get("Flag")
    if text is None:
        faults.append(fault("flag_missing"))
    elif text.isascii() and text.isdigit() and int(text[:4]) < 256:
        header.flag = int(text[:4])
    else:
        faults.append(fault("flag_odd", text[:20]))
    header.version = version_of(header.flag)
    if not header.version:
        faults.append(fault("version_unknown", f"Flag={header.flag}"))
    if header.flag is not None and header.flag & IN_PARTS or "PNUM" in fields or "PNO" in fields:
        _counters(header, fields)


def _counters(header: Header, fields: dict[str, str]) -> None:
    pnum, pno = fields.get("PNUM", ""), fields.get("PNO", "")
    if not pnum and not pno:
        header.faults.append(fault("counters_missing"))
        return
    if all(n.isascii() and n.isdigit() and len(n) < 9 for n in (pnum, pno)) and 1 <= int(pno) <= int(pnum):
        header.pnum, header.pno = int(pnum), int(pno)
        return
    header.faults.append(fault("counters_odd", f"PNUM={pnum[:12]} PNO={pno[:12]}"))
