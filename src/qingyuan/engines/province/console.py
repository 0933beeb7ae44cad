"""qingyuan province: write a synthetic province."""

from __future__ import annotations

import datetime as dt
import json
from importlib import import_module
from pathlib import Path

import click

from qingyuan.errors import BadInput

from . import presets, tables

# The lake is written by the store, a floor above this room.  Only the command line, which stands above all rooms, joins the two,
# and like cli.py it does so by name.
WRITER = "qingyuan.engines.store.planting"


@click.command()
@click.option("--preset", default="small", help="small | gansu | chongqing")
@click.option("--seed", type=int, default=1)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="写到哪个目录；可直接作为 --data 使用")
@click.option("--days", type=click.IntRange(min=0), default=30, help="锚点之前多少天的遥测；0 则只写名录，不写遥测")
@click.option("--until", help="锚点（ISO 8601，含时区）")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(["real", "minute", "hour", "day", "parameter"]), help="写入哪几种数据；不给则全写")
def province(preset: str, seed: int, out: Path, days: int, until: str | None, kinds: tuple[str, ...]) -> None:
    """写出一个不存在的省：企业、许可、点位、人员、遥测，以及所埋问题的真值表 truth.parquet。"""
    plan = presets.province(preset, seed, _moment(until))
    if (out / "lake").exists():
        raise BadInput(f"{out} 中已有数据湖；请换一个空目录", field="out")
    if days == 0:
        tables.write(plan, out)
        click.echo(json.dumps({"preset": preset, "seed": seed, "points": len(plan.points)}, ensure_ascii=False))
        return
    click.echo(json.dumps(import_module(WRITER).write_province(out, plan, days=days, kinds=kinds or None), ensure_ascii=False))


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
