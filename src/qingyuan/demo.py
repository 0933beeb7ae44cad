"""``qingyuan demo``: a simulated province, the gateway, the worker and the screens on one machine.

The devices are simulated; everything behind the socket is what runs in a real installation.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import click

from qingyuan import clock
from qingyuan.errors import BadInput

PASSWORD = "qingyuan-demo"  # a demo's password, printed on the screen; a real installation makes its own
STAGE_DOWN = 10.0


@click.command()
@click.option("--preset", default="small", show_default=True, type=click.Choice(["small"]))
@click.option("--port", default=8000, show_default=True, help="of the screens")
@click.option("--gateway-port", default=9212, show_default=True, help="of the HJ 212 gateway")
@click.option("--hours", default=0.0, help="end by itself after so many hours (0: never)")
@click.option("--home", type=click.Path(path_type=Path), default=None, help="where the demo keeps its data")
def demo(preset: str, port: int, gateway_port: int, hours: float, home: Path | None) -> int:
    """A simulated province with planted violations; first clues within a minute. Ctrl-C ends it."""
    for wanted in (port, gateway_port):
        if taken(wanted):
            raise BadInput(f"端口 {wanted} 已被占用：换一个（--port、--gateway-port），或先结束占用它的程序")
    home = home or Path(os.environ.get("QINGYUAN_HOME", Path.cwd() / "var" / "demo"))
    os.environ["QINGYUAN_HOME"] = str(home.resolve())
    os.environ.setdefault("QINGYUAN_PUBLIC_URL", f"http://localhost:{port}")
    began = clock.monotonic()
    logins = prepare(preset)
    commands = {
        "gateway": ["gateway", "--data", str(home / "telemetry"), "--host", "127.0.0.1", "--port", str(gateway_port)],
        "worker": ["worker"],
        "web": ["web", "--port", str(port)],
        "devices": ["simulate", "--preset", preset, "--connect", f"127.0.0.1:{gateway_port}", "--anchor", anchor(home).isoformat(), "--live",
                    "--hours", str(backfill_hours(clock.now()))],
    }
    return play(commands, home, port, gateway_port, logins, began, hours)


def prepare(preset: str) -> list[tuple[str, str, str]]:
    """Make the database and the registry when they are not there; return (name, posts, login) of the cast."""
    from qingyuan.processes import use_django

    use_django()
    from django.conf import settings
    from django.core.management import call_command
    from shapely.geometry import mapping

    from qingyuan.engines.province import geography
    from qingyuan.engines.province.small import small
    from qingyuan.engines.store import planting
    from qingyuan.records.clues.planting import plant_clues
    from qingyuan.records.registry.door import export_dimensions
    from qingyuan.records.registry.load import load_plan
    from qingyuan.records.registry.models import Officer

    call_command("migrate", verbosity=0, interactive=False)
    plan = small(1, anchor(settings.HOME))
    if not Officer.objects.exists():
        passwords = {person.certificate: PASSWORD for person in plan.people}
        outlines = {code: mapping(shape) for code, shape in geography.boundaries(plan).items()}
        load_plan(plan, boundaries=outlines, passwords=passwords)
    planting.write_dimensions(settings.QINGYUAN_DATA, plan)
    export_dimensions(settings.QINGYUAN_DATA)
    plant_clues(clock.now())
    cast = Officer.objects.filter(agency__division__code="990100000000").select_related("account", "agency").order_by("id")
    return [(officer.name, "、".join(officer.role_names), officer.account.username) for officer in cast]


def anchor(home: Path) -> dt.datetime:
    """The moment the story is planted around: the first start, kept so that a second start goes on with it."""
    file = home / "anchor"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.write_text(clock.now().isoformat())
    return dt.datetime.fromisoformat(file.read_text())


def backfill_hours(at: dt.datetime) -> int:
    """Back to yesterday's midnight, so that the rules of whole days have whole days."""
    return int((at - clock.yesterday(at)).total_seconds() // 3600)


def play(commands: dict[str, list[str]], home: Path, port: int, gateway_port: int, logins: list[tuple[str, str, str]], began: float, hours: float) -> int:
    """Start every process, tell where to look, and wait for Ctrl-C or for one of them to fall."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    running: dict[str, subprocess.Popen[bytes]] = {}
    stopping = {"asked": False}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.update(asked=True))
    try:
        for name, arguments in commands.items():
            if name == "devices":
                wait_for(gateway_port, running)
            running[name] = start(name, arguments, logs)
        wait_for(port, running)
        announce(port, gateway_port, logins, clock.monotonic() - began, logs)
        return watch(running, stopping, logs, hours)
    finally:
        stop(running)


def start(name: str, arguments: list[str], logs: Path) -> subprocess.Popen[bytes]:
    """One process of its own session: Ctrl-C reaches the demo, which ends the others in order."""
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "qingyuan", *arguments], stdout=log, stderr=log, start_new_session=True)


def watch(running: dict[str, subprocess.Popen[bytes]], stopping: dict[str, bool], logs: Path, hours: float) -> int:
    from qingyuan.records.clues.models import Clue

    ends = clock.monotonic() + hours * 3600 if hours else float("inf")
    started, told = clock.monotonic(), False
    while not stopping["asked"] and clock.monotonic() < ends:
        for name, process in running.items():
            if process.poll() is not None and not stopping["asked"]:
                click.echo(f"{name} 已退出（{process.returncode}），日志：{logs / (name + '.log')}", err=True)
                return 1
        if not told and (count := Clue.objects.filter(source="rule").count()):
            click.echo(f"\n  监测数据研判出的首批线索已到：{count} 条，启动后 {clock.monotonic() - started:.0f} 秒", err=True)
            told = True
        time.sleep(0.5)
    click.echo("\n正在结束……", err=True)
    return 0


def announce(port: int, gateway_port: int, logins: list[tuple[str, str, str]], seconds: float, logs: Path) -> None:
    rows = "\n".join(f"    {login}   {name}   {posts}" for name, posts, login in logins)
    click.echo(
        f"""
清源演示已启动（{seconds:.0f} 秒）

  办案台      http://localhost:{port}/
  公众页      http://localhost:{port}/public/
  数采仪接入  127.0.0.1:{gateway_port}（HJ 212-2017）
  日志        {logs}

  登录名（口令都是 {PASSWORD}）
{rows}

  按 Ctrl-C 结束；数据留在原处，下次启动接着用。""",
        err=True,
    )


def stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the devices first, then the screens, the worker and the gateway; whoever does not listen is killed."""
    for name in ("devices", "web", "worker", "gateway"):
        process = running.get(name)
        if process is None or process.poll() is not None:
            continue
        process.terminate()
        try:
            process.wait(STAGE_DOWN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def taken(port: int) -> bool:
    with closing(socket.socket()) as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def wait_for(port: int, running: dict[str, subprocess.Popen[bytes]], seconds: float = 40.0) -> None:
    """Wait until somebody listens, or until one of the processes has fallen."""
    ends = clock.monotonic() + seconds
    while not taken(port):
        fallen = [name for name, process in running.items() if process.poll() is not None]
        if fallen or clock.monotonic() > ends:
            raise BadInput(f"{'、'.join(fallen) or '进程'} 没有启动成功（端口 {port}），请看日志目录 logs/")
        time.sleep(0.1)
