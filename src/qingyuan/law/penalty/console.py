"""`qingyuan penalty FILE|- [--json]` and `qingyuan penalty verify CERTIFICATE [--key FILE]`.

No database and no Django: JSON in, range, amount, working and certificate out.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from qingyuan.errors import BadInput

from .calculate import PenaltyResult, calculate
from .certificate import verify as verify_certificate
from .cited import printed_all, printed_tree
from .given import read_input
from .questions import questions
from .working import lines, yuan

LONGEST = 1200


class FileOrCommand(click.Group):
    """A group whose first word may also be a file: `penalty case.json` reads as `penalty calculate case.json`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["calculate", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] == "--json":
            args = ["calculate", *args]
        return super().parse_args(ctx, args)


@click.group(cls=FileOrCommand, invoke_without_command=False, subcommand_metavar="FILE|- [--json] | verify CERTIFICATE | ask FILE")
def penalty() -> None:
    """罚款计算：案由、日期、情节 → 法定幅度、金额、计算过程、裁量证书；或核验一张证书。

    \b
    qingyuan penalty CASE.json          计算（- 为标准输入，--json 输出 JSON）
    qingyuan penalty verify CERT.json   复算并核验裁量证书
    qingyuan penalty ask CASE.json      还要问什么：每个因素可填的值和条文
    """


@penalty.command("calculate", hidden=True)
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="输出一行 JSON，含证书")
def calculate_command(file: str, as_json: bool) -> int:
    """计算一个案件的罚款。"""
    with one_line():
        result = calculate(_read(file))
    click.echo(json.dumps(result.plain(), ensure_ascii=False) if as_json else "\n".join(_told(result)))
    return 0


@penalty.command("verify")
@click.argument("certificate")
@click.option("--key", default="", help="出证机关的 Ed25519 公钥（base64）；给了就要求证书由它签名")
@click.option("--json", "as_json", is_flag=True, help="输出一行 JSON")
def verify_command(certificate: str, key: str, as_json: bool) -> int:
    """复算一张裁量证书：摘要、规则、过程、金额、幅度、签名。不符时退出码为 1。"""
    data = _read(certificate)
    data = data["certificate"] if isinstance(data, dict) and "certificate" in data else data
    problems = verify_certificate(data, public_key=_key(key))
    if as_json:
        click.echo(json.dumps({"holds": not problems, "problems": problems}, ensure_ascii=False))
    elif problems:
        click.echo("\n".join(f"不符：{problem}" for problem in problems))
    else:
        result = data["result"]
        click.echo(f"相符：罚款{yuan(result['amount_yuan'])}，法定幅度{yuan(result['low_yuan'])}至{yuan(result['high_yuan'])}，摘要 {data['digest'][:16]}…")
    return 1 if problems else 0


@penalty.command("ask")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="一行一个 JSON")
def ask_command(file: str, as_json: bool) -> int:
    """列出一个案件（可以还没有 factors）要回答的问题。"""
    with one_line():
        given = read_input(_read(file))
        asked = questions(
            given.violation, given.province, given.party_kind, began=given.began, ended=given.ended, decided_on=given.decided_on,
            tier=given.tier, benchmark=given.benchmark,
        )  # fmt: skip
    for question in asked:
        if as_json:
            click.echo(json.dumps(asdict(question), ensure_ascii=False))
        else:
            choices = "、".join(f"{value}（{label}）" for value, label in (*question.choices, *question.measures))
            span = f" {question.least}–{question.most}%" if question.most else ""
            click.echo(f"{question.field}  {question.label}{span}：{choices}［{printed_all(question.citations)}］")
    return 0


@contextmanager
def one_line() -> Iterator[None]:
    """What was typed may come back in a message; it must not break the one line or fill the screen."""
    try:
        yield
    except BadInput as error:
        told = " ".join(str(error).split())
        raise BadInput(told if len(told) <= LONGEST else told[:LONGEST] + "…", field=error.field) from error


def _told(result: PenaltyResult) -> list[str]:
    out = lines(printed_tree(result.working))
    out.append(f"依据：{printed_all(result.citations)}")
    out += [f"提示：{warning}" for warning in result.warnings]
    if result.panel_required:
        out.append("须经集体讨论")
    out.append(f"证书摘要：{result.certificate['digest']}")
    return out


def _read(file: str) -> Any:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"读不了文件 {file}：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"文件 {file} 不是 UTF-8 文本") from error
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise BadInput(f"文件 {file} 不是 JSON：第 {error.lineno} 行第 {error.colno} 列，{error.msg}") from error


def _key(text: str) -> bytes | None:
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise BadInput("--key 须是 base64 写的 32 字节 Ed25519 公钥") from error
    if len(key) != 32:
        raise BadInput("--key 须是 base64 写的 32 字节 Ed25519 公钥")
    return key
