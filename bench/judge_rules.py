"""Judge benchmark: all rules in one pass over a lake, some rules against the same rules as plain DuckDB SQL, and a live minute.

    python bench/judge_rules.py --data DIR [--from T --to T] [--json]

DIR is a data directory as ``qingyuan province --out DIR`` writes it.  Times are processor seconds (all threads) unless they say wall; medians of interleaved rounds; the
findings of both ways are compared before any ratio is told.  DuckDB reads the same Parquet files with as many threads as
there are cores; it is spared the bitemporal step (the planted lake holds one version of each reading).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from qingyuan.engines.judge import rule as rules
from qingyuan.engines.judge.dimensions import tables
from qingyuan.engines.judge.episodes import by_day
from qingyuan.engines.judge.factors import POLLUTANTS
from qingyuan.engines.judge.finding import CHINA, Finding, milliseconds
from qingyuan.engines.judge.live import Live
from qingyuan.engines.judge.run import judge
from qingyuan.engines.judge.series import DAY, HOUR
from qingyuan.engines.judge.sources import LakeSource
from qingyuan.engines.judge.stretch import Stretch
from qingyuan.engines.store import layout, manifest

ROUNDS = 3
RUNNING = """
    LEFT JOIN r v ON v.mn = p.mn AND v.kind = 'minute' AND v.began = p.began AND v.factor = 'a01011' AND v.flag = 'N'
    LEFT JOIN r o ON o.mn = p.mn AND o.kind = 'minute' AND o.began = p.began AND o.factor = 'a19001' AND o.flag = 'N'
    LEFT JOIN r w ON w.mn = p.mn AND w.kind = 'minute' AND w.began = p.began AND w.factor = 'w00000' AND w.flag = 'N'
"""
WORKS = """(CASE WHEN p.factor[1] = 'w' THEN coalesce(w.value > 0, true) ELSE coalesce(v.value >= 3, true) AND coalesce(o.value <= 19, true) END)
    AND p.flag <> 'F' AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.code = 'stopped' AND m.outlet = p.outlet AND p.began >= m.began AND p.began < m.ended)"""
HOURLY = """
SELECT p.mn, p.factor, epoch_ms(p.began) AS began, epoch_ms(p.began) + 3600000 AS ended FROM r p JOIN limits l
ON l.outlet = p.outlet AND l.factor = p.factor AND l.averaging = 'hour' AND l.kind = 'permit'
WHERE p.kind = 'hour' AND p.flag = 'N' AND coalesce(p.corrected, p.value) > l.limit_value AND NOT EXISTS (
  SELECT 1 FROM marks m WHERE m.outlet = p.outlet AND p.began >= m.began AND p.began < m.ended AND m.review <> 'rejected'
  AND (len(m.factors) = 0 OR list_contains(m.factors, p.factor)) AND m.effective_until > p.began)
"""
RUNS = """
WITH v AS (SELECT p.mn, p.factor, p.began, {same} AS same, {good} AS good, p.value,
    epoch_ms(p.began) - epoch_ms(lag(p.began) OVER s) AS apart, {works} AS works FROM r p {joins} WHERE p.kind = 'minute' AND p.factor IN ({factors})
    WINDOW s AS (PARTITION BY p.mn, p.factor ORDER BY p.began)),
g AS (SELECT *, count_if(NOT (same AND apart <= {tolerance})) OVER (PARTITION BY mn, factor ORDER BY began ROWS UNBOUNDED PRECEDING) AS island FROM v)
SELECT mn, factor, epoch_ms(min(began)) AS began, epoch_ms(max(began)) + {step} AS ended FROM g WHERE good
GROUP BY mn, factor, island HAVING {having}
"""


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return (processor seconds of this process with all its threads, result): fair on a machine that others use too."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def connect(data: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB over the lake's files and the same dimension tables the rules see."""
    files = [str(layout.lake(data) / one.path) for one in manifest.load(data).files]
    lake = duckdb.connect(config={"threads": os.cpu_count() or 1})
    lake.execute(f"CREATE VIEW r AS SELECT * FROM read_parquet({files!r})")
    known = tables(data, None)
    for name, rows in (("limits", _limits(known)), ("marks", _marks(known))):
        lake.register(name, rows)
    return lake


