"""``qingyuan doctor``: is this installation well?  One line per check, with an id, what was found, and what to do.

A check never changes anything and never raises: what it cannot find out is a finding too.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from qingyuan import clock
from qingyuan.processes import use_django

LEAST_FREE = 0.10  # share of the disk below which the gateway is near to refusing
LATE = dt.timedelta(minutes=15)  # a loop or a seal older than this and several of its periods is late
WELL, WARN, ILL = "正常", "注意", "异常"


@dataclass(frozen=True)
class Answer:
    """What one check found; ``hint`` says what to do and is empty when all is well."""

    id: str
    state: str
    found: str
    hint: str = ""


Said = tuple[str, str, str]  # state, found, hint


@click.command()
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象")
def doctor(as_json: bool) -> int:
    """体检：每项有编号、结果和处置办法；有异常时退出码为 1。"""
    use_django()
    answers = list(examine(clock.now()))
    for one in answers:
        click.echo(json.dumps(vars(one), ensure_ascii=False) if as_json else f"{one.id}  {one.state}  {one.found}{f'。{one.hint}' if one.hint else ''}")
    return 1 if any(one.state == ILL for one in answers) else 0


def examine(at: dt.datetime) -> Iterator[Answer]:
    """Every check in the order of its number."""
    from django.conf import settings

    home = Path(settings.HOME)
    for number, check in enumerate(CHECKS, 1):
        try:
            said = check(home, at)
        except Exception as error:  # a check that falls is a finding, not the end of the examination
            said = (ILL, f"检查没有做成（{type(error).__name__}：{error}）", "按这句话查找原因，或联系维护人员")
        yield Answer(f"QY{number:02d} {TITLES[check]}", *said)


def disk(home: Path, at: dt.datetime) -> Said:
    usage = shutil.disk_usage(home)
    share = usage.free / usage.total
    found = f"{home} 所在磁盘剩余 {usage.free >> 30} GiB（{share:.0%}）"
    return (WELL, found, "") if share >= LEAST_FREE else (ILL, found, "腾出空间；磁盘写满后网关停止应答，设备自行保留数据")


def secrets_kept(home: Path, at: dt.datetime) -> Said:
    names = ["secret.key", "telemetry/ledger/key", *(path.relative_to(home).as_posix() for path in sorted((home / "keys").glob("*.key")))]
    loose = [name for name in names if (home / name).exists() and (home / name).stat().st_mode & 0o077]
    return (ILL, f"其他用户可以读取密钥：{'、'.join(loose)}", "chmod 600 上述文件，并更换已可能泄露的密钥") if loose else (WELL, "密钥只有所有者可读", "")


def database(home: Path, at: dt.datetime) -> Said:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return ILL, f"{connection.vendor} 可用，但有 {len(waiting)} 步迁移没有做", "qingyuan manage migrate"
    return WELL, f"{connection.vendor} 可用，表结构是最新的", ""


def loops(home: Path, at: dt.datetime) -> Said:
    from qingyuan.records.registry.models import Loop
    from qingyuan.worker import LOOPS

    rows = {row.name: row for row in Loop.objects.all()}
    failed = [row.name for row in rows.values() if row.last_error]
    late = [due.name for due in LOOPS if (row := rows.get(due.name)) is None or row.done_at is None or at - row.done_at > max(LATE, 3 * due.every)]
    if failed or late:
        told = "；".join(filter(None, [f"出错：{'、'.join(failed)}" if failed else "", f"久未完成：{'、'.join(late)}" if late else ""]))
        return ILL, told, "看 qingyuan worker 是否在运行；出错的原因在表 registry_loop 的 last_error"
    return WELL, f"{len(rows)} 个后台循环都按时完成", ""


def gateway(home: Path, at: dt.datetime) -> Said:
    from qingyuan.engines.sense import gateway_presence

    if not (home / "telemetry" / "spool").exists():
        return WARN, "还没有收过报文", "启动 qingyuan gateway，并让设备连接它"
    if gateway_presence.is_fresh(home / "telemetry", at):
        return WELL, "网关在线", ""
    return ILL, "网关没有在运行或已停止应答", "启动 qingyuan gateway；停机期间设备自行保留数据"


def behind(home: Path, at: dt.datetime) -> Said:
    from qingyuan.engines.sense.spool import durable_mark
    from qingyuan.engines.store import layout, manifest

    data = home / "telemetry"
    mark, position = durable_mark(layout.spool(data)), manifest.load(data).position
    if mark is None:
        return WELL, "没有等待入湖的报文", ""
    if position is None or mark.segment - position[0] > 1:
        return ILL, f"入湖落后：报文写到第 {mark.segment} 段，数据湖读到第 {position[0] if position else 0} 段", "看 qingyuan worker 是否在运行；积压会自行追上"
    return WELL, "数据湖跟得上报文", ""


def sealed(home: Path, at: dt.datetime) -> Said:
    from qingyuan.engines.ledger import checkpoint, layout

    data = home / "telemetry"
    if not layout.checkpoint(data).exists():
        return WARN, "还没有封存过", "qingyuan worker 每 30 秒封存一次；或 qingyuan lake seal --data DIR"
    last = checkpoint.read(layout.checkpoint(data).read_text(), checkpoint.read_public_key(layout.public_key(data)))
    found = f"最近一次封存在 {last.at:%Y-%m-%d %H:%M}，共 {last.size} 条"
    return (ILL, found, "看 worker 的 seal 循环；封存中断期间的证据要在恢复后尽快封存") if at - last.at > LATE else (WELL, found, "")


def fonts(home: Path, at: dt.datetime) -> Said:
    from qingyuan.records.docket.writing import fonts as installed

    families = installed.fonts().families()
    return WELL, f"文书字体可用（{len(families)} 个字体族）", ""


def screens(home: Path, at: dt.datetime) -> Said:
    from django.conf import settings

    missing = not (Path(settings.QINGYUAN_ASSETS) / ".stamp").exists()
    return (ILL, "页面所需的前端文件不在", "python3 deploy/setup.py") if missing else (WELL, "页面所需的前端文件齐全", "")


def calendar(home: Path, at: dt.datetime) -> Said:
    from qingyuan.law import workdays

    today = at.astimezone(clock.CHINA).date()
    unsure = [year for year in (today.year, today.year + (today.month == 12)) if workdays.is_provisional(dt.date(year, 1, 1))]
    if unsure:
        return WARN, f"{unsure[0]} 年的节假日安排还没有录入，期限按法定节假日暂计", "国务院办公厅的通知发布后更新 law/book/calendar"
    return WELL, f"{today.year} 年的节假日安排已录入", ""


TITLES: dict[Callable[[Path, dt.datetime], Said], str] = {
    disk: "磁盘", secrets_kept: "密钥", database: "数据库", loops: "后台循环", gateway: "网关", behind: "入湖", sealed: "封存", fonts: "字体", screens: "页面文件", calendar: "工作日历",
}  # fmt: skip
CHECKS = tuple(TITLES)
