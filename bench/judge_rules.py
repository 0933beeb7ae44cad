"""Judge benchmark: all rules in one pass over a lake, some rules against the same rules as plain DuckDB SQL, and a live minute.

    python bench/judge_rules.py --data DIR [--from T --to T] [--executor processes] [--parts all,compare,live] [--rounds 12]

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
import numpy as np
import pyarrow as pa

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
from qingyuan.engines.store import asof, layout, manifest

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
OFFLINE = """
WITH t AS (SELECT DISTINCT mn, outlet, epoch_ms(began) AS began FROM r WHERE kind = 'minute'), n AS (
  SELECT mn, outlet, began + {step} AS began, coalesce(lead(began) OVER (PARTITION BY mn ORDER BY began), {until}) AS ended FROM t)
SELECT mn, outlet, began, ended FROM n WHERE ended - began >= {least}
"""
EXCUSING = ("stopped", "communication", "cems_maintenance", "device_fault")
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
    return pa.Table.from_pylist([{name: row[name] for name in ("outlet", "factor", "averaging", "limit_value", "kind")} for row in known.known_limits])


def _marks(known: Any) -> Any:
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
        longest = round(hours[str(factor)[0]] * HOUR)
        for piece in by_day(np.array([began], np.int64), np.array([ended], np.int64), stretch, longer_than=longest):
            found.add((str(mn), str(factor), piece.began))
    return found


def sql_offline(lake: duckdb.DuckDBPyConnection, window: tuple[int, int], step: int, known: Any) -> set[tuple[str, str, int]]:
    """Return silences by SQL, cut into days and excused by the same few lines of Python."""
    least = round(rules.named("offline").on(dt.date(2026, 9, 1))["hours"] * HOUR)
    got = lake.execute(OFFLINE.format(step=step, until=window[1], least=least)).fetchnumpy()
    stretch, found = Stretch("", *window, ()), set()
    for mn, outlet, began, ended in zip(got["mn"], got["outlet"], got["began"], got["ended"], strict=True):
        marks = [mark for mark in known.known_marks if mark.outlet == outlet and mark.code in EXCUSING and mark.review != "rejected"]
        for piece in by_day(np.array([began], np.int64), np.array([ended], np.int64), stretch, longer_than=least):
            if not any(mark.began <= piece.began and mark.ended >= piece.ended for mark in marks):
                found.add((str(mn), "", piece.began))
    return found


def compare(data: Path, began: dt.datetime, ended: dt.datetime, repeats: int) -> dict[str, Any]:
    """Time some rules both ways, each alone and all in one pass, interleaved; ``equal`` says whether they found the same."""
    lake, window = connect(data), (milliseconds(began), milliseconds(ended))
    step = 600_000
    same = "p.value = lag(p.value) OVER s AND p.flag = 'N' AND lag(p.flag) OVER s = 'N'"
    below = "coalesce(p.value < 0 AND p.flag = 'N', false)"
    ways: dict[str, Callable[[], set[tuple[str, str, int]]]] = {
        "hourly_mean_exceedance": lambda: {(str(a), str(b), int(c)) for a, b, c, _ in lake.execute(HOURLY).fetchall() if window[0] <= c < window[1]},
        "negative_value": lambda: sql_runs(lake, window, {"a": 0.5, "w": 0.5}, step, same=f"{below} AND lag({below}) OVER s", good=below, works="true", joins="", having="true"),
        "flat_line": lambda: sql_runs(lake, window, {"a": 3.0, "w": 8.0}, step, same=same, good="true", works=WORKS, joins=RUNNING, having="count(*) > 1 AND min(value) > 0 AND arg_min(works, began) AND arg_max(works, began)"),
    }
    known = tables(data, None)
    ways["offline"] = lambda: sql_offline(lake, window, step, known)
    ways["all of them in one pass"] = lambda: set().union(*({(name, *key) for key in way()} for name, way in list(ways.items())[:4]))
    told: dict[str, Any] = {}
    for name, sql in ways.items():
        wanted = [name] if name in rules.names() else list(ways)[:4]
        kernel_times, sql_times = [], []
        for _ in range(repeats):
            seconds, findings = clock(lambda wanted=wanted: judge(data, began=began, ended=ended, rules=wanted, executor="serial"))
            kernel_times.append(seconds)
            seconds, by_sql = clock(sql)
            sql_times.append(seconds)
        ours = keys(findings) if len(wanted) == 1 else {(one.rule, *key) for one in findings for key in keys([one])}
        told[name] = {
            "kernel_cpu_s": round(statistics.median(kernel_times), 2), "duckdb_cpu_s": round(statistics.median(sql_times), 2), "findings": len(ours),
            "only_kernel": len(ours - by_sql), "only_duckdb": len(by_sql - ours),
        }  # fmt: skip
    return told


def everything(data: Path, began: dt.datetime, ended: dt.datetime, executor: str) -> dict[str, Any]:
    """Time all rules in one pass.  Processor seconds are told for one process; of several, the wall clock times the cores (at most so much)."""
    started, before = time.perf_counter(), time.process_time()
    findings = judge(data, began=began, ended=ended, executor=executor)
    seconds = time.perf_counter() - started
    cpu = time.process_time() - before if executor == "serial" else seconds * (os.cpu_count() or 1)
    rows = sum(one.rows for one in manifest.load(data).files)
    return {
        "executor": executor, "rules": len(rules.names()), "rows": rows, "wall_s": round(seconds, 1), "cpu_s": round(cpu, 1), "findings": len(findings),
        "cpu_s_per_million_rows": round(cpu * 1e6 / rows, 3), "ns_per_row_and_rule": round(cpu * 1e9 / rows / len(rules.names()), 2),
        "minutes_for_a_billion_on_two_cores": round(cpu * 1e9 / rows / 120, 1), "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def live_rounds(data: Path, at: dt.datetime, rounds: int, minutes: int) -> dict[str, Any]:
    """Time live rounds over a whole lake: each brings one new reading of every factor of every point, ``minutes`` apart.

    Told are wall and processor seconds of a round in one process: taking the readings in and judging what they touch.
    """
    source = LakeSource(data)
    live = Live(source, at.replace(hour=0))
    remembering, _ = clock(lambda: live.remember(at))
    arriving = asof.read(data, kinds=["minute"], began=at - dt.timedelta(minutes=minutes), ended=at + dt.timedelta(minutes=minutes * rounds))
    moments = arriving.column("began").cast(pa.int64()).to_numpy()
    told: list[tuple[float, float]] = []
    changes = values = 0
    for number in range(rounds):
        now = at + dt.timedelta(minutes=minutes * number)
        fresh = arriving.filter(pa.array(moments == milliseconds(now) - minutes * 60_000))
        wall = time.perf_counter()
        cpu, change = clock(lambda fresh=fresh, now=now: (live.take(fresh, now), live.tick(now))[1])
        told.append((time.perf_counter() - wall, cpu))
        changes, values = changes + len(change.told) + len(change.withdrawn), values + fresh.num_rows
    walls, cpus = (sorted(one[place] for one in told) for place in (0, 1))
    middle, high = len(told) // 2, min(len(told) - 1, round(0.95 * len(told)))
    return {
        "facilities": len(source.facilities()), "points": len(live.points), "rules": len(live.rules), "rounds": rounds, "values_per_round": values // rounds,
        "wall_s": {"p50": round(walls[middle], 2), "p95": round(walls[high], 2)}, "cpu_s": {"p50": round(cpus[middle], 2), "p95": round(cpus[high], 2)},
        "us_per_value": round(cpus[middle] * 1e6 / max(values // rounds, 1), 1), "changes": changes, "remember_cpu_s": round(remembering, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--from", dest="began", default="2026-09-01")
    parser.add_argument("--to", dest="ended", default="2026-09-15")
    parser.add_argument("--executor", default="serial")
    parser.add_argument("--parts", default="all,compare,live")
    parser.add_argument("--repeats", type=int, default=3, help="of each way of the comparison")
    parser.add_argument("--rounds", type=int, default=12, help="live rounds")
    parser.add_argument("--minutes", type=int, default=10, help="between two live rounds: the cadence of the lake's minute data")
    parser.add_argument("--back", type=float, default=10, help="hours before --to at which the live rounds begin")
    given = parser.parse_args()
    began, ended = (dt.datetime.fromisoformat(one).replace(tzinfo=CHINA) for one in (given.began, given.ended))
    told: dict[str, Any] = {"cores": os.cpu_count(), "python": sys.version.split()[0], "window": [given.began, given.ended]}
    if "all" in given.parts:
        told["all"] = everything(given.data, began, ended, given.executor)
    if "compare" in given.parts:
        told["compare"] = compare(given.data, began, ended, given.repeats)
    if "live" in given.parts:
        told["live"] = live_rounds(given.data, ended - dt.timedelta(hours=given.back), given.rounds, given.minutes)
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
