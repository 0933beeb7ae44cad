"""The score of a case file under the review rules of 2024.

    score = 50 + 50 × points won ÷ points assessed − deductions + bonus      any veto: 0

Documents that the case did not need (no hearing, no urging) are not assessed and do not count below the line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qingyuan.errors import BadInput

from . import rulebook
from .rulebook import Entry, covers

HALF = Decimal(50)


@dataclass(frozen=True)
class Score:
    """``total`` to two decimals; ``arithmetic`` are Chinese lines; ``vetoes`` those that were hit."""

    total: Decimal
    arithmetic: tuple[str, ...]
    vetoes: tuple[str, ...]


def score(
    volume: str, won: Mapping[str, Decimal], *, on: dt.date, deductions: Mapping[str, Decimal] | None = None,
    vetoes: Sequence[str] = (), bonus: Decimal = Decimal(0),
) -> Score:  # fmt: skip
    """Score one file.  ``won`` has a key for every document assessed; what it leaves out was not needed.

    Raises BadInput for a document the volume does not have, more points than there are, or an unknown veto."""
    sheet = rulebook.load().get(f"review/{volume}", on=on)
    off = _deductions(deductions or {})
    _check(sheet, won, bonus)
    hit = tuple(f"{key} {_veto(key)['veto']}" for key in vetoes)
    if hit:
        return Score(Decimal(0), (f"命中否决项{'、'.join(vetoes)}，得0分",), hit)
    assessed = sum((Decimal(str(sheet["points"][key])) for key in won), Decimal(0))
    gained = sum(won.values(), Decimal(0))
    total = HALF + HALF * gained / assessed - off + bonus
    line = f"50 + 50 × {gained} ÷ {assessed} − {off} + {bonus} = {round(total, 2)}"
    return Score(max(round(total, 2), Decimal(0)), (f"{sheet['volume']}：参评{assessed}分，得{gained}分", line), ())


def vetoes(on: dt.date, *, automation: str | None = None) -> dict[str, Entry]:
    """The vetoes of the review rules; with the reading of the day where it changed (veto 1 and Code art. 53)."""
    told = {key: entry for key, entry in rulebook.load().folder("review").items() if "veto" in entry}
    return {key: _reading(entry, on) for key, entry in told.items() if automation in (None, entry["automation"])}


def _reading(entry: Entry, on: dt.date) -> Entry:
    now = next((one for one in entry.get("switch", ()) if covers(one, on)), None)
    return {**entry, "reading": now["reading"], "reading_citation": now["citation"]} if now else entry


def _veto(key: str) -> Entry:
    entry = rulebook.load().folder("review").get(key, {})
    if "veto" not in entry:
        raise BadInput(f"没有否决项“{key}”，应为 V1 至 V25", field="vetoes")
    return entry


def _check(sheet: Entry, won: Mapping[str, Decimal], bonus: Decimal) -> None:
    points = sheet["points"]
    for key, value in won.items():
        if key not in points:
            raise BadInput(f"{sheet['volume']}没有“{key}”这一项，有的是：{'、'.join(points)}", field=key)
        if not 0 <= value <= points[key]:
            raise BadInput(f"{sheet['volume']}“{key}”最多{points[key]}分，得到 {value}", field=key)
    if not won:
        raise BadInput("至少要有一份参评文书", field="won")
    if not 0 <= bonus <= sheet["bonus"]:
        raise BadInput(f"{sheet['volume']}加分最多{sheet['bonus']}分，得到 {bonus}", field="bonus")


def _deductions(given: Mapping[str, Decimal]) -> Decimal:
    known = {key: entry for key, entry in rulebook.load().folder("review").items() if "most" in entry}
    for key, value in given.items():
        if key not in known:
            raise BadInput(f"没有扣分项“{key}”，有的是：{'、'.join(known)}", field=key)
        if not 0 <= value <= Decimal(str(known[key]["most"])):
            raise BadInput(f"“{known[key]['label']}”最多扣{known[key]['most']}分，得到 {value}", field=key)
    return sum(given.values(), Decimal(0))
