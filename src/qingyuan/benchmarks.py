"""``qingyuan bench NAME``: run one of the benchmarks of ``bench/`` as docs/benchmarks.md describes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from .errors import BadInput

FOLDER = Path(__file__).resolve().parents[2] / "bench"


def names() -> list[str]:
    """The benchmarks there are, by listing the folder."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> int:
    """Run one benchmark; without a name, list them. Ratios in one run, never a single time."""
    known = names()
    if not known:
        raise BadInput("这个安装里没有 bench/ 目录；请在源码仓库中运行")
    if name is None:
        click.echo("\n".join(known))
        return 0
    if name not in known:
        raise BadInput(f"没有叫“{name}”的基准；可用：{'、'.join(known)}")
    return subprocess.run([sys.executable, str(FOLDER / f"{name}.py"), *arguments]).returncode
