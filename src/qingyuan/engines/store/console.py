"""qingyuan lake: the telemetry lake from a shell."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from qingyuan import clock
from qingyuan.errors import BadInput

DATA = click.option("--data", required=True, type=click.Path(path_type=Path), help="数据目录")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象")


@click.group()
def lake() -> None:
    """遥测数据湖：查看、入湖、封存、核验、整理。"""


def _say(body: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False, default=str))
        return
    for name, value in body.items():
        click.echo(f"{name:>14}  {value}")


def _existing(data: Path) -> Path:
    if not data.is_dir():
        raise BadInput(f"没有数据目录 {data}；请给出由 gateway 或 lake plant 写成的目录", field="data")
    return data


@lake.command()
@DATA
@AS_JSON
def info(data: Path, as_json: bool) -> None:
    """行数、文件、时间跨度、最新数据的时刻。"""
    from . import state

    _say(state.info(_existing(data), at=clock.now()), as_json)


@lake.command()
@DATA
@click.option("--limit", type=click.IntRange(min=1), help="最多读入多少条记录")
@click.option("--rebuild", is_flag=True, help="由原始报文重建整个数据湖")
@AS_JSON
def ingest(data: Path, limit: int | None, rebuild: bool, as_json: bool) -> int:
    """把网关收下的报文读入数据湖；可重复执行。"""
    from . import ingest as work

    report = work.rebuild(_existing(data)) if rebuild else work.ingest(_existing(data), limit)
    _say({**asdict(report), "lost": [list(one) for one in report.lost]}, as_json)
    return 1 if report.lost else 0


@lake.command()
@DATA
@AS_JSON
def seal(data: Path, as_json: bool) -> None:
    """把已写满的报文段的摘要记入账本。"""
    from qingyuan.engines.ledger import sealing as work

    _say(asdict(work.seal(_existing(data), clock.now())), as_json)


@lake.command()
@DATA
@AS_JSON
def fsck(data: Path, as_json: bool) -> int:
    """核对报文段、账本与数据湖文件；有一处不符即返回 1。"""
    from . import fsck as work

    problems = work.fsck(_existing(data))
    for one in problems:
        click.echo(json.dumps({"problem": one}, ensure_ascii=False) if as_json else one)
    if not problems and not as_json:
        click.echo("全部相符")
    return 1 if problems else 0


@lake.command()
@DATA
@click.option("--full", is_flag=True, help="把每个月份分片合并为一个文件")
@AS_JSON
def compact(data: Path, full: bool, as_json: bool) -> None:
    """把小文件整理为按设施与月份存放的文件。"""
    from . import compact as work

    _say(asdict(work.compact(_existing(data), at=clock.now(), full=full)), as_json)


@lake.command()
@DATA
@click.option("--preset", required=True)
@click.option("--seed", type=int, default=1)
@click.option("--days", type=click.IntRange(min=1), default=30, help="锚点之前的天数")
@click.option("--until", help="锚点（ISO 8601，含时区）；不给则用示例省自己的锚点")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["real", "minute", "hour", "day", "parameter"]), help="写入哪几种数据；不给则全写")
@AS_JSON
def plant(data: Path, preset: str, seed: int, days: int, until: str | None, kinds: tuple[str, ...], as_json: bool) -> None:
    """把一个示例省的遥测直接写入数据湖，并写出所埋问题的真值表。"""
    from qingyuan.engines.province import presets

    from . import planting

    plan = presets.province(preset, seed, _moment(until))
    _say(planting.write_province(data, plan, days=days, kinds=kinds or None), as_json)


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadInput(f"时间 {text} 无法读取；请写成 2026-09-15T12:00:00+08:00 的形式", field="until")
    return at
