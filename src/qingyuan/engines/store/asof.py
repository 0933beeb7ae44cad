"""What was known at a moment: rows received until then, one version of each."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingyuan.errors import BadInput

from . import dimensions, layout, manifest, order
from .manifest import LakeFile, Manifest
from .scan import ANYTHING, Wanted, scan_files
from .schema import KEY, PARAMETERS, READINGS, empty

Names = str | Iterable[str] | None


def read(data: Path | str, *, facility: Names = None, mn: Names = None, factors: Iterable[str] | None = None, kinds: Iterable[str] | None = None,
         began: dt.datetime, ended: dt.datetime, as_of: dt.datetime | None = None, versions: bool = False,
         columns: Sequence[str] | None = None) -> pa.Table:  # fmt: skip
    """Return the readings whose period began in [began, ended), as known at ``as_of`` (None: now), in the order of the lake.

    Of several versions of one (mn, factor, kind, began) the last received is returned; ``versions`` returns all of them.
    With ``columns`` these alone are returned (and those of the key), the rows of each series together and in the order of time.
    """
    low, high = _ms(began, "began"), _ms(ended, "ended")
    known = None if as_of is None else _ms(as_of, "as_of")
    facilities, mns = _names(facility), _names(mn)
    if mns is not None and facilities is None:
        place = dimensions.load(data).place_of
        if all(one in place for one in mns):
            facilities = [*{place[one][0] for one in mns}, ""]
    given = (("facility", facilities), ("mn", mns), ("factor", _names(factors)), ("kind", _names(kinds)))
    wanted = Wanted({name: values for name, values in given if values is not None}, low, high, known)

    names = None if columns is None else [name for name in READINGS.names if name in {*columns, *KEY}]

    def scan(current: Manifest) -> pa.Table:
        files = [one for one in current.files if one.ended >= low and one.began < high and (known is None or one.received <= known)]
        files = _in_buckets(files, current, facilities)
        if names is None or versions:
            return order.sort(scan_files(data, files, wanted), latest_only=not versions)
        table = scan_files(data, files, wanted, names).unify_dictionaries().combine_chunks()
        return table if order.is_grouped(table) else order.sort(scan_files(data, files, wanted), latest_only=True).select(names)

    return retried(data, scan)


def _in_buckets(files: list[LakeFile], current: Manifest, facilities: Sequence[str] | None) -> list[LakeFile]:
    if facilities is None:
        return files
    buckets = {current.bucket_of(one) for one in facilities}
    return [one for one in files if one.bucket is None or one.bucket in buckets]


def retried(data: Path | str, scan, tries: int = 3):  # type: ignore[no-untyped-def]
    """Run a scan over the lake of now; when a writer removed a file meanwhile, run it over the lake that is now."""
    for left in range(tries - 1, -1, -1):
        try:
            return scan(manifest.load(data))
        except FileNotFoundError:
            if not left:
                raise
    return None


def latest(data: Path | str, *, kinds: Iterable[str] | None = None, facility: Names = None) -> pa.Table:
    """Return the newest reading of every (mn, factor, kind): greatest ``began``, last version."""
    given = (("kind", _names(kinds)), ("facility", _names(facility)))
    wanted = Wanted({name: values for name, values in given if values is not None})

    def scan(current: Manifest) -> pa.Table:
        return current_latest(data, current, wanted)

    return retried(data, scan)


def current_latest(data: Path | str, current: Manifest, wanted: Wanted = ANYTHING) -> pa.Table:
    """Return the newest reading of every series of one generation of the lake."""
    tables = []
    covered = 0
    if current.latest is not None:
        covered = current.latest.generation
        table = _read_latest(str(layout.lake(data) / current.latest.path))
        tables.append(table.filter(pa.array(wanted.mask(table))) if wanted.words else table)
    fresh = [one for one in current.files if one.level == "hot" and one.generation > covered]
    if not fresh and tables:
        return tables[0]
    tables.append(scan_files(data, fresh, wanted))
    return newest(pa.concat_tables(tables))


_kept: dict[tuple[str, int], pa.Table] = {}


def _read_latest(path: str) -> pa.Table:
    """Read a file of last values once for each process."""
    key = (path, os.stat(path).st_mtime_ns)
    if key not in _kept:
        table = pq.read_table(path, schema=READINGS, read_dictionary=[one.name for one in READINGS if pa.types.is_dictionary(one.type)])
        _kept.clear()
        _kept[key] = table
    return _kept[key]


def newest(table: pa.Table) -> pa.Table:
    """Return one row for each (mn, factor, kind) of a table: the newest period, the last version."""
    import numpy as np

    table = order.sort(table, latest_only=True)
    if table.num_rows < 2:
        return table
    key = order.series_codes(table)
    last = np.ones(key.size, bool)
    last[:-1] = key[1:] != key[:-1]
    return table.filter(pa.array(last))


def _names(given: Names) -> list[str] | None:
    if given is None:
        return None
    return [given] if isinstance(given, str) else list(given)


def _ms(at: dt.datetime, name: str) -> int:
    if at.tzinfo is None:
        raise BadInput(f"{name} 缺少时区；请写成 2026-09-01T00:00:00+08:00 的形式", field=name)
    return int(at.timestamp() * 1000)


def _moment(ms: int) -> pa.Scalar:
    return pa.scalar(ms, pa.int64()).cast(pa.timestamp("ms", tz="UTC"))


def parameters(data: Path | str, *, mn: Names = None, as_of: dt.datetime | None = None) -> pa.Table:
    """Return what instruments reported of themselves (PARAMETERS), received until ``as_of``, by mn, factor, name and time."""
    wanted = _names(mn)

    def scan(current: Manifest) -> pa.Table:
        words = [one.name for one in PARAMETERS if pa.types.is_dictionary(one.type)]
        tables = [pq.read_table(layout.lake(data) / name, schema=PARAMETERS, read_dictionary=words) for name in current.parameters]
        return pa.concat_tables([empty(PARAMETERS), *tables])

    table = retried(data, scan).unify_dictionaries()
    keep = pa.array([True] * table.num_rows, pa.bool_())
    if wanted is not None:
        keep = pc.and_(keep, pc.is_in(table.column("mn"), pa.array(wanted)))
    if as_of is not None:
        keep = pc.and_(keep, pc.less_equal(table.column("received_at"), _moment(_ms(as_of, "as_of"))))
    table = table.filter(keep)
    words = pa.table({name: pc.cast(table.column(name), pa.string()) for name in ("mn", "factor", "name")})
    keys = words.append_column("began", table.column("began")).append_column("received_at", table.column("received_at"))
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))
