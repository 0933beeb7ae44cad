"""The docket's door to the engines: freezes the rows of telemetry a case rests on.

After this the case, the party and the court see the frozen rows and nothing else (Penalty Law arts. 41, 46).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from qingyuan.errors import NotAllowed
from qingyuan.records.registry.models import Officer

from .evidence import take_evidence
from .models import Docket, Extract

MARGIN = dt.timedelta(hours=2)


@transaction.atomic
def freeze(
    *, docket: Docket, by: Officer, at: dt.datetime, data: Path | None = None, rows: pa.Table | bytes | None = None, facility: str = "",
    outlet: str = "", factor: str = "", began: dt.datetime | None = None, ended: dt.datetime | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
) -> Extract:
    """Seal an extract: ``rows`` given, or read from the lake ``data`` for the outlet and factor, two hours wider than the finding.

    Only rows received up to ``at`` are taken.  Raises NotAllowed when there are none.
    """
    if rows is None:
        rows = read_rows(Path(data), facility=facility, outlet=outlet, factor=factor, began=began, ended=ended, as_of=at) if data else None
    frozen = rows if isinstance(rows, bytes) else parquet_bytes(rows) if rows is not None else b""
    table = pq.read_table(io.BytesIO(frozen)) if frozen else None
    if table is None or table.num_rows == 0:
        raise NotAllowed(f"{outlet or facility}在该时段没有已收到的监测数据，无法提取（行政处罚法第41条）")
    place = outlet.rpartition("/")[2] or outlet
    item = take_evidence(
        docket=docket, kind="electronic_data", name=f"自动监测数据提取件（{place} {factor}）.parquet", content=frozen,
        source="污染源自动监控平台", taken_at=at, by=by, at=at, proves="监测数据及其超标、异常情况", requirements=["telemetry_extract"],
    )  # fmt: skip
    return Extract.objects.create(
        docket=docket, item=item, facility=facility, outlet=outlet, factor=factor, began=began, ended=ended, as_of=at,
        findings=[dict(f) for f in findings], row_count=table.num_rows, digest=item.digest, proof=proof_of(table),
    )


def read_rows(
    data: Path, *, facility: str, outlet: str, factor: str, began: dt.datetime | None, ended: dt.datetime | None, as_of: dt.datetime
) -> pa.Table:
    """Rows of one outlet and factor as they were known at ``as_of``."""
    from qingyuan.engines.store import asof

    table = asof.read(
        data, facility=facility or None, factors=[factor] if factor else None,
        began=began - MARGIN if began else None, ended=ended + MARGIN if ended else None, as_of=as_of,
    )  # fmt: skip
    if outlet and "outlet" in table.column_names:
        import pyarrow.compute as pc

        table = table.filter(pc.equal(table["outlet"], outlet))
    return table


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as Parquet, in one fixed order and spelling: same rows, same bytes (same library version)."""
    keys = [(name, "ascending") for name in ("mn", "factor", "kind", "began") if name in table.column_names]
    plain = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    table = table.cast(pa.schema(plain))
    out = io.BytesIO()
    pq.write_table(table.sort_by(keys) if keys else table, out, compression="zstd", store_schema=False)
    return out.getvalue()


def rows_of(extract: Extract) -> pa.Table:
    """The frozen rows, checked against the digest taken at intake."""
    from . import vault

    return pq.read_table(io.BytesIO(vault.fetch(extract.digest)))


def proof_of(table: pa.Table) -> dict[str, Any]:
    """Which spool positions the rows came from, so that each can be followed to its packet."""
    if not {"segment", "offset"} <= set(table.column_names):
        return {}
    pairs = sorted(set(zip(table["segment"].to_pylist(), table["offset"].to_pylist(), strict=True)))
    return {"positions": [list(p) for p in pairs[:10_000]], "count": len(pairs)}


def seal_bundle(docket: Docket, path: Path, *, data: Path, at: dt.datetime) -> str:
    """Write the whole file with its packets as one bundle that ``qingyuan verify`` checks; returns its SHA-256.

    Raises BadInput while a packet behind an extract is not sealed yet (sealing runs every minute).
    """
    from qingyuan.engines.ledger import bundle

    from .bundles import files_of

    positions = {(int(s), int(o)) for e in docket.extracts.all() for s, o in e.proof.get("positions", [])}
    about = {"kind": "docket", "title": docket.title, "agency": docket.agency.name}
    return bundle.write(path, data_dir=data, about=about, documents=files_of(docket), packets=sorted(positions), at=at)