def _limits(known: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist([{name: row[name] for name in ("outlet", "factor", "averaging", "limit_value", "kind")} for row in known.known_limits])


def _marks(known: Any) -> Any:
    import pyarrow as pa

    shape = pa.schema([("outlet", pa.string()), ("code", pa.string()), ("factors", pa.list_(pa.string())), ("began", pa.timestamp("ms", "UTC")), ("ended", pa.timestamp("ms", "UTC")),
                       ("review", pa.string()), ("effective_until", pa.timestamp("ms", "UTC"))])  # fmt: skip
    excluding = [m for m in known.known_marks if rules_class(m.code) in ("device", "condition", "stopped")]
    rows = [{"outlet": m.outlet, "code": m.code, "factors": list(m.factors), "began": m.began, "ended": min(m.ended, 2**41), "review": m.review,
             "effective_until": 2**41 if m.review == "accepted" or m.recorded_at <= (m.began + 8 * HOUR) // DAY * DAY - 8 * HOUR + DAY + DAY // 2 else 0}
            for m in excluding]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=shape)


def rules_class(code: str) -> str:
    """Return a mark's class."""
    from qingyuan.engines.judge import marking

    return str(marking.codes().get(code, {}).get("class", ""))


def keys(findings: list[Finding]) -> set[tuple[str, str, int]]:
    """Return what two ways must agree on: point, factor, start."""
    return {(one.point, one.factor, milliseconds(one.began)) for one in findings}


def sql_runs(
    lake: duckdb.DuckDBPyConnection, window: tuple[int, int], hours: dict[str, float], step: int, **words: str
) -> set[tuple[str, str, int]]:
    """Return run findings by SQL: islands in DuckDB, cut into days by the same few lines of Python."""
    factors = ", ".join(f"'{one}'" for one in POLLUTANTS)
    got = lake.execute(RUNS.format(**words, factors=factors, tolerance=2 * step, step=step)).fetchnumpy()
    stretch, found = Stretch("", *window, ()), set()
    for mn, factor, began, ended in zip(got["mn"], got["factor"], got["began"], got["ended"], strict=True):
        import numpy as np

        longest = round(hours[str(factor)[0]] * HOUR)
        for piece in by_day(np.array([began], np.int64), np.array([ended], np.int64), stretch, longer_than=longest):
            found.add((str(mn), str(factor), piece.began))
    return found


def compare(data: Path, began: dt.datetime, ended: dt.datetime) -> dict[str, Any]:
    """Time three rules both ways, interleaved; ``equal`` says whether they found the same."""
    lake, window = connect(data), (milliseconds(began), milliseconds(ended))
    step = 600_000
    same = "p.value = lag(p.value) OVER s AND p.flag = 'N' AND lag(p.flag) OVER s = 'N'"
    below = "coalesce(p.value < 0 AND p.flag = 'N', false)"
    ways: dict[str, Callable[[], set[tuple[str, str, int]]]] = {
        "hourly_mean_exceedance": lambda: {(str(a), str(b), int(c)) for a, b, c, _ in lake.execute(HOURLY).fetchall()},
        "negative_value": lambda: sql_runs(lake, window, {"a": 0.5, "w": 0.5}, step, same=f"{below} AND lag({below}) OVER s", good=below, works="true", joins="", having="true"),
        "flat_line": lambda: sql_runs(lake, window, {"a": 3.0, "w": 8.0}, step, same=same, good="true", works=WORKS, joins=RUNNING, having="count(*) > 1 AND min(value) > 0 AND arg_min(works, began) AND arg_max(works, began)"),
    }
    told: dict[str, Any] = {}
    for name, sql in ways.items():
        kernel_times, sql_times = [], []
        for _ in range(ROUNDS):
            seconds, findings = clock(lambda name=name: judge(data, began=began, ended=ended, rules=[name], executor="serial"))
            kernel_times.append(seconds)
            seconds, by_sql = clock(sql)
            sql_times.append(seconds)
        ours = keys(findings)
        told[name] = {
            "kernel_cpu_s": round(statistics.median(kernel_times), 2), "duckdb_cpu_s": round(statistics.median(sql_times), 2), "findings": len(ours),
            "only_kernel": len(ours - by_sql), "only_duckdb": len(by_sql - ours),
        }  # fmt: skip
    return told


def everything(data: Path, began: dt.datetime, ended: dt.datetime, executor: str) -> dict[str, Any]:
    """Time all rules in one pass."""
    started = time.perf_counter()
    cpu, findings = clock(lambda: judge(data, began=began, ended=ended, executor=executor))
    seconds = time.perf_counter() - started
    rows = sum(one.rows for one in manifest.load(data).files)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {
        "executor": executor, "rules": len(rules.names()), "rows": rows, "wall_s": round(seconds, 1), "cpu_s": round(cpu, 1) if executor == "serial" else None, "findings": len(findings),
        "ns_per_row_and_rule": round((cpu if executor == "serial" else seconds) * 1e9 / rows / len(rules.names()), 2), "peak_mb_one_process": round(peak),
    }  # fmt: skip


def live_minute(data: Path, at: dt.datetime, facilities: int) -> dict[str, Any]:
    """Time one live round: the minute rules of ``facilities`` facilities judged again after a reading of each arrived."""
    source = LakeSource(data)
    names = tuple(name for name in rules.names() if set(rules.named(name).kinds) <= {"minute"})
    live = Live(source, at.replace(hour=0), names)
    chosen = source.facilities()[:facilities]
    points = sum(len(source.points(one)) for one in chosen)
    rounds = []
    for minute in range(3):
        now = at + dt.timedelta(minutes=10 * minute)
        for facility in chosen:
            live.arrived(facility, "minute", [milliseconds(now) - 600_000], now)
        rounds.append(clock(lambda now=now: live.tick(now))[0])
    return {"facilities": len(chosen), "points": points, "rules": len(names), "round_s": [round(one, 2) for one in rounds],
            "ms_per_facility": round(statistics.median(rounds) * 1000 / len(chosen), 1)}  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--from", dest="began", default="2026-09-01")
    parser.add_argument("--to", dest="ended", default="2026-09-15")
    parser.add_argument("--executor", default="serial")
    parser.add_argument("--parts", default="all,compare,live")
    given = parser.parse_args()
    began, ended = (dt.datetime.fromisoformat(one).replace(tzinfo=CHINA) for one in (given.began, given.ended))
    told: dict[str, Any] = {"cores": os.cpu_count(), "python": sys.version.split()[0], "window": [given.began, given.ended]}
    if "all" in given.parts:
        told["all"] = everything(given.data, began, ended, given.executor)
    if "compare" in given.parts:
        told["compare"] = compare(given.data, began, ended)
    if "live" in given.parts:
        told["live"] = live_minute(given.data, ended - dt.timedelta(hours=9), 40)
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
