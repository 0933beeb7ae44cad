"""The envelope of a packet: who sends what, and what answer that earns.

The gateway must write down and acknowledge tens of thousands of packets a second; it reads the header and leaves the
data region to the store.  Pure: bytes and a register in, values out.

What is owed (2017 §6.1, §6.2, App. C): 9014 for data, 9013 for a notice, 9011 with QnRtn for a refusal, nothing for
an answer; and nothing at all unless Flag says an answer is wanted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .hj212.commands import COMMANDS, NOTICE, REPLY
from .hj212.crc import POWERS, TABLE, crc16
from .hj212.frame import Frame, Garbage, take_frame
from .hj212.header import read_header

_CODE = [b"%04X" % code for code in range(65536)]
CODE_AND_END = [code + b"\r\n" for code in _CODE]
PACKET = re.compile(rb"##(\d{4})QN=(\d{17});(ST=\w+;CN=\d{4};PW=[^;&]*;MN=[^;&]*;Flag=\d{1,3};)")
_, _H1, _H2, _H3, _H4, _H5, _H6, _H7 = POWERS
_WORD = (1 << 64) - 1
_PLAIN = re.compile(rb"QN=(\d{17});ST=(\w+);CN=(\d{4});PW=([^;&]*);MN=([^;&]*);Flag=(\d{1,3});")
_QN_IN_CP = re.compile(rb"CP=&&\s*QN=(\d+)")

ANSWERS = frozenset(cn.encode() for cn, command in COMMANDS.items() if command.up == REPLY)
NOTICES = frozenset(cn.encode() for cn, command in COMMANDS.items() if command.up == NOTICE)


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
    """Take everything that is complete off the front of ``buffer``: packets and garbage in order."""
    taken: list[Frame | Garbage] = []
    while buffer:
        one = take_frame(buffer, quiet=quiet)
        if one is None:
            break
        taken.append(one)
    return taken


def plain(data: bytes, at: int) -> tuple[int, re.Match[bytes]] | None:
    """(end, header) of a faultless packet that begins at ``at``; None when it is odd or not all there.

    The fast way for the ordinary packet; whatever is odd goes through ``take_frame`` and ``read``, with equal results.
    """
    header = PACKET.match(data, at)
    if header is None:
        return None
    start = at + 6
    stop = start + int(header[1])
    if data[stop : stop + 6] != CODE_AND_END[crc16(data[start:stop])] or stop - start > 1024 or data[stop - 2 : stop] != b"&&":
        return None
    return stop + 6, header


def read(segment: bytes) -> Envelope:
    """Read the header of a data segment; never raises."""
    plain = _PLAIN.match(segment)
    if plain is not None:
        qn, st, cn, pw, mn, flag = plain.groups()
        return Envelope(qn, st, cn, pw, mn, int(flag))
    header = read_header(segment)
    inside = _QN_IN_CP.search(segment) if not header.qn else None
    qn = inside[1] if inside is not None else header.qn.encode("latin-1", "replace")
    st, cn, pw, mn = (text.encode("latin-1", "replace") for text in (header.st, header.cn, header.pw, header.mn))
    return Envelope(qn, st, cn, pw, mn, -1 if header.flag is None else header.flag)


def frame(segment: bytes) -> bytes:
    """Put length, check code and line end round a data segment."""
    return b"##%04d%b%b\r\n" % (len(segment), segment, _CODE[crc16(segment)])


class Answers:
    """The answers to packets that differ in QN alone, the check code taken by difference.

    The code is linear in the XOR of bytes at equal distance from the end modulo 8 (``hj212/crc.py``), so the template's
    part is computed once and each QN adds three words.
    """

    __slots__ = ("_before", "_after", "_folded", "_shift")

    def __init__(self, template: bytes) -> None:
        """``template`` is a whole answer to QN 00000000000000000, from ## to line end."""
        self._before, self._after = template[:9], template[26:-6]
        segment = template[6:-6]
        folded = int.from_bytes(segment[:3] + bytes(17) + segment[20:], "big") ^ (0xFF << 8 * (len(segment) - 1))
        while folded >> 64:
            folded = (folded >> 64) ^ (folded & _WORD)
        self._folded, self._shift = folded, 8 * (len(self._after) % 8)

    def to(self, qn: bytes) -> bytes:
        """The answer to the packet numbered ``qn`` (17 digits)."""
        x = int.from_bytes(qn, "big") << self._shift
        x = (x & _WORD) ^ (x >> 64 & _WORD) ^ (x >> 128 & _WORD) ^ (x >> 192) ^ self._folded
        b7, b6, b5, b4, b3, b2, b1, b0 = x.to_bytes(8, "big")
        code = TABLE[b0 ^ _H1[b1] ^ _H2[b2] ^ _H3[b3] ^ _H4[b4] ^ _H5[b5] ^ _H6[b6] ^ _H7[b7]]
        return b"".join((self._before, qn, self._after, CODE_AND_END[code]))


def answers(said: Envelope, qn_rtn: int) -> Answers | None:
    """Ready answers to packets with this header (QN set aside); None when nothing is owed or for 2005's other shape."""
    numbered = said._replace(qn=b"0" * 17)
    answer = refusal(numbered, qn_rtn) if qn_rtn else acknowledgement(numbered)
    return Answers(answer) if answer and said.flag >= 4 else None


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
