"""The lake in numbers: bytes a row, writing, reading, charts, last values.  Ratios in one run; times move with the machine.

    python bench/store_lake.py [--points 40] [--days 30] [--json]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from qingyuan.engines.province.generated import Draft, generated
from qingyuan.engines.store import asof, chart, compact, layout, manifest, planting, scan

ROUNDS = 7


def main() -> int:
    """Plant, measure, print."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--points", type=int, default=40)
    ask.add_argument("--days", type=int, default=30)
    ask.add_argument("--json", action="store_true")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = measure(Path(folder), given.points, given.days)
    if given.json:
        print(json.dumps(told))
    else:
        for name, value in told.items():
            print(f"{name:>34}  {value:,.4g}" if isinstance(value, float) else f"{name:>34}  {value}")
    return 0


def measure(data: Path, points: int, days: int) -> dict[str, Any]:
    """Return every figure of one run; medians of seven."""
    draft = Draft("bench", 2, 3, max(points * 2 // 3, 1), points, 4, 4, 8, 0, 4)
    plan = generated("bench", 1, draft=draft)
    ended = plan.anchor.replace(hour=0)
    began = ended - dt.timedelta(days=days)
    spent = time.perf_counter()
    current = planting.plant(data, plan, began, ended, kinds=("real", "hour"))
    spent = time.perf_counter() - spent
    rows, size = sum(one.rows for one in current.files), sum(one.bytes for one in current.files)
    told: dict[str, Any] = {"rows": rows, "files": len(current.files), "bytes_per_row": size / rows, "rows_made_and_written_per_s": rows / spent}
    told |= _bytes(data, current)
    told |= _reading(data, plan, current, began, ended)
    return told


def _bytes(data: Path, current: manifest.Manifest) -> dict[str, Any]:
    """Return compressed bytes a row of each column, over all files."""
    total: dict[str, int] = {}
    rows = sum(one.rows for one in current.files)
    for one in current.files:
        about = pq.read_metadata(layout.lake(data) / one.path)
        for group in range(about.num_row_groups):
            for column in range(about.num_columns):
                part = about.row_group(group).column(column)
                total[part.path_in_schema] = total.get(part.path_in_schema, 0) + part.total_compressed_size
    return {f"bytes_per_row.{name}": size / rows for name, size in sorted(total.items(), key=lambda pair: -pair[1])[:6]}


def _reading(data: Path, plan: Any, current: manifest.Manifest, began: dt.datetime, ended: dt.datetime) -> dict[str, Any]:
    point = next(one for one in plan.points if one.st == "31")
    factor, rows = point.factors[0], sum(one.rows for one in current.files)
    whole = _median(lambda: scan.scan_files(data, list(current.files), columns=["mn", "factor", "kind", "began", "value", "flag"]))
    facility = _median(lambda: asof.read(data, facility=point.facility, began=began, ended=ended))
    got = asof.read(data, facility=point.facility, began=began, ended=ended).num_rows
    window = {"outlet": point.outlet, "factor": factor, "kind": "real", "began": began, "ended": ended}
    from_rows = _median(lambda: chart.series(data, **window, as_of=ended + dt.timedelta(days=1)))
    from_hours = _median(lambda: chart.series(data, **window, width=100))
    latest = _median(lambda: asof.latest(data))
    merged = _median(lambda: compact.rollup_of(asof.read(data, facility=point.facility, began=began, ended=ended)), rounds=1)
    return {
        "scan_rows_per_s": rows / whole, "facility_ms": facility * 1e3, "facility_rows_per_s": got / facility, "chart_from_rows_ms": from_rows * 1e3,
        "chart_from_hours_ms": from_hours * 1e3, "rows_over_hours": from_rows / from_hours, "latest_ms": latest * 1e3, "rollup_rows_per_s": got / merged,
    }  # fmt: skip


def _median(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
