"""`qingyuan law lint|show|impact|docs` and `qingyuan clock FILE|-`: no database, no Django."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click

from qingyuan import clock as moment
from qingyuan.errors import BadInput

from . import citation, deadlines, impact, lint, pages, rulebook
from .deadlines import Due, Suspension


@click.group()
def law() -> None:
    """规则库：检查、查条文、看改动影响、生成文档。"""


@law.command("lint")
@click.option("--json", "as_json", is_flag=True, help="每个问题一行 JSON")
def lint_command(as_json: bool) -> int:
    """检查规则库：没有日期、没有依据、空档、重叠、悬空引用、已失效的条文、代码里的法律数字。"""
    found = lint.problems() + list(lint.dangling_elsewhere(rulebook.load(), lint.PACKAGE))
    for problem in found:
        click.echo(json.dumps(vars(problem), ensure_ascii=False) if as_json else f"{problem.where}  {problem.what}")
    if not as_json:
        click.echo(f"规则库：{len(found)}个问题" if found else "规则库：没有问题")
    return 1 if found else 0


@law.command("show")
@click.argument("text", metavar="CITATION")
@click.option("--on", "on", default=None, metavar="DATE", help="哪一天的法律，默认今天")
@click.option("--json", "as_json", is_flag=True)
def show_command(text: str, on: str | None, as_json: bool) -> int:
    """某条在某日是否有效，说的是什么，后来由哪一条取代。退出码 1：该日无效。"""
    found = citation.resolve(citation.parse(text), _date(on, "--on") if on else moment.today())
    if as_json:
        click.echo(json.dumps(_resolved(found), ensure_ascii=False))
    else:
        click.echo("\n".join([*_resolved_lines(found), *_users(found.citation)]))
    return 0 if found.in_force else 1


@law.command("impact")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def impact_command(file: Path, as_json: bool) -> int:
    """改动规则库的一个文件（或者给出一个来源的编号）会牵涉哪些时钟、案由、限值、文书和判定规则。"""
    if file.suffix == ".yaml":
        ids, lost = impact.changed_ids(file)
    else:
        citation.source(str(file))
        ids, lost = (str(file),), ()
    found = impact.impact(ids, lost=lost)
    if as_json:
        click.echo(json.dumps(vars(found), ensure_ascii=False))
        return 0
    click.echo(f"改动：{'、'.join(ids) or '无'}" + (f"；删去：{'、'.join(lost)}" if lost else ""))
    for folder, keys in found.touched.items():
        click.echo(f"{impact.KINDS.get(folder, folder)}（{len(keys)}）：{'、'.join(keys)}")
    for label, keys in (("判定规则", found.rules), ("执法事项", found.items), ("其他数据", found.elsewhere)):
        if keys:
            click.echo(f"{label}（{len(keys)}）：{'、'.join(keys)}")
    return 0


@law.command("docs")
@click.option("--check", is_flag=True, help="只检查 docs/law.md 是不是最新，不是则退出码 1")
@click.argument("target", type=click.Path(path_type=Path), default=Path("docs/law.md"))
def docs_command(target: Path, check: bool) -> int:
    """由规则库生成 docs/law.md。"""
    text = pages.page()
    if check:
        fresh = target.is_file() and target.read_text(encoding="utf-8") == text
        click.echo(f"{target} 是最新的" if fresh else f"{target} 不是最新的，运行 qingyuan law docs 重新生成")
        return 0 if fresh else 1
    target.write_text(text, encoding="utf-8")
    return 0


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="每个时钟一行 JSON")
def clock(file: str, as_json: bool) -> int:
    """法定时钟：{"clock": "decision_90", "started": "2026-03-02", "suspensions": […], "extension": 0, "on": "…"}。

    给出 on（检查日）且已经超期时退出码为 1。"""
    late = False
    for given in _read(file):
        due = _due(given)
        on = _date(given["on"], "on") if given.get("on") else None
        is_late = on is not None and due.is_late(on)
        late |= is_late
        click.echo(json.dumps(_due_plain(due, on, is_late), ensure_ascii=False) if as_json else "\n".join(_due_lines(due, is_late)))
    return 1 if late else 0


def _due(given: Any) -> Due:
    if not isinstance(given, dict) or "clock" not in given or "started" not in given:
        raise BadInput("每个时钟应当是对象，至少有 clock（时钟编号）和 started（起算日）", field="clock")
    unknown = set(given) - {"clock", "started", "suspensions", "extension", "on"}
    if unknown:
        raise BadInput(f"不认识的字段：{'、'.join(sorted(unknown))}", field=sorted(unknown)[0])
    extension = given.get("extension", 0)
    if not isinstance(extension, int) or isinstance(extension, bool):
        raise BadInput("extension 应当是整数", field="extension")
    listed = given.get("suspensions", [])
    if not isinstance(listed, list):
        raise BadInput("suspensions 应当是列表，每段中止一个对象", field="suspensions")
    holes = [_suspension(hole) for hole in listed]
    return deadlines.due(str(given["clock"]), _date(given["started"], "started"), suspensions=holes, extension=extension)


def _suspension(given: Any) -> Suspension:
    if not isinstance(given, dict) or "began" not in given or "ground" not in given:
        raise BadInput("每段中止应当有 began、ground，结束的还有 ended", field="suspensions")
    ended = _date(given["ended"], "ended") if given.get("ended") else None
    return Suspension(_date(given["began"], "began"), ended, str(given["ground"]), str(given.get("citation", "")))


def _due_plain(due: Due, on: dt.date | None, is_late: bool) -> dict[str, Any]:
    return {
        "clock": due.clock, "label": due.label, "budget": due.budget, "unit": due.unit, "started": due.started.isoformat(),
        "due_on": None if due.is_stopped else due.due_on.isoformat(), "left": due.left, "direction": due.direction,
        "arithmetic": list(due.arithmetic), "citations": [one.written for one in due.citations],
        "citations_printed": [str(one) for one in due.citations], "grade": due.grade, "provisional": due.provisional,
        **({"on": on.isoformat(), "late": is_late} if on else {}),
    }  # fmt: skip


def _due_lines(due: Due, is_late: bool) -> list[str]:
    end = f"停止计算，余{due.left}{deadlines.UNITS[due.unit]}" if due.is_stopped else str(due.due_on)
    lines = [f"{due.label}（{due.clock}）：{end}", *(f"  {line}" for line in due.arithmetic)]
    lines.append(f"  依据：{'、'.join(str(one) for one in due.citations)}（可信度 {due.grade}）")
    if due.provisional:
        lines.append("  其中用到还没有放假通知的年份，日期是暂定的")
    return lines + (["  已经超期"] if is_late else [])


def _resolved(found: citation.Resolved) -> dict[str, Any]:
    return {
        "citation": found.citation.written, "printed": str(found.citation), "on": found.on.isoformat(), "in_force": found.in_force,
        "reason": found.reason, "says": found.says, "grade": found.grade, "successors": [one.written for one in found.successors],
    }  # fmt: skip


def _resolved_lines(found: citation.Resolved) -> list[str]:
    lines = [str(found.citation), f"{found.on}：{'有效' if found.in_force else '无效，' + found.reason}（来源可信度 {found.grade}）"]
    if found.says:
        lines.append(f"大意：{found.says}")
    return lines + [f"取代它的：{one}（{one.written}）" for one in found.successors]


def _users(cited: citation.Citation) -> list[str]:
    return [f"用在{impact.KINDS.get(folder, folder)}：{'、'.join(names)}" for folder, names in impact.used_by(cited).items()]


def _read(file: str) -> list[Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        raise BadInput(f"读不到文件 {file}：{error.strerror}", field="file") from error
    except ValueError as error:
        raise BadInput(f"{file} 不是合格的 JSON：{error}", field="file") from error
    return content if isinstance(content, list) else [content]


def _date(text: Any, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError as error:
        raise BadInput(f"{field} 应当是 2026-08-15 这样的日期，得到“{text}”", field=field) from error
