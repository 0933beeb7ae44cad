"""Six rules written five ways over one synthetic month: our kernels, plain DuckDB SQL, PostgreSQL, Polars, pandas.

    python bench/judge_peers.py [--points 300] [--days 30] [--step 5] [--only kernels,duckdb,...] [--json]

Every way reads the same Parquet file (PostgreSQL is loaded by COPY) and runs in a process of its own, with as many threads as it likes.
Told are processor seconds (all threads; of PostgreSQL, of its server) and peak memory; before any ratio is told, all findings are compared.
Values are hundredths in whole numbers, so that a sum is the same sum everywhere.

    hourly      clock hours of at least 45 valid minutes whose mean is above the limit
    flat        one unchanged value for three hours
    step        the mean of the next hour and a half below half of that of the one before
    copied      two points that tell the same hours (sum, lowest, highest) six times a day
    zero        zero for two hours
    offline     a point silent for four hours
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_788_192_000_000  # 2026-09-01T00:00+08:00
FACTORS = ("a21002", "a21026", "a34013", "a24088")
WAYS = ("kernels", "duckdb", "postgres", "polars", "pandas")
RULES = ("hourly", "flat", "step", "copied", "zero", "offline")
Found = set[tuple[Any, ...]]


def month(points: int, days: int, step: int) -> tuple[pa.Table, pa.Table]:
    """Return (readings, limits) of so many points, sorted by point, factor, time; every fraud is planted in one point of fifty."""
    pick = np.random.default_rng(2026)
    moments = START + np.arange(0, days * DAY, step * MINUTE, dtype=np.int64)
    parts, limits, kept = [], [], {}
    for point in range(points):
        silent = _span(pick, len(moments), 6 * 60 // step, point % 50 == 5)
        heard = ~silent & (pick.random(len(moments)) > 0.002)
        for factor in FACTORS:
            level = int(pick.integers(2000, 20000))
            drift = np.interp(moments, moments[:: 240 // step], pick.normal(1, 0.12, len(moments[:: 240 // step])))
            value = np.maximum(1, level * drift * (1 + 0.04 * pick.standard_normal(len(moments)))).astype(np.int32)
            limits.append((f"M{point:05d}", factor, int(level * 1.8)))
            _plant(pick, value, point, level, step)
            if point % 50 == 9 and (point - 1, factor) in kept:
                value[: len(value) // 3] = kept[point - 1, factor][: len(value) // 3]
            kept = {(point, one): two for (place, one), two in kept.items() if place >= point - 1} | {(point, factor): value}
            parts.append(_rows(point, factor, moments[heard], value[heard], pick))
    names = [pa.array([row[place] for row in limits]) for place in range(3)]
    return pa.concat_tables(parts).combine_chunks(), pa.table(names, names=["mn", "factor", "allowed"])


def _span(pick: np.random.Generator, length: int, wide: int, wanted: bool) -> np.ndarray:
    inside = np.zeros(length, dtype=bool)
    if wanted:
        first = int(pick.integers(wide, length - 2 * wide))
        inside[first : first + wide] = True
    return inside


def _plant(pick: np.random.Generator, value: np.ndarray, point: int, level: int, step: int) -> None:
    hours = 60 // step
    for place, (wide, change) in enumerate(((5 * hours, 2.2), (9 * hours, None), (30 * hours, 0.2), (4 * hours, 0.0))):
        inside = _span(pick, len(value), wide, point % 50 == 10 * place + 1)
        value[inside] = level if change is None else value[inside] * change


def _rows(point: int, factor: str, moments: np.ndarray, value: np.ndarray, pick: np.random.Generator) -> pa.Table:
    flags = np.where(pick.random(len(moments)) < 0.01, 1, 0).astype(np.int32)
    words = [pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(moments), np.int32)), pa.array([word])) for word in (f"M{point:05d}", factor)]
    letters = pa.DictionaryArray.from_arrays(pa.array(flags), pa.array(["N", "C"]))
    return pa.table([*(one.cast(pa.string()) for one in words), pa.array(moments), pa.array(value), letters.cast(pa.string())],
                    names=["mn", "factor", "began", "v", "flag"])  # fmt: skip


# ---- our kernels: numpy over the sorted series of one point and factor, one row group in memory at a time


def kernels(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the reading and the rules; series by series, with the operators of engines/judge/series.py."""
    from qingyuan.engines.judge import series as operators

    series: list[tuple[str, str, np.ndarray, np.ndarray, np.ndarray]] = []
    limits = {(row["mn"], row["factor"]): row["allowed"] for row in pq.read_table(folder / "limits.parquet").to_pylist()}

    def read() -> None:
        file = pq.ParquetFile(folder / "r.parquet", read_dictionary=["mn", "factor", "flag"])
        for group in range(file.num_row_groups):
            series.extend(_split(file.read_row_group(group)))

    tolerance = 2 * step
    yield "read", read
    yield "hourly", lambda: {key for one in series for key in _hourly(operators, one, limits[one[0], one[1]], step)}
    yield "flat", lambda: {(mn, f, a, b) for mn, f, t, v, good in series for a, b in _long(t, *operators.equal_runs(v, t, good, tolerance), step, 3 * HOUR, v)}
    yield "step", lambda: {(mn, f, int(at)) for mn, f, t, v, _ in series for at in _falls(t, v, step)}
    yield "copied", lambda: _copies(operators, series, step)
    yield "zero", lambda: {(mn, f, a, b) for mn, f, t, v, good in series for a, b in _long(t, *operators.runs(good & (v == 0), t, tolerance), step, 2 * HOUR)}
    yield "offline", lambda: _silences(operators, series, step)


