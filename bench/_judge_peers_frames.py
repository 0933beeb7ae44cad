"""The six rules of judge_peers.py as Polars expressions and as pandas on a sorted frame; as plainly as their users write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
KEY = ["mn", "factor"]
Found = set[tuple[Any, ...]]


class PolarsRules:
    """Each rule as one lazy query over the frame held in memory."""

    def __init__(self, folder: Path, step: int) -> None:
        import polars as pl

        self.folder, self.step, self.pl = folder, step, pl
        self.held: dict[str, Any] = {}
        self.normal = pl.col("flag") == "N"

    def parts(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Yield the reading and the rules."""
        zero = self.normal & (self.pl.col("v") == 0)
        yield from (("read", self.read), ("hourly", self.hourly), ("flat", lambda: self.islands(self.normal, 3 * HOUR, equal=True)))
        yield from (("step", self.fall), ("copied", self.copied), ("zero", lambda: self.islands(zero, 2 * HOUR, equal=False)), ("offline", self.offline))

    def read(self) -> None:
        """Read both tables whole."""
        for name in ("r", "limits"):
            self.held[name] = self.pl.read_parquet(self.folder / f"{name}.parquet")

    def hours(self) -> Any:
        """Return clock hours of enough valid minutes: count, sum, lowest, highest."""
        pl, col = self.pl, self.pl.col
        blocks = self.held["r"].lazy().filter(self.normal).group_by([*KEY, (col("began") - col("began") % HOUR).alias("hour")])
        told = blocks.agg(pl.len().alias("n"), col("v").cast(pl.Int64).sum().alias("total"), col("v").min().alias("low"), col("v").max().alias("high"))
        return told.filter(col("n") * self.step >= 45 * MINUTE)

    def hourly(self) -> Found:
        """Hours above the limit."""
        col = self.pl.col
        return _rows(self.hours().join(self.held["limits"].lazy(), on=KEY).filter(col("total") > col("allowed") * col("n")).select(*KEY, "hour"))

    def islands(self, good: Any, least: int, *, equal: bool) -> Found:
        """Runs of good readings side by side (``equal``: of one value above zero) that last."""
        pl, col = self.pl, self.pl.col
        same = good & good.shift(1) & ((col("v") == col("v").shift(1)) if equal else True) & (col("began").diff() <= 2 * self.step)
        numbered = self.held["r"].lazy().with_columns(good.alias("good"), same.fill_null(False).over(KEY).alias("same"))
        numbered = numbered.with_columns((~col("same")).cum_sum().over(KEY).alias("island")).filter(col("good"))
        ends = (col("began").min().alias("a"), (col("began").max() + self.step).alias("b"), pl.len().alias("n"), col("v").min().alias("low"))
        runs = numbered.group_by([*KEY, "island"]).agg(*ends).filter((col("b") - col("a") >= least) & (col("n") > 1))
        return _rows((runs.filter(col("low") > 0) if equal else runs).select(*KEY, "a", "b"))

    def fall(self) -> Found:
        """The first reading of each fall to less than half."""
        pl, col = self.pl, self.pl.col
        width = 90 * MINUTE // self.step
        before = col("v").cast(pl.Int64).rolling_sum(width).shift(1)
        after = col("v").cast(pl.Int64).rolling_sum(width).shift(1 - width)
        span = col("began").shift(1 - width) - col("began").shift(width)
        holds = ((2 * after < before) & (span == (2 * width - 1) * self.step)).fill_null(False)
        told = self.held["r"].lazy().with_columns(holds.over(KEY).alias("holds")).with_columns(col("holds").shift(1).fill_null(False).over(KEY).alias("held"))
        return _rows(told.filter(col("holds") & ~col("held")).select(*KEY, "began"))

    def copied(self) -> Found:
        """Pairs of points with six equal hours on a day."""
        pl, col = self.pl, self.pl.col
        prints = self.hours().filter(col("low") > 0).with_columns(((col("hour") + 8 * HOUR) // DAY).alias("day"))
        both = prints.join(prints, on=["factor", "hour", "day", "total", "low", "high"], suffix="_two").filter(col("mn") < col("mn_two"))
        pairs = both.group_by(["mn", "mn_two", "factor", "day"]).agg(pl.len().alias("n"), col("total").n_unique().alias("different"))
        return _rows(pairs.filter((col("n") >= 6) & (col("different") >= 4)).select("mn", "mn_two", "factor", "day"))

    def offline(self) -> Found:
        """Silences of a point."""
        col = self.pl.col
        spoken = self.held["r"].lazy().select("mn", "began").unique().sort("mn", "began").with_columns(col("began").shift(1).over("mn").alias("was"))
        return _rows(spoken.filter(col("began") - col("was") - self.step > 4 * HOUR).select("mn", col("was") + self.step, "began"))


def _rows(frame: Any) -> Found:
    return set(frame.collect().rows())


def _tuples(frame: Any) -> Found:
    return set(frame.itertuples(index=False, name=None))


class PandasRules:
    """Each rule on one frame sorted by point, factor and time."""

    def __init__(self, folder: Path, step: int) -> None:
        import pandas as pd

        self.folder, self.step, self.pd = folder, step, pd
        self.r: Any = None
        self.limits: Any = None

    def parts(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Yield the reading and the rules."""
        yield from (("read", self.read), ("hourly", self.hourly), ("flat", lambda: self.islands(self.r["flag"] == "N", 3 * HOUR, equal=True)), ("step", self.fall))
        yield from (("copied", self.copied), ("zero", lambda: self.islands((self.r["flag"] == "N") & (self.r["v"] == 0), 2 * HOUR, equal=False)), ("offline", self.offline))

    def read(self) -> None:
        """Read both tables whole."""
        self.r, self.limits = (self.pd.read_parquet(self.folder / f"{name}.parquet") for name in ("r", "limits"))
        self.r[KEY] = self.r[KEY].astype("category")

    def hours(self) -> Any:
        """Return clock hours of enough valid minutes: count, sum, lowest, highest."""
        good = self.r[self.r["flag"] == "N"]
        blocks = good.groupby([*KEY, (good["began"] - good["began"] % HOUR).rename("hour")], observed=True)["v"].agg(["size", "sum", "min", "max"]).reset_index()
        return blocks[blocks["size"] * self.step >= 45 * MINUTE].astype({"mn": str, "factor": str})

    def hourly(self) -> Found:
        """Hours above the limit."""
        told = self.hours().merge(self.limits, on=KEY)
        return _tuples(told[told["sum"] > told["allowed"] * told["size"]][[*KEY, "hour"]])

    def islands(self, good: Any, least: int, *, equal: bool) -> Found:
        """Runs of good readings side by side (``equal``: of one value above zero) that last."""
        r = self.r
        series = r.groupby(KEY, observed=True).ngroup()
        same = good & good.shift(1, fill_value=False) & (series == series.shift(1)) & (r["began"].diff() <= 2 * self.step)
        same &= (r["v"] == r["v"].shift(1)) if equal else True
        ends = {"mn": ("mn", "first"), "factor": ("factor", "first"), "a": ("began", "min"), "b": ("began", "max"), "n": ("v", "size"), "low": ("v", "min")}
        runs = r[good].groupby((~same).cumsum()[good]).agg(**ends)
        runs["b"] += self.step
        keep = (runs["b"] - runs["a"] >= least) & (runs["n"] > 1) & ((runs["low"] > 0) if equal else True)
        return _tuples(runs[keep][[*KEY, "a", "b"]].astype({"mn": str, "factor": str}))

    def fall(self) -> Found:
        """The first reading of each fall to less than half."""
        width, r = 90 * MINUTE // self.step, self.r
        by, key = r.groupby(KEY, observed=True, sort=False), [r["mn"], r["factor"]]
        total = r.groupby(KEY, observed=True)["v"].rolling(width).sum().reset_index(level=KEY, drop=True).sort_index()
        before, after = (total.groupby(key, observed=True).shift(by_rows) for by_rows in (1, 1 - width))
        span = by["began"].shift(1 - width) - by["began"].shift(width)
        holds = (2 * after < before) & (span == (2 * width - 1) * self.step)
        held = holds.groupby(key, observed=True).shift(1, fill_value=False)
        return _tuples(r[holds & ~held][[*KEY, "began"]].astype({"mn": str, "factor": str}))

    def copied(self) -> Found:
        """Pairs of points with six equal hours on a day."""
        prints = self.hours()
        prints = prints[prints["min"] > 0].assign(day=lambda one: (one["hour"] + 8 * HOUR) // DAY)
        both = prints.merge(prints, on=["factor", "hour", "day", "sum", "min", "max"], suffixes=("", "_two"))
        both = both[both["mn"] < both["mn_two"]]
        pairs = both.groupby(["mn", "mn_two", "factor", "day"])["sum"].agg(["size", "nunique"]).reset_index()
        return _tuples(pairs[(pairs["size"] >= 6) & (pairs["nunique"] >= 4)][["mn", "mn_two", "factor", "day"]])

    def offline(self) -> Found:
        """Silences of a point."""
        spoken = self.r[["mn", "began"]].drop_duplicates().sort_values(["mn", "began"])
        was = spoken.groupby("mn", observed=True)["began"].shift(1)
        told = spoken.assign(a=was + self.step)[spoken["began"] - was - self.step > 4 * HOUR].astype({"a": "int64", "mn": str})
        return _tuples(told[["mn", "a", "began"]])
