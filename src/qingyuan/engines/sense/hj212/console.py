"""``qingyuan hj212``: read, write and test the protocol.  No server, no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

import click

from qingyuan import clock
from qingyuan.errors import BadInput

from .faults import fault
from .frame import Frame, Garbage, take_frame
from .keyring import KeyRing
from .message import Message, parse_frame
from .record import from_record, to_record
from .tck import FAMILIES, Identity, corpus, summary
from .tck_wire import numbers, run


@click.group()
def hj212() -> None:
    """HJ 212 数据传输标准（2005、2017、2025）：解码、编码、符合性检验。"""


@hj212.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--json", "as_json", is_flag=True, help="每行一个JSON对象")
@click.option("--key", "keys", multiple=True, help="SM4会话密钥：16个字符或32位十六进制，可多次")
def decode(file: BinaryIO, as_json: bool, keys: tuple[str, ...]) -> None:
    """逐包解码；每个输入字节都有交代。"""
    ring = KeyRing(default=[_key(k) for k in keys]) if keys else None
    offset = 0
    for taken in read_stream(file, ring):
        record = to_record(taken, offset)
        offset += len(taken.raw)
        click.echo(json.dumps(record, ensure_ascii=False) if as_json else _line(record))


@hj212.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
def encode(file: TextIO) -> None:
    """解码的逆：每行一个JSON对象，写出数据包。"""
    out = sys.stdout.buffer
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            out.write(from_record(json.loads(line)))
        except json.JSONDecodeError as error:
            raise BadInput(f"第{number}行不是JSON：{error.msg}") from error
        except BadInput as error:
            raise BadInput(f"第{number}行：{error}") from error
    out.flush()


@hj212.command()
@click.option("--target", required=True, metavar="HOST:PORT", help="被检验的服务器")
@click.option("--mn", default=Identity().mn, help="服务器认识的设备唯一标识")
@click.option("--pw", default=Identity().pw, help="该设备的访问密码")
@click.option("--family", "families", multiple=True, type=click.Choice(list(FAMILIES)), help="只做这一类，可多次")
@click.option("--patience", default=5.0, show_default=True, help="等待应答的秒数")
@click.option("--json", "as_json", is_flag=True, help="每例一个JSON对象")
def tck(target: str, mn: str, pw: str, families: tuple[str, ...], patience: float, as_json: bool) -> int:
    """符合性检验：向任何HJ 212服务器逐例发送，核对应答；有不通过则退出码为1。"""
    host, colon, port = target.rpartition(":")
    if not colon or not port.isdigit():
        raise BadInput("--target应为“主机:端口”，如127.0.0.1:9212", field="target")
    fresh, verdicts = numbers(clock.now()), []
    for case in corpus(families or tuple(FAMILIES)):
        try:
            verdict = run(case, host.strip("[]"), int(port), Identity(mn, pw), fresh, patience)
        except OSError as error:
            raise BadInput(f"连不上{target}：{error}；请先启动服务器", field="target") from error
        verdicts.append(verdict)
        if as_json:
            click.echo(json.dumps(verdict.record(), ensure_ascii=False))
        elif verdict.result == "fail":
            click.echo(f"不通过 {case.id} {case.title}：{verdict.reason}")
    click.echo(summary(verdicts), err=as_json)
    return int(any(v.result == "fail" for v in verdicts))


def read_stream(file: BinaryIO, keys: KeyRing | None = None, chunk: int = 1 << 16) -> Iterator[Message | Garbage]:
    """Yield the packets and the garbage of a byte stream, to its last byte."""
    buffer = bytearray()
    while data := file.read(chunk):
        buffer += data
        yield from _drain(buffer, keys, quiet=False)
    yield from _drain(buffer, keys, quiet=True)
    if buffer:
        yield Garbage(bytes(buffer), fault("not_a_frame", "输入结束时数据包没有写完"))


def _drain(buffer: bytearray, keys: KeyRing | None, *, quiet: bool) -> Iterator[Message | Garbage]:
    while buffer and (taken := take_frame(buffer, quiet=quiet)) is not None:
        yield parse_frame(taken, keys) if isinstance(taken, Frame) else taken


def _key(text: str) -> bytes:
    """Return the sixteen bytes of a key given as text or as hexadecimal; KeyRing refuses another length."""
    try:
        return bytes.fromhex(text) if len(text) == 32 else text.encode()
    except ValueError as error:
        raise BadInput("密钥应为16个字符或32位十六进制", field="key") from error


def _line(record: dict[str, object]) -> str:
    faults = "、".join(str(f["detail"]) for f in record["faults"])  # type: ignore[attr-defined]
    if record.get("garbage"):
        return f"{record['offset']:>8} 垃圾 {record['bytes']}字节 {faults}"
    items = ";".join(",".join(f"{k}={v}" for k, v in item.items()) for item in record["cp"])  # type: ignore[attr-defined]
    head = f"{record['version']} QN={record['qn']} ST={record['st']} CN={record['cn']} MN={record['mn']}"
    verdict = "正常" if record["ok"] else "有误"
    return f"{record['offset']:>8} {verdict} {head} {items}" + (f" ⚠ {faults}" if faults else "")
