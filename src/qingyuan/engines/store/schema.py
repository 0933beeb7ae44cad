"""What a row and a column of the lake mean.

One row is one figure of one factor over one period as one packet told it.  A correction, a duplicate or a late packet is another
row with its own ``received_at``; nothing is overwritten.  Times are UTC in milliseconds; a period is stamped with its start.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

WORD = pa.dictionary(pa.int32(), pa.string())
MOMENT = pa.timestamp("ms", tz="UTC")

# name, type, unit, meaning
_COLUMNS: tuple[tuple[str, pa.DataType, str, str], ...] = (
    ("mn", WORD, "", "device identifier as sent (HJ 212-2017 6.3.4)"),
    ("facility", WORD, "", "facility code of the registry; empty when the mn was unknown at ingest"),
    ("outlet", WORD, "", "outlet id <facility>/<code>; empty when the mn was unknown at ingest"),
    ("factor", WORD, "", "factor code of HJ 212 (a21002, w01018, e30101, d20401, i33400 …)"),
    ("kind", WORD, "", "real | minute | hour | day | parameter (factor <factor>-<i-code>) | others of sense/hj212/readings.py"),
    ("began", MOMENT, "", "moment of a real-time value; start of the period otherwise"),
    ("value", pa.float64(), "unit of the factor", "instantaneous value (Rtd) or mean of the period (Avg), as measured"),
    ("low", pa.float64(), "unit of the factor", "minimum of the period (Min)"),
    ("high", pa.float64(), "unit of the factor", "maximum of the period (Max)"),
    ("mass", pa.float64(), "mass unit of the factor", "total over the period (Cou): m³ for a flow, kg for most pollutants"),
    ("corrected", pa.float64(), "unit of the factor", "mean converted to reference oxygen (ZsAvg, ZsRtd)"),
    ("flag", WORD, "", "data mark sent with the value (N F M S D C T B; table 8)"),
    ("received_at", MOMENT, "", "when the gateway had the packet"),
    ("segment", pa.int32(), "", "spool segment of the packet; -1 when the row did not come through the spool"),
    ("offset", pa.int64(), "byte", "place of the packet in its segment"),
)

READINGS = pa.schema([pa.field(name, kind, metadata={"unit": unit, "meaning": meaning}) for name, kind, unit, meaning in _COLUMNS])
KEY = ("mn", "factor", "kind", "began")
SERIES = ("kind", "facility", "mn", "factor")
VERSION = ("received_at", "segment", "offset")
KINDS = ("real", "minute", "hour", "day")
KIND_MS = {"real": 60_000, "minute": 600_000, "hour": 3_600_000, "day": 86_400_000}

PARAMETERS = pa.schema([
    ("mn", WORD), ("facility", WORD), ("outlet", WORD),
    ("factor", WORD),  # PolId; empty: the logger itself
    ("name", WORD),  # i-code (HJ 212-2017 table B.10), e.g. i13007 intercept, i13008 slope, i13001 range
    ("value", pa.float64()), ("text", pa.string()),
    ("began", MOMENT), ("received_at", MOMENT), ("segment", pa.int32()), ("offset", pa.int64()),
])  # fmt: skip

HOURLY = pa.schema([
    ("facility", WORD), ("mn", WORD), ("factor", WORD), ("kind", WORD), ("began", MOMENT),  # start of the clock hour
    ("due", pa.int32()), ("count", pa.int32()), ("valid", pa.int32()),  # readings due, sent, and sent with mark N
    ("mean", pa.float64()), ("low", pa.float64()), ("high", pa.float64()),  # over everything sent
    ("low_at", MOMENT), ("high_at", MOMENT), ("first", pa.float64()), ("last", pa.float64()),
])  # fmt: skip


def empty(schema: pa.Schema = READINGS) -> pa.Table:
    """Return a table without rows."""
    return pa.table({field.name: pa.array([], field.type) for field in schema}, schema=schema)


@cache
def factors() -> dict[str, dict[str, Any]]:
    """Return what is known of a factor: name (Chinese), unit, mass unit, what it measures."""
    return yaml.safe_load(Path(__file__).with_name("factors.yaml").read_text("utf-8"))


def unit_of(factor: str) -> str:
    """Return the unit of a factor's value; a numbered unit (g10201, d20403) has the unit of its family; empty when unknown."""
    known = factors()
    factor, _, parameter = factor.partition("-")
    if parameter:
        return str(known.get(parameter, {}).get("unit", ""))
    entry = known.get(factor) or known.get(factor[:4] + "xx") or known.get(factor[:5] + "x") or {}
    return str(entry.get("unit", ""))
