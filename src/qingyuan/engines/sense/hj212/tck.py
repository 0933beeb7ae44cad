"""The conformance kit: cases as data, and the judgement of a server's answers.  No I/O here; tck_wire.py has the socket.

A case (corpus/*.jsonl, one JSON object per line) plays a device: it sends packets and says which answers are owed.

    id, family       exchange | contradiction | malformed
    version, grade   2005, 2017, 2025; how sure the expectation is: A official text, B as quoted, C reconstructed
    direction        "up" is run against a server; "down" is the host's part of an exchange, which no client can make a
                     server send: it is in the corpus for the authors of devices and reported as not run
    send             packets: {segment | segment_hex | bytes_hex, crc?, length?, tail?, before?, cut?, chunk?, same_qn?}
    expect           command codes of the answers in order; "9013|9014" where the versions' practice differs; [] = none;
                     "9011?" = none, or a refusal with QnRtn=9 (2017 lets the receiver say that the code is wrong)
    may_close        the server may close the connection; the following packets then come on a new one

After each case a sound upload is sent, and its 9014 ends the waiting: silence is proved by order, not by patience.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .crc import crc16, modbus, swapped
from .message import Message

FAMILIES = {"exchange": "标准的交互", "contradiction": "标准自相矛盾之处", "malformed": "畸形输入"}
REFUSAL = "9011?"


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the corpus."""

    id: str
    family: str
    version: int
    grade: str
    title: str
    direction: str
    send: tuple[dict[str, Any], ...]
    expect: tuple[str, ...]
    glue: bool = False
    may_close: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the kit pretends to be; the server must know this station."""

    mn: str = "010000A8900016F000169DC0"
    pw: str = "123456"


@dataclass(slots=True)
class Verdict:
    """The outcome of a case: pass, fail or not_run, and why in Chinese."""

    case: Case
    result: str
    reason: str = ""
    got: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """As one JSON object."""
        case = self.case
        told = {"id": case.id, "family": case.family, "version": case.version, "grade": case.grade, "title": case.title}
        return {**told, "result": self.result, "expected": list(case.expect), "got": self.got, "reason": self.reason}


def corpus(families: Sequence[str] = tuple(FAMILIES)) -> list[Case]:
    """Return the cases of these families, in the order of the corpus."""
    cases = []
    for family in families:
        text = (pkgutil.get_data(__package__, f"corpus/{family}.jsonl") or b"").decode("utf-8")
        for line in filter(None, text.split("\n")):
            row = json.loads(line)
            cases.append(Case(**{**row, "send": tuple(row["send"]), "expect": tuple(row["expect"])}))
    return cases


def packets(case: Case, who: Identity, numbers: Iterator[str]) -> list[tuple[bytes, int, str]]:
    """Return what the case sends: (bytes, chunk size or 0, the QN an answer must carry)."""
    out, first = [], ""
    for spec in case.send:
        first = first or next(numbers)
        qn = first if spec.get("same_qn") else next(numbers)
        if "bytes_hex" in spec:
            out.append((bytes.fromhex(spec["bytes_hex"]), 0, ""))
            continue
        segment = bytes.fromhex(spec["segment_hex"]) if "segment_hex" in spec else spec["segment"].encode()
        for name, value in (("{qn}", qn), ("{mn}", who.mn), ("{pw}", who.pw)):
            segment = segment.replace(name.encode(), value.encode())
        raw = bytes.fromhex(spec.get("before", "")) + framed(segment, spec)
        out.append((raw[: spec.get("cut", len(raw))], spec.get("chunk", 0), _number_of(segment)))
    return out


def _number_of(segment: bytes) -> str:
    at = segment.find(b"QN=")
    return segment[at + 3 : at + 20].decode("latin-1") if at >= 0 else ""


def framed(segment: bytes, spec: dict[str, Any]) -> bytes:
    """Return a segment in its frame, with the lies that the spec asks for."""
    told = spec.get("length", "+0")
    length = int(told[1:]) if told[0] == "=" else len(segment) + int(told)
    right = crc16(segment)
    code = {
        "wrong": f"{right ^ 0x0140:04X}",
        "lower": f"{right:04x}",
        "modbus": f"{modbus(segment):04X}",
        "swapped": f"{swapped(right):04X}",
    }.get(spec.get("crc", ""), spec.get("crc") or f"{right:04X}")
    return b"##%04d" % length + segment + code.encode() + bytes.fromhex(spec.get("tail", "0d0a"))


def judge(case: Case, numbers: Sequence[str], answers: Sequence[Message], who: Identity) -> Verdict:
    """Hold a server's answers (the probe's left out) against what is owed; ``numbers`` are the QN that were sent."""
    got = [a.cn for a in answers]
    if (
        case.expect == (REFUSAL,)
        and all(a.cn == "9011" and a.get("QnRtn") == "9" for a in answers[:1])
        and len(answers) < 2
    ):
        return Verdict(case, "pass", got=got)
    if len(got) != len(case.expect) or any(
        cn not in owed.split("|") for cn, owed in zip(got, case.expect, strict=True)
    ):
        owed = "、".join(case.expect).replace(REFUSAL, "不应答或9011 QnRtn=9") or "不应答"
        return Verdict(case, "fail", f"应为{owed}，实为{'、'.join(got) or '无应答'}", got)
    for answer in answers:
        if reason := _wrong_with(answer, case, numbers, who):
            return Verdict(case, "fail", f"{answer.cn}：{reason}", got)
    return Verdict(case, "pass", got=got)


def _wrong_with(answer: Message, case: Case, numbers: Sequence[str], who: Identity) -> str:
    if not answer.crc_ok:
        return "校验码不符"
    if case.version != 2005 and answer.qn not in numbers:
        return f"QN应为所应答数据包的QN，现为{answer.qn or '空'}"
    if answer.mn not in (who.mn, ""):
        return f"MN应为{who.mn}，现为{answer.mn}"
    if answer.flag is not None and answer.flag & 3:
        return f"应答的Flag末两位应为0，现为{answer.flag}"
    if answer.version != case.version:
        return f"应答的版本应为{case.version}，现为{answer.version}"
    return ""


def summary(verdicts: Sequence[Verdict]) -> str:
    """One Chinese line: how many passed, failed, were not run."""
    counts = {result: sum(v.result == result for v in verdicts) for result in ("pass", "fail", "not_run")}
    return f"通过{counts['pass']}，不通过{counts['fail']}，未运行{counts['not_run']}（上位机主动发起的部分）"
