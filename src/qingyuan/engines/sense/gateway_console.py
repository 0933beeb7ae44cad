"""``qingyuan gateway``: listen for devices until told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qingyuan.errors import BadInput

from .gateway_session import Limits

if TYPE_CHECKING:
    from .gateway import Gateway


@click.command("gateway")
@click.option("--data", "data_dir", type=click.Path(path_type=Path), default=Path("var/data"), show_default=True, envvar="QINGYUAN_DATA", help="数据目录")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="QINGYUAN_GATEWAY_HOST", help="监听地址")
@click.option("--port", default=2120, show_default=True, type=click.IntRange(0, 65535), envvar="QINGYUAN_GATEWAY_PORT", help="监听端口；0 表示任选")
@click.option("--tick-ms", default=5.0, show_default=True, help="每批落盘的间隔（毫秒）")
@click.option("--packets-per-s", default=200.0, show_default=True, help="单个连接的持续速率上限（包/秒）；超过则放慢接收")
@click.option("--sessions-per-address", default=25_000, show_default=True, help="同一来源地址最多的连接数")
@click.option("--mqtt", "mqtt_at", default=None, envvar="QINGYUAN_MQTT", help="同时从 MQTT 代理接收（主机:端口），用于用电监控等")
@click.option("--pull/--no-pull", default=True, show_default=True, help="是否自动调取缺失的历史数据")
def gateway(
    data_dir: Path, host: str, port: int, tick_ms: float, packets_per_s: float, sessions_per_address: int, mqtt_at: str | None, pull: bool
) -> int:
    """HJ 212 接收网关：先落盘，后应答。"""
    if mqtt_at is not None and not mqtt_at.partition(":")[2].isdigit() and ":" in mqtt_at:
        raise BadInput(f"--mqtt 应为 主机:端口，现为 {mqtt_at}", field="mqtt")
    burst = max(6000.0, packets_per_s * 30)
    limits = Limits(packets_per_s=packets_per_s, burst_packets=burst, sessions_per_address=sessions_per_address)
    run(data_dir, host, port, limits, tick_s=tick_ms / 1000, mqtt_at=mqtt_at, pulls_history=pull)
    return 0


def run(data_dir: Path, host: str, port: int, limits: Limits, *, tick_s: float, mqtt_at: str | None, pulls_history: bool) -> None:
    """Run until SIGINT or SIGTERM, on uvloop where it is installed."""
    from .gateway import Gateway

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        server = Gateway(data_dir, host, port, tick_s=tick_s, limits=limits, pulls_history=pulls_history)
        await server.start()
        gc.freeze()  # what was imported stays; twenty thousand sessions need not be walked again for every few packets
        gc.set_threshold(50_000, 20, 50)
        click.echo(f"网关已就绪：{server.host}:{server.port}，数据目录 {data_dir}")
        listening = asyncio.create_task(_listen(server, mqtt_at)) if mqtt_at else None
        await stop.wait()
        if listening is not None:
            listening.cancel()
        await server.stop()

    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(main())


async def _listen(server: Gateway, mqtt_at: str) -> None:
    from .adapters import adapters
    from .adapters.mqtt import Broker, listen

    where, _, port = mqtt_at.partition(":")
    await listen(server, Broker(where, int(port or 1883)), adapters().values())


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
