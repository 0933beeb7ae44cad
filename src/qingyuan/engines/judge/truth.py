"""The truth table of a synthetic province, and how a lake is scored against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qingyuan.errors import BadInput

from .finding import CHINA
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
    """Judge the span of the truth table (or the span given) and score it."""
    rows = read(truth)
    if not rows and (began is None or ended is None):
        raise BadInput(f"{truth} 是空的，请给出 --from 和 --to", field="truth")
    wanted = list(rules)
    first = began or min(row["began"] for row in rows) - dt.timedelta(days=1)
    last = ended or max(row["ended"] for row in rows) + dt.timedelta(days=1)
    return score(judge(data_dir, began=first, ended=last, rules=wanted, executor=executor), rows, wanted)