def _split(table: pa.Table) -> Iterator[tuple[str, str, np.ndarray, np.ndarray, np.ndarray]]:
    coded = {name: table.column(name).combine_chunks() for name in ("mn", "factor", "flag")}
    key = coded["mn"].indices.to_numpy().astype(np.int64) * 64 + coded["factor"].indices.to_numpy()
    began, value = table.column("began").to_numpy(), table.column("v").to_numpy()
    good = coded["flag"].indices.to_numpy() == coded["flag"].dictionary.to_pylist().index("N")
    edges = [0, *(np.flatnonzero(np.diff(key)) + 1), len(key)]
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        yield coded["mn"][first].as_py(), coded["factor"][first].as_py(), began[first:last], value[first:last], good[first:last]


def _blocks(operators: Any, t: np.ndarray, v: np.ndarray, good: np.ndarray) -> tuple[np.ndarray, ...]:
    hours, values = t[good] // HOUR * HOUR, v[good].astype(np.int64)
    first = operators.starts_of(hours)
    ends = np.append(first[1:], len(hours))
    return hours[first], ends - first, np.add.reduceat(values, first), np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)


def _hourly(operators: Any, one: Any, allowed: int, step: int) -> Iterator[tuple[str, str, int]]:
    mn, factor, t, v, good = one
    hours, count, total, _, _ = _blocks(operators, t, v, good)
    yield from ((mn, factor, int(hour)) for hour in hours[(count * step >= 45 * MINUTE) & (total > allowed * count)])


def _long(t: np.ndarray, first: np.ndarray, last: np.ndarray, step: int, least: int, v: np.ndarray | None = None) -> Iterator[tuple[int, int]]:
    began, ended = t[first], t[last - 1] + step
    keep = (ended - began >= least) & ((last - first) > 1)
    keep &= True if v is None else v[first] > 0
    yield from zip(began[keep].tolist(), ended[keep].tolist(), strict=True)


def _falls(t: np.ndarray, v: np.ndarray, step: int) -> np.ndarray:
    width = 90 * MINUTE // step
    total = np.concatenate(([0], np.cumsum(v, dtype=np.int64)))
    centre = np.arange(width, len(v) - width + 1)
    after, before = total[centre + width] - total[centre], total[centre] - total[centre - width]
    whole = t[centre + width - 1] - t[centre - width] == (2 * width - 1) * step
    holds = (2 * after < before) & whole
    return t[centre[holds & ~np.concatenate(([False], holds[:-1]))]]


