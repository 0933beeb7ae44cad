"""``qingyuan draw commit | run | verify``: the verifiable random draw without a database."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

import click

from qingyuan import clock
from qingyuan.errors import BadInput

from . import bundle as bundles
from . import seal
from .algorithm import digest_of
from .commitment import committed

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)


@click.group()
def draw() -> None:
    """双随机抽取：先承诺并封存抽取池，再取公开的随机数，人人可以重算。"""


@draw.command("commit")
@click.argument("pool", type=FILE)
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False), help="账本所在的数据目录")
@click.option("-o", "--out", required=True, type=OUT, help="承诺文件；抽取结果公开之前须保密")
@click.option("--replaces", type=FILE, help="重抽时：上一次的承诺文件")
@click.option("--why", default="", help="重抽的理由")
def commit(pool: Path, data: Path, out: Path, replaces: Path | None, why: str) -> None:
    """固定抽取池，封存其摘要。"""
    at = clock.now()
    told, old = read_json(pool), read_json(replaces)["commitment"] if replaces else None
    redraws = {"number": old["number"], "digest": digest_of(old), "why": why} if old else None
    made = committed(told, number=old["number"] + 1 if old else 1, nonce=secrets.token_bytes(32), at=at, redraws=redraws)
    proof = seal.seal_new(data, made, at)
    write_json(out, {"commitment": made, "digest": digest_of(made), "seal": proof})
    click.echo(f"已承诺：{digest_of(made)}，账本第 {proof['leaf']} 条；请公布摘要，待 {bundles.source_name(made)} 公布后抽取")


@draw.command("run")
@click.argument("file", type=FILE)
@click.option("--value", required=True, help="公开的随机数，按来源规定的写法")
@click.option("--published-at", required=True, help="公布时间（ISO 8601，含时区）")
@click.option("--evidence", default="", help="何处可查到该数")
@click.option("-o", "--out", required=True, type=OUT, help="验证包")
def run(file: Path, value: str, published_at: str, evidence: str, out: Path) -> None:
    """由承诺和公开的随机数得出结果，写成验证包。"""
    told = read_json(file)
    made = bundles.run(told["commitment"], value=value, published_at=moment(published_at), evidence=evidence, seal=told["seal"])
    write_json(out, made)
    for row in made["result"]:
        click.echo(f"{row['order']}\t{row['stratum']}\t{row['object']}\t{'、'.join(row['officers'])}")


@draw.command("verify")
@click.argument("file", type=FILE)
@click.option("--key", "key_file", type=FILE, help="机关公布的公钥文件（key.pub）")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, exists=True), help="账本目录：另查有无隐去的抽取")
@click.option("--json", "as_json", is_flag=True)
def verify(file: Path, key_file: Path | None, data: Path | None, as_json: bool) -> int:
    """重算一份验证包：承诺、时间、结果、封存，任何一处不符都退出 1。"""
    told = read_json(file)
    found = bundles.problems(told)
    if not found:
        found += seal.seal_problems(told, key_file.read_text(encoding="utf-8").strip() if key_file else None)
        found += seal.hidden_draws(told, data) if data else []
    drawn = [] if found else told["result"]
    if as_json:
        click.echo(json.dumps({"ok": not found, "problems": found, "digest": told.get("digest"), "drawn": len(drawn)}, ensure_ascii=False))
    elif found:
        click.echo("不符：" + "；".join(found))
    else:
        click.echo(f"相符：{told['commitment']['plan']} 第 {told['commitment']['number']} 次，{len(drawn)} 个对象，种子为 {bundles.source_name(told['commitment'])}")
    return 1 if found else 0


def read_json(file: Path) -> Any:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} 不是 JSON 文件：{error}") from error
    if not isinstance(told, dict):
        raise BadInput(f"{file.name} 应为一个 JSON 对象")
    return told


def write_json(file: Path, told: Any) -> None:
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def moment(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadInput(f"时间 {text} 无法读取；请写成 2026-11-24T21:15:00+08:00 的形式", field="published_at")
    return at
