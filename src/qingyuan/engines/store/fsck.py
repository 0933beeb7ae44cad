"""Everything recomputed: segments against the ledger, files of the lake against their manifest, rows against their packets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingyuan.engines.ledger import log, proof, sealing
from qingyuan.engines.sense import spool
from qingyuan.engines.sense.spool import Lost

from . import layout, manifest, order
from .manifest import LakeFile, Manifest
from .scan import scan_files


def fsck(data: Path | str) -> list[str]:
    """Return one Chinese sentence for everything that is not as it was sealed or as the manifest says; empty when all agree."""
    return [*_spool(data), *_ledger(data), *_lake(data)]


def _spool(data: Path | str) -> Iterator[str]:
    folder = layout.spool(data)
    if not folder.exists():
        return
    lost: list[Lost] = []
    for _ in spool.read(folder, on_damage=lost):
        pass
    for one in lost:
        yield f"报文段 {one.segment} 第 {one.offset}–{one.ended} 字节已损坏：{one.reason}"


def _ledger(data: Path | str) -> Iterator[str]:
    """Check the ledger's own tree, and every sealed stretch and whole segment against the bytes there are now."""
    ledger = log.Log(data)
    if not ledger.size:
        return
    for damage in ledger.damages:
        yield f"账本第 {damage.offset}–{damage.ended} 字节已损坏：{damage.reason}"
    if ledger.recomputed_hashes() != layout.ledger_hashes(data).read_bytes():
        yield "账本的散列树与各条目不符"
    for number, entry in enumerate(ledger.entries()):
        if entry.kind not in ("spool", "segment"):
            continue
        try:
            held = spool.path_of(layout.spool(data), entry.place["segment"]).read_bytes()
        except FileNotFoundError:
            yield f"账本第 {number} 条所封存的报文段 {entry.place['segment']} 不见了"
            continue
        if _digest(held, entry.kind, entry.place) != entry.digest:
            yield f"报文段 {entry.place['segment']} 与账本第 {number} 条不符：封存之后被改动过"


def _digest(held: bytes, kind: str, place: Mapping[str, Any]) -> bytes:
    if kind == "segment":
        return hashlib.sha256(held).digest()
    records = sealing.records_of(held, place["segment"], place["began"], place["ended"])
    return proof.root([proof.leaf_hash(held[one.offset : one.ended]) for one in records])


def _lake(data: Path | str) -> Iterator[str]:
    current = manifest.load(data)
    for one in (*current.files, *current.rollups, *([current.latest] if current.latest else [])):
        path = layout.lake(data) / one.path
        if not path.exists():
            yield f"数据湖缺少清单所列文件 {one.path}；请用 qingyuan lake ingest --rebuild 重建"
            continue
        try:
            rows = pq.read_metadata(path).num_rows
        except (OSError, pa.ArrowInvalid) as error:
            yield f"数据湖文件 {one.path} 无法读取（{error}）；请用 qingyuan lake ingest --rebuild 重建"
            continue
        if rows != one.rows or path.stat().st_size != one.bytes:
            yield f"数据湖文件 {one.path} 有 {rows} 行、{path.stat().st_size} 字节，清单记为 {one.rows} 行、{one.bytes} 字节"
        elif one.level in ("hot", "part"):
            yield from _rows(data, current, one)


def _rows(data: Path | str, current: Manifest, one: LakeFile) -> Iterator[str]:
    """Check order and place of the rows of one file."""
    try:
        table = scan_files(data, [one], columns=["facility", "mn", "factor", "kind", "began"])
    except (OSError, pa.ArrowInvalid) as error:
        yield f"数据湖文件 {one.path} 内容损坏（{error}）；请用 qingyuan lake ingest --rebuild 重建"
        return
    key, began = order.series_codes(table), order.integers(table, "began")
    step = np.diff(key)
    if (step < 0).any() or ((step == 0) & (np.diff(began) < 0)).any():
        yield f"数据湖文件 {one.path} 的行次序不对"
    words = pc.unique(table.column("facility")).to_pylist()
    if one.bucket is not None and any(current.bucket_of(word) != one.bucket for word in words):
        yield f"数据湖文件 {one.path} 中有不属于第 {one.bucket} 桶的设施"
