"""The commands judge, explain, whatif and score (cli.md).  No database, no Django."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from qingyuan.errors import BadInput

from . import explain as explaining
from . import run
from . import truth as planted
from . import whatif as asking
from .finding import CHINA, Finding, from_json
from .rule import names


class Moment(click.ParamType):  # type: ignore[type-arg]
    """ISO 8601 with offset; without one, or a plain day, China's time."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Read one time."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"读不懂的时间“{value}”，应为 2026-09-01 或 2026-09-01T08:00+08:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


DATA = click.option("--data", "data_dir", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="data directory")
FROM = click.option("--from", "began", required=True, type=Moment(), help="first moment")
TO = click.option("--to", "ended", required=True, type=Moment(), help="moment after the last")
JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object per line")
ENGINE = click.option("--engine", default="serial", show_default=True, help="serial, processes, or a Spark master: spark://HOST:7077, local-cluster[2,1,1024]")


@click.command()
@DATA
@FROM
@TO
@click.option("--rule", "rules", multiple=True, help="name or name@revision; all when left out")
@click.option("--as-of", type=Moment(), default=None, help="judge with what was known then")
@ENGINE
@JSON
def judge(
    data_dir: Path, began: dt.datetime, ended: dt.datetime, rules: tuple[str, ...], as_of: dt.datetime | None, engine: str, as_json: bool
) -> None:
    """Findings of the rules over a window."""
    for finding in run.judge(data_dir, began=began, ended=ended, rules=rules or None, as_of=as_of, executor=engine):
        click.echo(finding.line() if as_json else f"{finding.id}  {finding.began:%Y-%m-%d %H:%M}  {finding.severity:<6}  {finding.title}")


@click.command()
@click.argument("finding")
@DATA
@click.option("--from", "began", type=Moment(), default=None, help="where to look for the id")
@click.option("--to", "ended", type=Moment(), default=None)
@click.option("--as-of", type=Moment(), default=None)
@JSON
def explain(
    finding: str, data_dir: Path, began: dt.datetime | None, ended: dt.datetime | None, as_of: dt.datetime | None, as_json: bool
) -> int:
    """The working of one finding, down to rows and packets.

    FINDING is a file with one JSON line of `judge --json`, or an id together with --from and --to.  Exit 1 when a sum or a
    digest does not agree.
    """
    told = explaining.explain(data_dir, _found(finding, data_dir, began, ended, as_of), as_of=as_of)
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(explaining.lines(told)))
    return 1 if told["problems"] else 0


def _found(told: str, data_dir: Path, began: dt.datetime | None, ended: dt.datetime | None, as_of: dt.datetime | None) -> Finding:
    path = Path(told)
    if path.is_file():
        try:
            return from_json(json.loads(path.read_text("utf-8").splitlines()[0]))
        except (ValueError, KeyError, IndexError) as error:
            raise BadInput(f"{path} 不是判定结果：应为 judge --json 的一行（{error}）", field="finding") from None
    if began is None or ended is None:
        raise BadInput("按编号查找判定结果时要给出 --from 和 --to", field="finding")
    for one in run.judge(data_dir, began=began, ended=ended, as_of=as_of):
        if one.id == told:
            return one
    raise BadInput(f"{began} 至 {ended} 之间没有编号为 {told} 的判定结果", field="finding")


@click.command()
@DATA
@click.option("--rule", required=True)
@click.option("--param", "parameters", multiple=True, required=True, help="name=value")
@FROM
@TO
@ENGINE
@JSON
def whatif(
    data_dir: Path, rule: str, parameters: tuple[str, ...], began: dt.datetime, ended: dt.datetime, engine: str, as_json: bool
) -> None:
    """Findings that would appear and vanish with other numbers."""
    asked = dict(_pair(one) for one in parameters)
    told = asking.whatif(data_dir, rule=rule, parameters=asked, began=began, ended=ended, executor=engine)
    if as_json:
        for change, side in (("appear", told.appear), ("vanish", told.vanish)):
            for one in side:
                click.echo(json.dumps({"change": change, **one.as_json()}, ensure_ascii=False))
        return
    click.echo(f"新增 {len(told.appear)} 条，消失 {len(told.vanish)} 条，不变 {told.stay} 条")
    for attribute, label in (("division", "区划"), ("facility", "企业")):
        for name, (more, less) in told.by(attribute).items():
            click.echo(f"  {label} {name or '未知'}：+{more} −{less}")


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise BadInput(f"--param 应写作 名称=数值，而不是“{text}”", field="param")
    try:
        return name, float(value)
    except ValueError:
        return name, value


@click.command()
@DATA
@click.option("--truth", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="truth.parquet of the province")
@click.option("--from", "began", type=Moment(), default=None, help="default: the span of the truth table")
@click.option("--to", "ended", type=Moment(), default=None)
@ENGINE
@JSON
def score(data_dir: Path, truth: Path, began: dt.datetime | None, ended: dt.datetime | None, engine: str, as_json: bool) -> None:
    """Precision and recall per rule against a truth table."""
    for one in planted.score_lake(data_dir, truth, names(), began=began, ended=ended, executor=engine):
        if as_json:
            click.echo(json.dumps({**asdict(one), "recall": one.recall, "precision": one.precision}, ensure_ascii=False))
        elif one.planted or one.findings:
            click.echo(
                f"{one.rule:<36} 植入{one.planted:>4} 查出{one.found:>4} 召回{_share(one.recall)} 结果{one.findings:>5} "
                f"真{one.true:>5} 相关{one.related:>5} 误{one.false:>4} 精确{_share(one.precision)}"
            )


def _share(number: float | None) -> str:
    return "  —  " if number is None else f"{number:5.3f}"
