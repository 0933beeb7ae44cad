"""From the spool into the lake, batch by batch.

A batch is read from after the last position, written as one small sorted file, and then named by a new manifest in the same rename that
moves the position on.  Killed anywhere, it begins again at the old position: nothing is lost and nothing is taken twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from qingyuan.engines.sense import spool
from qingyuan.engines.sense.roster import read_keys
from qingyuan.engines.sense.spool import Lost, Position, SpoolRecord
from qingyuan.errors import BadInput

from . import asof, bulk, dimensions, layout, manifest, order
from .decode import Batch
from .manifest import Manifest

BATCH = 20_000  # packets in one small file
REFRESH_ROWS = 50_000  # rewrite the table of last values when more rows than this came after it


@dataclass(frozen=True)
class IngestReport:
    """What one call took in; ``lost`` are stretches of the spool that can no longer be read."""

    records: int = 0
    packets: int = 0
    readings: int = 0
    faults: int = 0
    lost: tuple[Lost, ...] = ()


def ingest(data: Path | str, limit: int | None = None) -> IngestReport:
    """Take in what the spool holds after the last position (at most ``limit`` records); calling it again takes in nothing twice."""
    known, keys = dimensions.load(data), read_keys(data)
    report = IngestReport()
    with manifest.writing(data) as current:
        if not layout.spool(data).exists():
            return report
        lost: list[Lost] = []
        after = Position(*current.position) if current.position else None
        for records in _batches(spool.read(layout.spool(data), after, on_damage=lost), limit):
            batch = Batch(known, keys)
            bulk.take_all(batch, records)
            current = _put(data, current, batch, records[-1].position)
            report = replace(report, records=report.records + batch.records, packets=report.packets + batch.packets,
                             readings=report.readings + batch.rows, faults=report.faults + batch.faults)  # fmt: skip
        return replace(report, lost=tuple(lost))


def _batches(records: Iterator[SpoolRecord], limit: int | None) -> Iterator[list[SpoolRecord]]:
    records = islice(records, limit) if limit is not None else records
    while batch := list(islice(records, BATCH)):
        yield batch


def _put(data: Path | str, current: Manifest, batch: Batch, position: Position) -> Manifest:
    """Write one batch and the manifest that names it."""
    counts = dict(current.counts)
    for name, more in (("records", batch.records), ("packets", batch.packets), ("faults", batch.faults), ("readings", batch.rows)):
        counts[name] = counts.get(name, 0) + more
    current = replace(current, position=(position.segment, position.offset), counts=counts)
    current = stage(data, current, batch.readings())
    if batch.said["mn"]:
        name = layout.parameters(current.generation)
        manifest.write(data, name, batch.parameters(), "parameters", current.generation)
        current = replace(current, parameters=(*current.parameters, name))
    manifest.save(data, current)
    return current


def stage(data: Path | str, current: Manifest, table: pa.Table) -> Manifest:
    """Write rows as one small sorted file of the next generation; the caller saves the manifest that is returned."""
    generation = current.generation + 1
    current = replace(current, generation=generation)
    if table.num_rows:
        file = manifest.write(data, layout.hot(generation), order.sort(table), "hot", generation)
        current = _refreshed(data, replace(current, files=(*current.files, file)))
    return current


def _refreshed(data: Path | str, current: Manifest) -> Manifest:
    covered = current.latest.generation if current.latest else 0
    known = current.latest.rows if current.latest else 0
    fresh = sum(one.rows for one in current.files if one.level == "hot" and one.generation > covered)
    if current.latest is not None and fresh < max(REFRESH_ROWS, known // 2):
        return current
    return refresh_latest(data, current)


def refresh_latest(data: Path | str, current: Manifest) -> Manifest:
    """Write the table of last values anew from the old one and what came after it."""
    table = asof.current_latest(data, current)
    file = manifest.write(data, layout.latest(current.generation), table, "latest", current.generation)
    gone = [current.latest.path] if current.latest and current.latest.path != file.path else []
    return manifest.drop(replace(current, latest=file), gone, file.received)


def rebuild(data: Path | str) -> IngestReport:
    """Build the whole lake again from the spool, beside the old one, and put it in its place.

    Equal spool and dimensions give equal rows; only the cut into files may differ.
    """
    if manifest.load(data).counts.get("planted"):
        raise BadInput(f"{data} 的数据湖由示例省直接写成，没有原始报文可供重建；请重新运行 qingyuan province")
    beside = layout.rebuilt(data)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name in ("spool", "dimensions", "keys"):
        if (Path(data) / name).exists():
            (beside / name).symlink_to((Path(data) / name).resolve(), target_is_directory=True)
    with manifest.writing(data) as current:
        with manifest.writing(beside) as fresh:
            manifest.save(beside, replace(fresh, buckets=current.buckets))
        report = ingest(beside)
        old = layout.lake(data).with_name("lake.old")
        shutil.rmtree(old, ignore_errors=True)
        fresh = manifest.load(beside)
        _move_generation(beside, fresh, current)
        os.replace(layout.lake(data), old)
        os.replace(layout.lake(beside), layout.lake(data))
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(beside, ignore_errors=True)
    return report


def _move_generation(beside: Path, fresh: Manifest, old: Manifest) -> None:
    """Let the new lake go on counting after the old one, so that no cache takes one for the other."""
    manifest.save(beside, replace(fresh, generation=max(fresh.generation, old.generation) + 1))
