"""From a record of the spool to rows of the lake."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from qingyuan.engines.sense.hj212.frame import Garbage, take_frame
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import Message, parse_frame
from qingyuan.engines.sense.hj212.readings import readings
from qingyuan.engines.sense.hj212.times import read_time
from qingyuan.engines.sense.spool import SpoolRecord

from .dimensions import Dimensions
from .schema import PARAMETERS, READINGS

UNTRUSTED = frozenset({"crc_wrong", "length_and_crc", "not_a_frame"})
_FIGURES = ("value", "low", "high", "mass", "corrected")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass
class Batch:
    """Rows that are not yet a file: columns of readings, and of instrument parameters."""

    dimensions: Dimensions
    keys: KeyRing | None = None  # open 2025's encrypted data regions
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in READINGS.names})
    said: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PARAMETERS.names})
    bulk: list[pa.Table] = field(default_factory=list)
    records: int = 0
    packets: int = 0
    faults: int = 0

    def take(self, record: SpoolRecord) -> None:
        """Add everything one record of the spool says; bytes that are no packet are counted as a fault."""
        self.records += 1
        buffer = bytearray(record.raw)
        while buffer:
            frame = take_frame(buffer)
            if frame is None or isinstance(frame, Garbage):
                self.faults += 1
                if frame is None:
                    break
                continue
            message = parse_frame(frame, self.keys)
            self.packets += 1
            self.faults += len(message.faults)
            if not message.fault_codes() & UNTRUSTED:
                self._readings(message, record)
                if message.cn in ("3020", "3021"):
                    self._parameters(message, record)

    def _readings(self, message: Message, record: SpoolRecord) -> None:
        facility, outlet = self.dimensions.place_of.get(message.mn, ("", ""))
        columns = self.columns
        for one in readings(message):
            columns["factor"].append(one.factor)
            columns["kind"].append(one.kind)
            columns["began"].append(_ms(one.began))
            for name in _FIGURES:
                columns[name].append(getattr(one, name))
            columns["flag"].append(one.flag)
        self._place(columns, message.mn, facility, outlet, record)

    def _parameters(self, message: Message, record: SpoolRecord) -> None:
        facility, outlet = self.dimensions.place_of.get(message.mn, ("", ""))
        at = read_time(message.get("DataTime")) or read_time(message.qn)
        about = message.get("PolId")
        for item in message.cp:
            for key, text in item.items():
                if not key.endswith("-Info") or key.startswith("InfoId"):
                    continue
                number = _number(text)
                said = self.said
                said["factor"].append(about)
                said["name"].append(key[:-5])
                said["value"].append(number)
                said["text"].append(text)
                said["began"].append(_ms(at) if at else record.received_at // 1000)
                if number is not None and math.isfinite(number):
                    self._as_reading(f"{about}-{key[:-5]}" if about else key[:-5], number, said["began"][-1])
        self._place(self.columns, message.mn, facility, outlet, record)
        self._place(self.said, message.mn, facility, outlet, record)

    def _as_reading(self, factor: str, number: float, began: int) -> None:
        """A parameter that is a number is also a reading of kind parameter, so that it can be drawn and judged like one."""
        columns = self.columns
        columns["factor"].append(factor)
        columns["kind"].append("parameter")
        columns["began"].append(began)
        columns["value"].append(number)
        columns["flag"].append("N")
        for name in ("low", "high", "mass", "corrected"):
            columns[name].append(None)

    @staticmethod
    def _place(columns: dict[str, list[Any]], mn: str, facility: str, outlet: str, record: SpoolRecord) -> None:
        more = len(columns["factor"]) - len(columns["mn"])
        columns["mn"] += [mn] * more
        columns["facility"] += [facility] * more
        columns["outlet"] += [outlet] * more
        columns["received_at"] += [record.received_at // 1000] * more
        columns["segment"] += [record.position.segment] * more
        columns["offset"] += [record.position.offset] * more

    def readings(self) -> pa.Table:
        """Return the readings taken so far."""
        return pa.concat_tables([*self.bulk, _table(self.columns, READINGS)])

    @property
    def rows(self) -> int:
        """Return how many readings were taken so far."""
        return len(self.columns["mn"]) + sum(table.num_rows for table in self.bulk)

    def parameters(self) -> pa.Table:
        """Return the instrument parameters taken so far."""
        return _table(self.said, PARAMETERS)


def _table(columns: dict[str, list[Any]], shape: pa.Schema) -> pa.Table:
    made = []
    for one in shape:
        values = columns[one.name]
        if pa.types.is_floating(one.type):
            made.append(pa.array(np.array([np.nan if v is None else v for v in values], np.float64), one.type, from_pandas=True))
        elif pa.types.is_dictionary(one.type):
            made.append(pa.array(["" if v is None else v for v in values], pa.string()).dictionary_encode())
        elif pa.types.is_timestamp(one.type):
            made.append(pa.array(np.array(values, np.int64)).cast(pa.timestamp("ms", tz="UTC")))
        else:
            made.append(pa.array(values, one.type))
    return pa.table(made, schema=shape)


def _ms(at: dt.datetime) -> int:
    return round((at - _EPOCH).total_seconds() * 1000)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
