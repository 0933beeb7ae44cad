"""The truth table of a synthetic province, and how a lake is scored against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qingyuan.engines.store import asof, manifest
from qingyuan.errors import BadInput

from .finding import CHINA, moment
from .run import judge
from .score import Score, score

NEEDED = ("rule", "mn", "factor", "began", "ended")


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a truth.parquet; raises BadInput naming the columns that are missing."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    lacking = [name for name in NEEDED if rows and name not in rows[0]]
    if lacking:
        raise BadInput(f"{path} 不是真值表，缺少列：{'、'.join(lacking)}", field="truth")
    for row in rows:
        for end in ("began", "ended"):
            row[end] = row[end] if row[end].tzinfo else row[end].replace(tzinfo=CHINA)
    return rows


def score_lake(
    data_dir: Path, truth: Path, rules: Iterable[str], *, began: dt.datetime | None, ended: dt.datetime | None, executor: str = "serial"
) -> list[Score]:
    """Judge everything in the lake (or the span given) and score it against the truth table."""
    rows = read(truth)
    wanted = list(rules)
    first, last = began or _span(data_dir)[0], ended or _span(data_dir)[1]
    return score(judge(data_dir, began=first, ended=last, rules=wanted, executor=executor), rows, wanted)


def _span(data_dir: Path) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and last moment of which the lake knows anything."""
    files = manifest.load(data_dir).files
    if not files:
        raise BadInput(f"{data_dir} 的数据湖是空的，请先 qingyuan lake ingest", field="data")
    last = asof.latest(data_dir, kinds=["hour", "minute"]).column("began")
    return moment(min(one.began for one in files)), max(last.to_pylist()) + dt.timedelta(hours=1)
