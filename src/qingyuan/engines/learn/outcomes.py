"""What became of a finding: the number the field lacks.

An outcome is handed down by the cases' door as a plain value; this room never asks the records.  Whether a finding led to a
case says nothing of its truth: a true finding may end in a correction without a penalty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qingyuan.errors import BadInput

VERDICTS = ("", "true", "false", "unclear")


@dataclass(frozen=True)
class Outcome:
    """One finding's life.  Dates are legal days; None: not (yet).  ``verdict`` is what the check on site found.

    ``rule`` and ``revision`` as in the finding; ``division`` 12 digits; ``cause`` the reason of a false alarm in the
    trade's words (校准, 停产, 通讯 …).
    """

    finding: str
    rule: str
    revision: int
    division: str
    facility: str
    pushed_on: dt.date
    checked_on: dt.date | None = None
    verdict: str = ""
    cause: str = ""
    case_filed_on: dt.date | None = None
    decided_on: dt.date | None = None
    revoked_on: dt.date | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise BadInput(f"核查结论“{self.verdict}”不在 {VERDICTS} 之内", field="verdict")
        if self.verdict and self.checked_on is None:
            raise BadInput(f"判定结果 {self.finding} 有核查结论而没有核查日期", field="checked_on")
        if self.checked_on and self.checked_on < self.pushed_on:
            raise BadInput(f"判定结果 {self.finding} 的核查日期早于推送日期", field="checked_on")


SCHEMA = pa.schema([
    (one.name, pa.int32() if one.name == "revision" else pa.date32() if one.name.endswith("_on") else pa.string()) for one in fields(Outcome)
])  # fmt: skip


def write(path: Path, outcomes: Iterable[Outcome]) -> int:
    """Write outcomes to a Parquet file, the last told of each finding; return how many."""
    last = {one.finding: one for one in outcomes}
    table = pa.Table.from_pylist([asdict(one) for one in last.values()], schema=SCHEMA)
    aside = path.with_suffix(".tmp")
    pq.write_table(table, aside, compression="zstd")
    aside.replace(path)
    return len(last)


def read(path: Path) -> list[Outcome]:
    """Return the outcomes of a file; raises BadInput naming a column that is missing."""
    table = pq.read_table(path)
    lacking = [name for name in SCHEMA.names if name not in table.column_names]
    if lacking:
        raise BadInput(f"{path} 缺少列：{'、'.join(lacking)}", field="outcomes")
    return [Outcome(**row) for row in table.select(SCHEMA.names).to_pylist()]