def _copies(operators: Any, series: list[Any], step: int) -> Found:
    told = []
    for place, (_, factor, t, v, good) in enumerate(series):
        hours, count, total, low, high = _blocks(operators, t, v, good)
        keep = (count * step >= 45 * MINUTE) & (low > 0)
        told.append(np.column_stack([np.full(keep.sum(), FACTORS.index(factor)), hours[keep], total[keep], low[keep], high[keep], np.full(keep.sum(), place)]))
    prints = np.concatenate(told)
    prints = prints[np.lexsort(prints.T[::-1])]
    same = (prints[1:, :5] == prints[:-1, :5]).all(axis=1)
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    found: dict[tuple[int, int, int], list[int]] = {}
    for first, last in zip(starts, np.append(starts[1:], len(prints)), strict=True):
        group = prints[first:last]
        for left in range(len(group) - 1):
            for right in range(left + 1, len(group)):
                day = (int(group[left, 1]) + 8 * HOUR) // DAY
                found.setdefault((int(group[left, 5]), int(group[right, 5]), day), []).append(int(group[left, 2]))
    return {(series[a][0], series[b][0], series[a][1], day) for (a, b, day), sums in found.items() if len(sums) >= 6 and len(set(sums)) >= 4}


def _silences(operators: Any, series: list[Any], step: int) -> Found:
    spoken: dict[str, list[np.ndarray]] = {}
    for mn, _, t, _, _ in series:
        spoken.setdefault(mn, []).append(t)
    found = set()
    for mn, several in spoken.items():
        t = np.unique(np.concatenate(several))
        for a, b in zip(*operators.gaps(t, (int(t[0]), int(t[-1])), step, 4 * HOUR), strict=True):
            found.add((mn, int(a), int(b)))
    return found


# ---- plain SQL: one text for DuckDB and PostgreSQL

ISLANDS = """
WITH a AS (SELECT mn, factor, began, v, {good} AS good, {same} AS same, began - lag(began) OVER w AS apart FROM r WINDOW w AS (PARTITION BY mn, factor ORDER BY began)),
b AS (SELECT mn, factor, began, v, good, sum(CASE WHEN coalesce(same, false) AND apart <= {tolerance} THEN 0 ELSE 1 END)
  OVER (PARTITION BY mn, factor ORDER BY began ROWS UNBOUNDED PRECEDING) AS island FROM a)
SELECT mn, factor, min(began), max(began) + {step} FROM b WHERE good GROUP BY mn, factor, island HAVING max(began) + {step} - min(began) >= {least} AND count(*) > 1 {more}
"""
SQL = {
    "hourly": """WITH h AS (SELECT mn, factor, began - began % 3600000 AS hour, count(*) AS n, sum(v) AS total FROM r WHERE flag = 'N' GROUP BY 1, 2, 3)
SELECT h.mn, h.factor, hour FROM h JOIN limits l ON l.mn = h.mn AND l.factor = h.factor WHERE n * {step} >= 2700000 AND total > l.allowed * n""",
    "flat": ISLANDS,
    "step": """WITH a AS (SELECT mn, factor, began, sum(v) OVER (w ROWS BETWEEN CURRENT ROW AND {last} FOLLOWING) AS after, sum(v) OVER (w ROWS BETWEEN {width} PRECEDING AND 1 PRECEDING) AS before,
  lead(began, {last}) OVER w - lag(began, {width}) OVER w AS span FROM r WINDOW w AS (PARTITION BY mn, factor ORDER BY began)),
b AS (SELECT mn, factor, began, coalesce(2 * after < before AND span = {span}, false) AS holds FROM a),
c AS (SELECT *, lag(holds) OVER (PARTITION BY mn, factor ORDER BY began) AS held FROM b)
SELECT mn, factor, began FROM c WHERE holds AND NOT coalesce(held, false)""",
    "copied": """WITH h AS (SELECT mn, factor, began - began % 3600000 AS hour, sum(v) AS total, min(v) AS low, max(v) AS high FROM r WHERE flag = 'N'
  GROUP BY 1, 2, 3 HAVING count(*) * {step} >= 2700000 AND min(v) > 0),
p AS (SELECT a.mn AS one, b.mn AS two, a.factor AS factor, (a.hour + 28800000 - (a.hour + 28800000) % 86400000) / 86400000 AS day, a.total AS total FROM h a JOIN h b
  ON a.factor = b.factor AND a.hour = b.hour AND a.total = b.total AND a.low = b.low AND a.high = b.high AND a.mn < b.mn)
SELECT one, two, factor, CAST(day AS bigint) FROM p GROUP BY one, two, factor, day HAVING count(*) >= 6 AND count(DISTINCT total) >= 4""",
    "zero": ISLANDS,
    "offline": """WITH t AS (SELECT DISTINCT mn, began FROM r), g AS (SELECT mn, began, lag(began) OVER (PARTITION BY mn ORDER BY began) AS was FROM t)
SELECT mn, was + {step}, began FROM g WHERE began - was - {step} > 14400000""",
}  # fmt: skip


