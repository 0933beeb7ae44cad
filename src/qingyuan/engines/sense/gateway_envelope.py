"""The envelope of a packet: who sends what, and what answer that earns.

The gateway must write down and acknowledge tens of thousands of packets a second; it reads the header and leaves the
data region to the store.  Pure: bytes and a register in, values out.

What is owed (2017 §6.1, §6.2, App. C): 9014 for data, 9013 for a notice, 9011 with QnRtn for a refusal, nothing for
an answer; and nothing at all unless Flag says an answer is wanted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .hj212.crc import crc16
from .hj212.frame import Frame, Garbage, take_frame

_CODE = [b"%04X" % code for code in range(65536)]
_PLAIN = re.compile(rb"QN=(\d{17});ST=(\w+);CN=(\d{4});PW=([^;&]*);MN=([^;&]*);Flag=(\d{1,3});")
_FIELD = re.compile(rb"\s*([A-Za-z]+)\s*=\s*([^;&]*?)\s*(?:;|$)")
_QN_IN_CP = re.compile(rb"CP=&&\s*QN=(\d+)")

ANSWERS = frozenset({b"9011", b"9012", b"9013", b"9014"})
NOTICES = frozenset({b"1001", b"1013", b"1014", b"9015", b"9021"})


class Envelope(NamedTuple):
    """The header of one packet, as bytes; a missing field is empty.  ``flag`` is -1 when missing or no number."""

    qn: bytes
    st: bytes
    cn: bytes
    pw: bytes
    mn: bytes
    flag: int

    @property
    def wants_answer(self) -> bool:
        """Bit 0 of Flag; a packet without Flag is of 2005 and wants none."""
        return self.flag >= 0 and bool(self.flag & 1)


def split(buffer: bytearray, *, quiet: bool = False) -> list[Frame | Garbage]:
    """Take everything that is complete off the front of ``buffer``: packets and garbage in order.

    Well-formed packets are cut without copying the rest of the buffer for each; the first odd byte hands over to
    ``take_frame``, which knows all the ways of being odd.
    """
    taken: list[Frame | Garbage] = []
    whole, at = bytes(buffer), 0
    size = len(whole)
    while at + 12 <= size and whole[at : at + 2] == b"##":
        digits = whole[at + 2 : at + 6]
        if not digits.isdigit():
            break
        end = at + 6 + int(digits)
        if whole[end + 4 : end + 6] != b"\r\n" or whole[end : end + 4] != _CODE[crc16(whole[at + 6 : end])] or end - at > 1030:
            break
        taken.append(Frame(whole[at : end + 6], 6, end - at, "hj212"))
        at = end + 6
    if at:
        del buffer[:at]
    while buffer:
        one = take_frame(buffer, quiet=quiet)
        if one is None:
            break
        taken.append(one)
    return taken


def read(segment: bytes) -> Envelope:
    """Read the header of a data segment; never raises."""
    plain = _PLAIN.match(segment)
    if plain is not None:
        qn, st, cn, pw, mn, flag = plain.groups()
        return Envelope(qn, st, cn, pw, mn, int(flag))
    head, _, _ = segment.partition(b"CP=")
    fields = {name.lower(): value for name, value in _FIELD.findall(head)}
    flag = fields.get(b"flag", b"")
    qn = fields.get(b"qn", b"")
    if not qn:
        inside = _QN_IN_CP.search(segment)
        qn = inside[1] if inside else b""
    number = int(flag) if flag.isdigit() and len(flag) <= 3 else -1
    return Envelope(qn, fields.get(b"st", b""), fields.get(b"cn", b""), fields.get(b"pw", b""), fields.get(b"mn", b""), number)


def frame(segment: bytes) -> bytes:
    """Put length, check code and line end round a data segment."""
    return b"##%04d%b%b\r\n" % (len(segment), segment, _CODE[crc16(segment)])


def acknowledgement(said: Envelope) -> bytes:
    """9014 for data, 9013 for a notice, b"" when nothing is owed.  Version bits of Flag are kept, reply wanted is not."""
    if not said.wants_answer or said.cn in ANSWERS:
        return b""
    return _answer(said, b"9013" if said.cn in NOTICES else b"9014", b"")


def refusal(said: Envelope, qn_rtn: int) -> bytes:
    """9011 with QnRtn (2017 table 6: 3 password, 4 MN, 9 check code), b"" when no answer is wanted."""
    if not said.wants_answer or said.cn in ANSWERS:
        return b""
    return _answer(said, b"9011", b"QnRtn=%d" % qn_rtn)


def _answer(said: Envelope, cn: bytes, cp: bytes) -> bytes:
    flag = said.flag & ~3
    if flag == 0:  # 2005: the request's QN goes into the data region (domain: 2005 differences)
        cp = b"QN=%b%b%b" % (said.qn, b";" if cp else b"", cp)
        return frame(b"ST=91;CN=%b;PW=%b;MN=%b;Flag=0;CP=&&%b&&" % (cn, said.pw, said.mn, cp))
    return frame(b"QN=%b;ST=91;CN=%b;PW=%b;MN=%b;Flag=%d;CP=&&%b&&" % (said.qn, cn, said.pw, said.mn, flag, cp))
