"""The six rules of judge_peers.py as Polars expressions and as pandas on a sorted frame; as plainly as their users write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
KEY = ["mn", "factor"]


def polars_rules(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the reading and the rules."""
    import polars as pl

    held: dict[str, pl.DataFrame] = {}
    col, normal = pl.col, pl.col("flag") == "N"

    def rows(frame: Any) -> set[tuple[Any, ...]]:
        return set(frame.collect().rows())

    def r() -> pl.LazyFrame:
        return held["r"].lazy()

    def read() -> None:
        for name in ("r", "limits"):
            held[name] = pl.read_parquet(folder / f"{name}.parquet")

    def hours() -> pl.LazyFrame:
        blocks = r().filter(normal).group_by([*KEY, (col("began") - col("began") % HOUR).alias("hour")])
        return blocks.agg(pl.len().alias("n"), col("v").cast(pl.Int64).sum().alias("total"), col("v").min().alias("low"), col("v").max().alias("high")).filter(
            col("n") * step >= 45 * MINUTE
        )

    def hourly() -> Any:
        return rows(hours().join(held["limits"].lazy(), on=KEY).filter(col("total") > col("allowed") * col("n")).select(*KEY, "hour"))

    def islands(good: Any, least: int, *, equal: bool) -> Any:
        same = good & good.shift(1) & ((col("v") == col("v").shift(1)) if equal else True) & (col("began").diff() <= 2 * step)
        numbered = r().with_columns(good.alias("good"), same.fill_null(False).over(KEY).alias("same"))
        numbered = numbered.with_columns((~col("same")).cum_sum().over(KEY).alias("island")).filter(col("good"))
        runs = numbered.group_by([*KEY, "island"]).agg(col("began").min().alias("a"), (col("began").max() + step).alias("b"), pl.len().alias("n"), col("v").min().alias("low"))
        runs = runs.filter((col("b") - col("a") >= least) & (col("n") > 1))
        return rows((runs.filter(col("low") > 0) if equal else runs).select(*KEY, "a", "b"))

    def fall() -> Any:
        width = 90 * MINUTE // step
        before = col("v").cast(pl.Int64).rolling_sum(width).shift(1)
        after = col("v").cast(pl.Int64).rolling_sum(width).shift(1 - width)
        span = col("began").shift(1 - width) - col("began").shift(width)
        holds = ((2 * after < before) & (span == (2 * width - 1) * step)).fill_null(False)
        told = r().with_columns(holds.over(KEY).alias("holds")).with_columns(col("holds").shift(1).fill_null(False).over(KEY).alias("held"))
        return rows(told.filter(col("holds") & ~col("held")).select(*KEY, "began"))

    def copied() -> Any:
        prints = hours().filter(col("low") > 0).with_columns(((col("hour") + 8 * HOUR) // DAY).alias("day"))
        both = prints.join(prints, on=["factor", "hour", "day", "total", "low", "high"], suffix="_two").filter(col("mn") < col("mn_two"))
        pairs = both.group_by(["mn", "mn_two", "factor", "day"]).agg(pl.len().alias("n"), col("total").n_unique().alias("different"))
        return rows(pairs.filter((col("n") >= 6) & (col("different") >= 4)).select("mn", "mn_two", "factor", "day"))

    def offline() -> Any:
        spoken = r().select("mn", "began").unique().sort("mn", "began").with_columns(col("began").shift(1).over("mn").alias("was"))
        return rows(spoken.filter(col("began") - col("was") - step > 4 * HOUR).select("mn", col("was") + step, "began"))

    yield from (("read", read), ("hourly", hourly), ("flat", lambda: islands(normal, 3 * HOUR, equal=True)), ("step", fall), ("copied", copied))
    yield from (("zero", lambda: islands(normal & (col("v") == 0), 2 * HOUR, equal=False)), ("offline", offline))


def pandas_rules(folder: Path, step: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the reading and the rules."""
    import pandas as pd

    held: dict[str, pd.DataFrame] = {}

    def rows(frame: Any) -> set[tuple[Any, ...]]:
        return set(frame.itertuples(index=False, name=None))

    def read() -> None:
        for name in ("r", "limits"):
            held[name] = pd.read_parquet(folder / f"{name}.parquet")
        held["r"][KEY] = held["r"][KEY].astype("category")

    def hours() -> pd.DataFrame:
        good = held["r"][held["r"]["flag"] == "N"]
        blocks = good.groupby([*KEY, (good["began"] - good["began"] % HOUR).rename("hour")], observed=True)["v"].agg(["size", "sum", "min", "max"]).reset_index()
        return blocks[blocks["size"] * step >= 45 * MINUTE].astype({"mn": str, "factor": str})

    def hourly() -> Any:
        told = hours().merge(held["limits"], on=KEY)
        return rows(told[told["sum"] > told["allowed"] * told["size"]][[*KEY, "hour"]])

    def islands(good: Any, least: int, *, equal: bool) -> Any:
        r = held["r"]
        series = r.groupby(KEY, observed=True).ngroup()
        same = good & good.shift(1, fill_value=False) & (series == series.shift(1)) & (r["began"].diff() <= 2 * step)
        same &= (r["v"] == r["v"].shift(1)) if equal else True
        runs = r[good].groupby((~same).cumsum()[good]).agg(mn=("mn", "first"), factor=("factor", "first"), a=("began", "min"), b=("began", "max"), n=("v", "size"), low=("v", "min"))
        runs["b"] += step
        keep = (runs["b"] - runs["a"] >= least) & (runs["n"] > 1) & ((runs["low"] > 0) if equal else True)
        return rows(runs[keep][[*KEY, "a", "b"]].astype({"mn": str, "factor": str}))

    def fall() -> Any:
        width, r = 90 * MINUTE // step, held["r"]
        by = r.groupby(KEY, observed=True, sort=False)
        total = r.groupby(KEY, observed=True)["v"].rolling(width).sum().reset_index(level=KEY, drop=True).sort_index()
        before = total.groupby([r["mn"], r["factor"]], observed=True).shift(1)
        after = total.groupby([r["mn"], r["factor"]], observed=True).shift(1 - width)
        span = by["began"].shift(1 - width) - by["began"].shift(width)
        holds = (2 * after < before) & (span == (2 * width - 1) * step)
        held_before = holds.groupby([r["mn"], r["factor"]], observed=True).shift(1, fill_value=False)
        return rows(r[holds & ~held_before][[*KEY, "began"]].astype({"mn": str, "factor": str}))

    def copied() -> Any:
        prints = hours()
        prints = prints[prints["min"] > 0].assign(day=lambda one: (one["hour"] + 8 * HOUR) // DAY)
        both = prints.merge(prints, on=["factor", "hour", "day", "sum", "min", "max"], suffixes=("", "_two"))
        both = both[both["mn"] < both["mn_two"]]
        pairs = both.groupby(["mn", "mn_two", "factor", "day"])["sum"].agg(["size", "nunique"]).reset_index()
        return rows(pairs[(pairs["size"] >= 6) & (pairs["nunique"] >= 4)][["mn", "mn_two", "factor", "day"]])

    def offline() -> Any:
        spoken = held["r"][["mn", "began"]].drop_duplicates().sort_values(["mn", "began"])
        was = spoken.groupby("mn", observed=True)["began"].shift(1)
        told = spoken.assign(a=was + step)[spoken["began"] - was - step > 4 * HOUR].astype({"a": "int64", "mn": str})
        return rows(told[["mn", "a", "began"]])

    yield from (("read", read), ("hourly", hourly), ("flat", lambda: islands(held["r"]["flag"] == "N", 3 * HOUR, equal=True)), ("step", fall), ("copied", copied))
    yield from (("zero", lambda: islands((held["r"]["flag"] == "N") & (held["r"]["v"] == 0), 2 * HOUR, equal=False)), ("offline", offline))