def sql(rule: str, step: int) -> str:
    """Return the text of one rule for readings every ``step`` milliseconds."""
    width = 90 * MINUTE // step
    words = {"step": step, "tolerance": 2 * step, "width": width, "last": width - 1, "span": (2 * width - 1) * step}
    if rule == "flat":
        words |= {"good": "flag = 'N'", "same": "v = lag(v) OVER w AND flag = 'N' AND lag(flag) OVER w = 'N'", "least": 3 * HOUR, "more": "AND min(v) > 0"}
    if rule == "zero":
        words |= {"good": "(flag = 'N' AND v = 0)", "same": "(flag = 'N' AND v = 0) AND lag(flag) OVER w = 'N' AND lag(v) OVER w = 0", "least": 2 * HOUR, "more": ""}
    return SQL[rule].format(**words)


def by_duckdb(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the loading into memory and the rules as SQL."""
    import duckdb

    base = duckdb.connect()
    yield "read", lambda: [base.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{folder}/{name}.parquet')") for name in ("r", "limits")]
    for rule in RULES:
        yield rule, lambda rule=rule: {tuple(row) for row in base.execute(sql(rule, step)).fetchall()}


def by_postgres(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the COPY into a fresh server and the rules as SQL."""
    import psycopg

    base = psycopg.connect(os.environ["PEERS_POSTGRES"], autocommit=True)
    base.execute("SET work_mem = '256MB'")

    def read() -> None:
        base.execute("CREATE UNLOGGED TABLE r (mn text, factor text, began bigint, v integer, flag text)")
        base.execute("CREATE UNLOGGED TABLE limits (mn text, factor text, allowed integer)")
        for name in ("r", "limits"):
            file = pq.ParquetFile(folder / f"{name}.parquet")
            with base.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for batch in file.iter_batches(200_000):
                    copy.write("".join("\t".join(map(str, row)) + "\n" for row in zip(*(one.to_pylist() for one in batch.columns), strict=True)))
        base.execute("CREATE INDEX ON r (mn, factor, began)")
        base.execute("VACUUM ANALYZE r")

    yield "read", read
    for rule in RULES:
        yield rule, lambda rule=rule: {tuple(int(one) if not isinstance(one, str) else one for one in row) for row in base.execute(sql(rule, step)).fetchall()}


# ---- data frames


def by_polars(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the reading and the rules as expressions."""
    import _judge_peers_frames as frames

    yield from frames.PolarsRules(folder, step).parts()


def by_pandas(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the reading and the rules on a sorted frame."""
    import _judge_peers_frames as frames

    yield from frames.PandasRules(folder, step).parts()


ENGINES = {"kernels": kernels, "duckdb": by_duckdb, "postgres": by_postgres, "polars": by_polars, "pandas": by_pandas}


def one_way(name: str, folder: Path, step: int) -> None:
    """Run one way in this process and write its seconds, memory and findings."""
    seconds, found = {}, {}
    for part, work in ENGINES[name](folder, step * MINUTE):
        before = _cpu()
        got = work()
        seconds[part] = round(_cpu() - before, 3)
        if part != "read":
            found[part] = sorted([list(row) for row in got])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (folder / f"{name}.json").write_text(json.dumps({"seconds": seconds, "peak_mb": None if name == "postgres" else round(peak), "found": found}))


def _cpu() -> float:
    """Return processor seconds of this process and, beside a PostgreSQL, of its server."""
    server = os.environ.get("PEERS_SERVER")
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat") if server else ():
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(told[11]) + int(told[12]) if told[1] == server else sum(map(int, told[11:15])) if path.parent.name == server else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def run(name: str, folder: Path, step: int) -> dict[str, Any]:
    """Run one way in a process of its own; a PostgreSQL is started for it and ended after."""
    command = [sys.executable, __file__, "--way", name, "--folder", str(folder), "--step", str(step)]
    if name == "postgres":
        sys.path.insert(0, str(Path(__file__).parents[1]))
        from tests.postgres import running_postgres

        with running_postgres() as address:
            import psycopg

            with psycopg.connect(address) as base:
                backend = base.info.backend_pid
                server = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
            subprocess.run(command, check=True, env={**os.environ, "PEERS_POSTGRES": address, "PEERS_SERVER": server})
    else:
        subprocess.run(command, check=True)
    return json.loads((folder / f"{name}.json").read_text())


def table(told: dict[str, Any]) -> str:
    """Return the results as a Markdown table: seconds, and in brackets how many times ours."""
    ways = told["ways"]
    lines = ["| processor seconds (× ours) | " + " | ".join(ways) + " |", "|---" * (len(ways) + 1) + "|"]
    ours = ways.get("kernels", next(iter(ways.values())))["seconds"]
    for part in ("read", *RULES, "all"):
        cells = [_cell(one["seconds"][part], ours[part]) for one in ways.values()]
        lines.append(f"| {part} | " + " | ".join(cells) + " |")
    lines.append("| peak memory, MB | " + " | ".join(str(one["peak_mb"] or "–") for one in ways.values()) + " |")
    return "\n".join(lines)


def _cell(seconds: float, ours: float) -> str:
    return f"{seconds:.2f} ({seconds / max(ours, 0.01):.1f})"


def main() -> None:
    """Make the month, run every way, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("points", 300), ("days", 30), ("step", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", default=",".join(WAYS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        one_way(given.way, given.folder, given.step)
        return
    with tempfile.TemporaryDirectory(prefix="judge-peers-") as made:
        folder = Path(made)
        readings, limits = month(given.points, given.days, given.step)
        pq.write_table(readings, folder / "r.parquet", compression="zstd", row_group_size=len(FACTORS) * 10 * given.days * 1440 // given.step)
        pq.write_table(limits, folder / "limits.parquet")
        told: dict[str, Any] = {"rows": readings.num_rows, "cores": os.cpu_count(), "python": sys.version.split()[0]}
        del readings
        ways = {name: run(name, folder, given.step) for name in given.only.split(",")}
    first = next(iter(ways.values()))["found"]
    told["findings"] = {rule: len(rows) for rule, rows in first.items()}
    told["disagree"] = [f"{name}:{rule}" for name, one in ways.items() for rule in RULES if one["found"][rule] != first[rule]]
    for one in ways.values():
        one["seconds"]["all"] = round(sum(one["seconds"].values()), 2)
        del one["found"]
    told["ways"] = ways
    if given.json:
        print(json.dumps(told))
    else:
        print(f"{told['rows']:,} rows; findings {told['findings']}; {'all agree' if not told['disagree'] else 'DISAGREE: ' + ', '.join(told['disagree'])}\n\n{table(told)}")
    sys.exit(1 if told["disagree"] else 0)


if __name__ == "__main__":
    main()
