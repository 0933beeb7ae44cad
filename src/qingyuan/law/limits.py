"""Which limit value holds for a factor: the permit before the standard, each with its own dates.

Standards are data in ``book/limits``: a standard has tables (a kind of equipment, an area), a table has factors.  A
permit's limits bind its holder (Permit Regulation art. 17, Code art. 1103); a stricter standard is a matter of its own
(Code art. 1107), so it is shown beside the permit, never mixed into it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse
from .rulebook import Entry

AVERAGINGS = ("hour", "day", "any", "mean")


@dataclass(frozen=True)
class Limit:
    """One limit.  ``limit_value`` is the upper bound (None when only a lower bound exists), ``low_value`` the lower one
    (pH, dissolved oxygen), in ``unit``; ``reference_oxygen`` in percent or None; ``valid_to`` the inclusive last day."""

    factor: str
    averaging: str
    limit_value: Decimal | None
    low_value: Decimal | None
    unit: str
    kind: str
    citation: Citation | str
    valid_from: dt.date
    valid_to: dt.date | None = None
    table: str = ""
    name: str = ""
    grade: str = "A"
    reference_oxygen: Decimal | None = None

    def holds(self, on: dt.date) -> bool:
        """Whether it is in force on the day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def exceeded_by(self, value: Decimal) -> bool:
        """Whether a value breaks it.  The limit itself is kept: no tolerance band on either side."""
        too_high = self.limit_value is not None and value > self.limit_value
        return too_high or (self.low_value is not None and value < self.low_value)

    def multiple(self, value: Decimal) -> Decimal:
        """Exceedance multiple C/L − 1; zero when not above the upper bound or where a multiple has no meaning (pH)."""
        if self.limit_value is None or self.low_value is not None or value <= self.limit_value:
            return Decimal(0)
        return value / self.limit_value - 1


@dataclass(frozen=True)
class Holding:
    """The limit that holds, why, and a standard that is stricter than the permit, if there is one."""

    limit: Limit
    reason: str
    stricter: Limit | None = None


def standards() -> list[str]:
    """Ids of every standard of the book."""
    return list(rulebook.load().folder("limits"))


def tables(standard: str) -> list[Entry]:
    """The tables of a standard as written.  Raises BadInput for an unknown standard."""
    return list(rulebook.load().entry(f"limits/{standard}")["tables"])


def standard_limit(
    standard: str, table: str, factor: str, *, averaging: str, on: dt.date, is_existing: bool = False
) -> Limit:
    """The limit a standard's table sets for a factor.

    ``is_existing``: built before the standard, for which it may begin later.  Raises BadInput naming what exists."""
    entry = rulebook.load().entry(f"limits/{standard}")
    found = _table(entry, table)
    if factor not in found["factors"]:
        raise BadInput(f"{entry['name']}“{found['name']}”没有 {factor}，有的是：{'、'.join(found['factors'])}", field="factor")
    begins = (found.get("existing_from") if is_existing else None) or found["valid_from"]
    ends = found.get("valid_to")
    if on < begins or (ends and on > ends):
        raise BadInput(f"{entry['name']}“{found['name']}”的执行期是 {begins} 至 {ends or '今'}，{on} 不在其内", field="on")
    value = _value(found["factors"][factor], entry, averaging)
    oxygen = found.get("reference_oxygen")
    return Limit(
        factor, averaging, value[1], value[0], "" if factor == "w01001" else entry["unit"], "standard", parse(entry["citation"]),
        begins, ends, found["id"], f"{entry['name']}{found['name']}", found["grade"], None if oxygen is None else Decimal(str(oxygen)),
    )  # fmt: skip


def permit_limit(
    factor: str, limit_value: Decimal, *, averaging: str, unit: str, number: str, valid_from: dt.date, valid_to: dt.date | None = None
) -> Limit:
    """A limit of a discharge permit; ``number`` is the permit's."""
    return Limit(factor, averaging, limit_value, None, unit, "permit", f"排污许可证（编号{number}）", valid_from, valid_to)


def holding(limits: Sequence[Limit], *, factor: str, averaging: str, on: dt.date) -> Holding:
    """Which of several limits holds on a day: the permit's, else the strictest of the standards.

    Raises BadInput when none is in force."""
    held = [one for one in limits if one.factor == factor and one.averaging == averaging and one.holds(on)]
    if not held:
        raise BadInput(f"{factor} 在 {on} 没有生效的{averaging}限值", field="limits")
    permits = sorted((one for one in held if one.kind == "permit"), key=_strictness)
    norms = sorted((one for one in held if one.kind != "permit"), key=_strictness)
    if not permits:
        return Holding(norms[0], "排污许可证没有载明该因子的限值，适用排放标准中最严的一项")
    stricter = norms[0] if norms and _strictness(norms[0]) < _strictness(permits[0]) else None
    note = f"；{stricter.name}更严，另行判断是否超过排放标准" if stricter else ""
    return Holding(permits[0], f"适用排污许可证载明的限值（许可证优先于标准）{note}", stricter)


def water_class(factor: str, value: Decimal, *, is_lake: bool = False) -> int:
    """The surface-water class 1 to 5 that one factor meets (GB 3838-2002 table 1); 6 is worse than class V."""
    for number, mark in enumerate(("i", "ii", "iii", "iv", "v"), start=1):
        for suffix in ("_lake", "") if is_lake else ("",):
            found = _table(rulebook.load().entry("limits/gb_3838_2002"), f"class_{mark}{suffix}")
            if factor in found["factors"]:
                low, high = _value(found["factors"][factor], {"averaging": "any"}, "any")
                if (low is None or value >= low) and (high is None or value <= high):
                    return number
                break
        else:
            raise BadInput(f"地表水环境质量标准没有收录 {factor}", field="factor")
    return 6


def _strictness(one: Limit) -> Decimal:
    if one.limit_value is not None:
        return one.limit_value
    return -(one.low_value or Decimal(0))


def _table(entry: Entry, table: str) -> Entry:
    found = next((one for one in entry["tables"] if one["id"] == table), None)
    if found is None:
        raise BadInput(f"{entry['name']}没有表“{table}”，有的是：{'、'.join(one['id'] for one in entry['tables'])}", field="table")
    return found


def _value(written: Any, entry: Entry, averaging: str) -> tuple[Decimal | None, Decimal | None]:
    """(lower, upper) of a factor for an averaging time."""
    if isinstance(written, dict) and ("min" in written or "max" in written):
        return _decimal(written.get("min")), _decimal(written.get("max"))
    if isinstance(written, dict):
        if averaging not in written:
            raise BadInput(f"只有{'、'.join(written)}限值，没有{averaging}限值", field="averaging")
        return None, _decimal(written[averaging])
    if averaging != entry["averaging"]:
        raise BadInput(f"{entry.get('name', '')}按{entry['averaging']}均值判定，没有{averaging}限值", field="averaging")
    return None, _decimal(written)


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))
