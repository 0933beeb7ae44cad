"""``qingyuan simulate``: the devices of a simulated province against any HJ 212 server."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from qingyuan import clock
from qingyuan.engines.province.messages import Outgoing, backfill, messages
from qingyuan.engines.province.plan import Plan
from qingyuan.engines.province.presets import PRESETS, province
from qingyuan.errors import BadInput

from .hj212.device import Device
from .replay import replay
from .simulate import BadLine, Report, Traffic, drive

KINDS = {"2011": "real", "2051": "minute", "2061": "hour", "2031": "day"}
LIVE_CHUNK = dt.timedelta(minutes=10)


@click.command("simulate")
@click.option("--preset", default="small", show_default=True, help="示例省：small、gansu、chongqing")
@click.option("--seed", default=1, show_default=True, help="随机种子；同一种子数据相同")
@click.option("--connect", "target", default="127.0.0.1:2120", show_default=True, help="服务器 主机:端口")
@click.option("--anchor", default=None, help="剧情围绕的时刻（ISO 8601）；缺省为现在")
@click.option("--live", is_flag=True, help="先补传前一段历史，再按真实时间发送，直到被中断")
@click.option("--hours", default=26.0, show_default=True, help="补传（或一次发送）多少小时的数据")
@click.option("--rate", default=0.0, help="每秒发送多少包；0 为尽快")
@click.option("--faults", default=0.0, type=click.FloatRange(0, 1), help="多大比例的包出错（拆分、重复、错码、杂字节、时钟偏差）")
@click.option("--limit", default=0, help="最多发送多少包；0 为不限")
@click.option("--replay", "spooled", default=None, type=click.Path(path_type=Path, exists=True, file_okay=False), help="改为重放这个数据目录缓存中的原始字节")
def simulate(
    preset: str, seed: int, target: str, anchor: str | None, live: bool, hours: float, rate: float, faults: float, limit: int, spooled: Path | None
) -> int:
    """模拟全省数采仪上报；结束时以 JSON 报告发送、应答和时延。"""
    host, port = _target(target)
    if spooled is not None:
        done = asyncio.run(replay(spooled, host, port, rate=rate))
        click.echo(json.dumps(dataclasses.asdict(done)))
        return 0 if not done.unanswered and not done.damaged else 1
    at = _moment(anchor)
    if preset in PRESETS:
        _must_answer(host, port)
    plan = province(preset, seed, at)
    report = asyncio.run(run(plan, host, port, live=live, hours=hours, rate=rate, bad=BadLine.of(faults), seed=seed, limit=limit))
    click.echo(json.dumps(report.to_json()))
    return 0 if report.given_up == 0 or live else 1


async def run(
    plan: Plan, host: str, port: int, *, live: bool = False, hours: float = 26.0, rate: float = 0.0, bad: BadLine | None = None, seed: int = 1, limit: int = 0
) -> Report:
    """Play a plan: the last ``hours``, then, with ``live``, the present until cancelled or signalled."""
    traffic = Traffic(devices_of(plan), host, port, bad=bad, seed=seed)
    now = traffic.now()
    past = backfill(plan, now, int(hours)) if live else messages(plan, now - dt.timedelta(hours=hours), now)
    if limit:
        past = _first(past, limit)
    if not live:
        return await drive(traffic, past, rate=rate)
    playing = asyncio.create_task(drive(traffic, _onwards(plan, now), before=past, rate=rate, live=True))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, playing.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    return traffic.report


def devices_of(plan: Plan) -> list[Device]:
    """A device for each point of the plan; asked for history, it computes it from the plan."""
    return [Device(point.mn, point.pw, point.st, history=_history(plan, point.mn, point.facility)) for point in plan.points]


def _history(plan: Plan, mn: str, facility: str) -> Callable[[str, dt.datetime, dt.datetime], list[Sequence[Mapping[str, str]]]]:
    def history(cn: str, began: dt.datetime, ended: dt.datetime) -> list[Sequence[Mapping[str, str]]]:
        alone = dataclasses.replace(
            plan, facilities=tuple(f for f in plan.facilities if f.code == facility), points=tuple(p for p in plan.points if p.facility == facility)
        )
        late = dt.timedelta(days=2 if cn == "2031" else 0, hours=2)
        sent = messages(alone, began, ended + late, (KINDS[cn],)) if cn in KINDS else iter(())
        return [one.cp for one in sent if one.mn == mn and _is_within(one, began, ended)]

    return history


def _is_within(one: Outgoing, began: dt.datetime, ended: dt.datetime) -> bool:
    stamp = one.cp[0].get("DataTime", "")
    return f"{began:%Y%m%d%H%M%S}" <= stamp <= f"{ended:%Y%m%d%H%M%S}"


def _onwards(plan: Plan, start: dt.datetime) -> Iterator[Outgoing]:
    """The plan's messages from ``start`` without end."""
    while True:
        stop = start + LIVE_CHUNK
        yield from messages(plan, start, stop)
        start = stop


def _first(outgoing: Iterator[Outgoing], limit: int) -> Iterator[Outgoing]:
    for count, one in enumerate(outgoing):
        if count == limit:
            return
        yield one


def _target(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise BadInput(f"--connect 应为 主机:端口，现为 {text}", field="connect")
    return host, int(port)


def _must_answer(host: str, port: int) -> None:
    """One connection before a province is computed for nobody; BadInput when there is no server."""
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        raise BadInput(f"连不上 {host}:{port}（{error.strerror or error}）；请先启动服务器，如 qingyuan gateway", field="connect") from error


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"--anchor 应为 ISO 8601 时间，如 2026-11-24T08:00:00+08:00，现为 {text}", field="anchor") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=clock.CHINA)
