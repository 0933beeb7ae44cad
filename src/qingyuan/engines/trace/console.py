"""``qingyuan trace``: ranked candidate sources with their reasons.  No database, no Django."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from qingyuan.errors import BadInput

from . import reading, river, waste, wind
from . import track as tracks
from .candidate import Candidate

JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object per line")
DATA = click.option("--data", "data_dir", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="data directory")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LEAD = "候选只是先查哪里，不是认定；须以现场检查、采样核实"


class Moment(click.ParamType):  # type: ignore[type-arg]
    """ISO 8601; without an offset, China's time."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Read one time."""
        try:
            return value if isinstance(value, dt.datetime) else reading.moment(value)
        except ValueError:
            self.fail(f"读不懂的时间“{value}”，应为 2026-09-01T08:00+08:00", param, ctx)


@click.group()
def trace() -> None:
    """Where did it come from: ranked candidate sources with reasons."""


@trace.command("river")
@DATA
@click.option("--section", required=True, help="section code")
@click.option("--factor", required=True, help="HJ 212 factor, e.g. w21003")
@click.option("--from", "began", required=True, type=Moment(), help="when the section rose")
@click.option("--to", "ended", required=True, type=Moment(), help="when it was back, or now")
@click.option("--excess", type=float, default=None, help="mg/L above the usual")
@click.option("--flow", type=float, default=None, help="m³/s at the section")
@click.option("--top", default=10, show_default=True, help="how many candidates (0: all)")
@JSON
def of_river(data_dir: Path, section: str, factor: str, began: dt.datetime, ended: dt.datetime, excess: float | None, flow: float | None, top: int, as_json: bool) -> None:
    """Outlets upstream of a section that rose, best first."""
    network = reading.network(data_dir)
    warned = river.Warned(section, factor, began, ended, excess, flow)
    above = [one.outlet.id for one in network.upstream(section, 168)]
    loads = reading.loads(data_dir, above, factor, began - dt.timedelta(hours=168 * 2 + 60), ended)
    say(river.trace(network, warned, loads, rose=reading.rises(data_dir, network, warned)), top, as_json)


@trace.command("wind")
@DATA
@click.option("--winds", "wind_file", required=True, type=FILE, help="CSV: at, speed, direction")
@click.option("--at", "moments", required=True, multiple=True, type=Moment(), help="when; once for each receptor")
@click.option("--lon", "lons", required=True, multiple=True, type=float)
@click.option("--lat", "lats", required=True, multiple=True, type=float)
@click.option("--factor", default="", help="HJ 212 factor, e.g. a24088")
@click.option("--hours", default=6.0, show_default=True, help="how far back")
@click.option("--top", default=10, show_default=True)
@JSON
def of_wind(data_dir: Path, wind_file: Path, moments: tuple[dt.datetime, ...], lons: tuple[float, ...], lats: tuple[float, ...], factor: str, hours: float, top: int, as_json: bool) -> None:
    """Sources on the way of the air to a station or a cluster of complaints."""
    if not len(moments) == len(lons) == len(lats):
        raise BadInput("--at、--lon、--lat 的个数须相同，每个受体各一个", field="lon")
    receptors = [wind.Receptor(lon, lat, at) for at, lon, lat in zip(moments, lons, lats, strict=True)]
    say(wind.trace(receptors, reading.winds(wind_file), reading.sources(data_dir), factor=factor, hours=hours), top, as_json)


@trace.command("track")
@click.argument("file", type=FILE)
@DATA
@click.option("--factor", default="", help="HJ 212 factor, e.g. a24088")
@click.option("--top", default=5, show_default=True, help="candidates for each hot spot")
@JSON
def of_track(file: Path, data_dir: Path, factor: str, top: int, as_json: bool) -> None:
    """Hot spots of a mobile-monitoring track and who lies upwind.  FILE is a CSV: at, lon, lat, value [, wind_from, wind_speed]."""
    known = reading.sources(data_dir)
    for number, spot in enumerate(tracks.hot_spots(reading.fixes(file)), 1):
        head = {"hot_spot": number, "began": spot.began.isoformat(), "ended": spot.ended.isoformat(), "lon": spot.lon, "lat": spot.lat, "peak": spot.peak,
                "threshold": spot.threshold, "background": spot.background, "passes": spot.passes}  # fmt: skip
        if not as_json:
            click.echo(f"热点 {number}：{spot.began:%m-%d %H:%M:%S} 峰值 {spot.peak:.0f}，高于 {spot.threshold:.0f}（背景 {spot.background:.0f}）")
        say(tracks.trace(spot, known, factor=factor), top, as_json, head)


@trace.command("waste")
@click.argument("file", type=FILE)
@click.option("--at", required=True, type=Moment(), help="the moment to judge from")
@JSON
def of_waste(file: Path, at: dt.datetime, as_json: bool) -> int:
    """Waste manifests that do not add up.  Exit 1 when there are any."""
    found = waste.anomalies(reading.manifests(file), at=at)
    for one in found:
        click.echo(json.dumps(one.as_json(), ensure_ascii=False) if as_json else f"{one.weight:.2f}  {one.number}  {one.party}  {one.said}")
    return 1 if found else 0


def say(rows: Iterable[Candidate], top: int, as_json: bool, head: dict[str, Any] | None = None) -> None:
    """One line for each candidate, or one with its reasons below it."""
    shown = [one for one in rows if not top or one.rank <= top]
    if as_json:
        for one in shown:
            click.echo(json.dumps({**(head or {}), **one.as_json()}, ensure_ascii=False))
        return
    for one in shown:
        click.echo(f"{one.rank:>3}  {one.score:.2f}  {one.name}（{one.place}）")
        for reason in one.reasons:
            click.echo(f"       {reason.score * reason.weight:.2f}  {reason.said}")
    click.echo(LEAD if shown else "没有候选：上游或周边没有登记的排放源")
