"""Many records of the spool at once: the columnar decoder reads what is one whole packet, the message decoder the rest.

For a lake built anew from the spool, and for the backlog after a standstill.  The rows are those of ``Batch.take``, record by record.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from qingyuan.engines.sense.hj212 import columnar
from qingyuan.engines.sense.spool import SpoolRecord

from .decode import UNTRUSTED, Batch
from .schema import READINGS

WORTH = 1_000  # records; fewer are read one by one
FIGURES = ("value", "low", "high", "mass", "corrected")


def take_all(batch: Batch, records: Sequence[SpoolRecord], *, engine: str = "auto") -> None:
    """Add everything some records say to a batch; ``engine`` as in ``columnar.decode``."""
    whole = [record for record in records if len(records) >= WORTH and _is_one_packet(record.raw)]
    chosen = {id(record) for record in whole}
    for record in records:
        if id(record) not in chosen:
            batch.take(record)
    if not whole:
        return
    read = columnar.decode(*columnar.bounds_of(record.raw for record in whole), batch.keys, engine=engine)
    faults = read.packets.column("faults").to_pylist()
    trusted = np.array([not UNTRUSTED.intersection(told or ()) for told in faults], bool)
    batch.records += len(whole)
    batch.packets += len(whole)
    batch.faults += sum(len(told or ()) for told in faults)
    rows = read.readings.filter(pa.array(trusted[read.readings.column("packet").to_numpy()]))
    if rows.num_rows:
        batch.bulk.append(_lake_rows(batch, rows, read.packets, whole))


def _is_one_packet(raw: bytes) -> bool:
    """Return whether bytes are one packet by their own length, and not one that speaks of an instrument's parameters."""
    length = raw[2:6]
    if raw[:2] != b"##" or not length.isdigit() or len(raw) != int(length) + 12 or raw[-2:] != b"\r\n":
        return False
    return raw.find(b"##", 2) < 0 and b"CN=302" not in raw


def _lake_rows(batch: Batch, rows: pa.Table, packets: pa.Table, records: Sequence[SpoolRecord]) -> pa.Table:
    place = rows.column("packet").to_numpy()
    mns = packets.column("mn").combine_chunks().cast(pa.string()).fill_null("").dictionary_encode()
    words = mns.dictionary.to_pylist()
    which = mns.indices.to_numpy()[place].astype(np.int32)
    homes = [batch.dimensions.place_of.get(mn, ("", "")) for mn in words]
    made: dict[str, pa.Array | pa.ChunkedArray] = {"mn": _coded(which, words)}
    made |= {name: _coded(which, [home[side] for home in homes]) for side, name in enumerate(("facility", "outlet"))}
    for name in ("factor", "kind", "flag"):
        made[name] = rows.column(name).cast(pa.string()).fill_null("").combine_chunks().dictionary_encode()
    for name in FIGURES:
        made[name] = pa.array(rows.column(name).to_numpy(), pa.float64(), from_pandas=True)
    made["began"] = rows.column("began")
    received = np.array([record.received_at // 1000 for record in records], np.int64)[place]
    made["received_at"] = pa.array(received).cast(READINGS.field("received_at").type)
    made["segment"] = pa.array(np.array([record.position.segment for record in records], np.int32)[place])
    made["offset"] = pa.array(np.array([record.position.offset for record in records], np.int64)[place])
    return pa.table([made[name] for name in READINGS.names], schema=READINGS)


def _coded(places: np.ndarray, words: list[str]) -> pa.DictionaryArray:
    """Return rows of words by their places; words told twice are one."""
    known = {word: number for number, word in enumerate(dict.fromkeys(words))}
    codes = np.array([known[word] for word in words], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes[places]), pa.array(list(known), pa.string()))
