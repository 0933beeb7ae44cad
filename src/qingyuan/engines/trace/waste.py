"""Waste manifests that do not add up: weights that differ, journeys too quick or too long, ends that never came.

Each anomaly is a question to put to the three parties of a manifest, with the row it comes from.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .candidate import settings


@dataclass(frozen=True)
class Manifest:
    """One transfer.  Weights in kg, ``km`` the shortest way by road, moments aware; what is not known is None or ""."""

    number: str
    category: str
    sender: str
    carrier: str
    receiver: str
    vehicle: str
    left_at: dt.datetime | None
    arrived_at: dt.datetime | None
    out_kg: float | None
    in_kg: float | None
    km: float | None = None
    licensed: bool | None = None


@dataclass(frozen=True)
class Anomaly:
    """Something that does not add up; ``weight`` 0 to 1 says how much it asks for an answer."""

    number: str
    kind: str
    party: str
    weight: float
    value: float | None
    said: str

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"manifest": self.number, "kind": self.kind, "party": self.party, "weight": round(self.weight, 3),
                "value": None if self.value is None else round(self.value, 3), "said": self.said}  # fmt: skip


def anomalies(rows: Iterable[Manifest], *, at: dt.datetime, numbers: Mapping[str, Any] | None = None) -> list[Anomaly]:
    """Everything that does not add up by ``at``, weightiest first."""
    told = {**settings("waste"), **(numbers or {})}
    known = list(rows)
    found = [a for row in known for a in (*_weights(row, told), *_ends(row, at, told), *_journey(row, told), *_licence(row))]
    found += [*_one_vehicle_twice(known), *_round_weights(known, told), *_numbers_twice(known)]
    return sorted(found, key=lambda a: (-a.weight, a.number, a.kind))


def _weights(row: Manifest, told: Mapping[str, Any]) -> list[Anomaly]:
    if row.out_kg is None or row.in_kg is None:
        return []
    off, allowed = row.out_kg - row.in_kg, max(told["weight_share"] * max(row.out_kg, row.in_kg), told["weight_kg"])
    if abs(off) <= allowed:
        return []
    way = "少收" if off > 0 else "多收"
    return [Anomaly(row.number, "weight_difference", row.carrier, min(1.0, 0.4 + abs(off) / max(row.out_kg, row.in_kg)), off,
                    f"移出 {row.out_kg:,.0f} 千克、接收 {row.in_kg:,.0f} 千克，{way} {abs(off):,.0f} 千克，超出容许差 {allowed:,.0f} 千克")]  # fmt: skip


def _ends(row: Manifest, at: dt.datetime, told: Mapping[str, Any]) -> list[Anomaly]:
    if row.left_at is None:
        if row.arrived_at is None:
            return []
        return [Anomaly(row.number, "missing_start", row.sender, 0.6, None, f"{row.arrived_at:%Y-%m-%d} 已接收，却没有移出记录")]
    if row.arrived_at is not None:
        return []
    days = (at - row.left_at).total_seconds() / 86400
    if days < told["missing_end_days"]:
        return []
    return [Anomaly(row.number, "missing_end", row.carrier, min(1.0, 0.6 + days / 60), days, f"{row.left_at:%Y-%m-%d} 移出，{days:.0f} 天后仍没有接收记录（去向不明）")]


def _journey(row: Manifest, told: Mapping[str, Any]) -> list[Anomaly]:
    if row.left_at is None or row.arrived_at is None:
        return []
    hours = (row.arrived_at - row.left_at).total_seconds() / 3600
    if hours < 0:
        return [Anomaly(row.number, "time_reversed", row.receiver, 0.9, hours, f"接收时间早于移出时间 {-hours:.1f} 小时")]
    if row.km and (not hours or row.km / hours > told["fastest_km_h"]):
        return [Anomaly(row.number, "too_fast", row.carrier, 0.8, hours, f"{row.km:.0f} 公里只用了 {hours:.1f} 小时，车辆可能没有到过")]
    if hours > told["slowest_days"] * 24:
        return [Anomaly(row.number, "too_slow", row.carrier, 0.5, hours, f"在途 {hours / 24:.1f} 天，长于 {told['slowest_days']} 天")]
    return []


def _licence(row: Manifest) -> list[Anomaly]:
    if row.licensed is not False:
        return []
    return [Anomaly(row.number, "not_licensed", row.receiver, 0.9, None, f"接收单位的许可范围不含 {row.category}")]


def _one_vehicle_twice(rows: Sequence[Manifest]) -> list[Anomaly]:
    """One vehicle under way on two manifests of different senders at one time."""
    trips: dict[str, list[Manifest]] = defaultdict(list)
    for row in rows:
        if row.vehicle and row.left_at and row.arrived_at and row.arrived_at > row.left_at:
            trips[row.vehicle].append(row)
    found = []
    for vehicle, several in trips.items():
        several.sort(key=lambda row: (row.left_at.timestamp() if row.left_at else 0.0, row.number))
        for first, second in zip(several, several[1:], strict=False):
            if first.arrived_at and second.left_at and second.left_at < first.arrived_at and (first.sender, first.receiver) != (second.sender, second.receiver):
                found.append(Anomaly(second.number, "vehicle_twice", second.carrier, 0.85, None, f"车辆 {vehicle} 同时在联单 {first.number} 的途中"))
    return found


def _round_weights(rows: Sequence[Manifest], told: Mapping[str, Any]) -> list[Anomaly]:
    by_sender: dict[str, list[Manifest]] = defaultdict(list)
    for row in rows:
        if row.out_kg:
            by_sender[row.sender].append(row)
    found = []
    for sender, several in by_sender.items():
        share = sum(row.out_kg is not None and row.out_kg % 1000 == 0 for row in several) / len(several)
        if len(several) >= told["round_least"] and share >= told["round_share"]:
            found.append(Anomaly(several[0].number, "round_weights", sender, 0.4, share, f"{sender} 的 {len(several)} 张联单中 {share:.0%} 为整吨，疑未称重"))
    return found


def _numbers_twice(rows: Sequence[Manifest]) -> list[Anomaly]:
    seen: dict[str, int] = defaultdict(int)
    for row in rows:
        seen[row.number] += 1
    return [Anomaly(number, "number_twice", "", 0.7, float(count), f"联单编号 {number} 出现 {count} 次") for number, count in seen.items() if count > 1]
