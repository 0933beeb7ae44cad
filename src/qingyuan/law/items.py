"""The catalogue of enforcement items 执法事项: which level acts, on what day by which law, and what a township was given.

The national catalogue of 2020 rests on laws that the Code replaced; an item therefore carries both its old articles and
those of the Code, and the day decides.  A township enforces nothing unless its province says so (Penalty Law art. 24): the
caller gives that list, this file only knows which items are candidates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse_all, resolve
from .rulebook import Entry

LEVELS = ("province", "city", "county", "township")


@dataclass(frozen=True)
class Item:
    """One enforcement item on one day.  ``basis`` are the articles in force then; ``is_mapping_sure`` is false where the
    step from the old article to the Code is not certain; ``level_grade`` U: a suggestion of this platform."""

    code: str
    name: str
    kind: str
    domain: str
    basis: tuple[Citation, ...]
    flags: tuple[str, ...]
    levels: tuple[str, ...]
    level_grade: str
    is_mapping_sure: bool
    may_delegate: bool


def item(code: str, *, on: dt.date) -> Item:
    """One item as it stands on the day.  Raises BadInput for an unknown code."""
    entry = rulebook.load().folder("items").get(code)
    if entry is None:
        raise BadInput(f"执法事项里没有“{code}”", field="item")
    return _item(code, entry, on)


def items(*, on: dt.date, level: str | None = None, delegated: Collection[str] = ()) -> list[Item]:
    """Every item with an article in force on the day, or those of one level; a township has only those delegated to it."""
    if level is not None and level not in LEVELS:
        raise BadInput(f"层级应为 {'、'.join(LEVELS)}，得到 {level}", field="level")
    found = [_item(code, entry, on) for code, entry in rulebook.load().folder("items").items()]
    return [one for one in found if one.basis and (level is None or _acts(one, level, delegated))]


def _acts(one: Item, level: str, delegated: Collection[str]) -> bool:
    return one.code in delegated and one.may_delegate if level == "township" else level in one.levels


def _item(code: str, entry: Entry, on: dt.date) -> Item:
    written = parse_all(entry["legacy"]) + parse_all(entry["code"])
    basis = tuple(one for one in written if resolve(one, on).in_force)
    return Item(
        code, entry["name"], entry["kind"], entry["domain"], basis, tuple(entry["flags"]), tuple(entry["level"]),
        entry["level_grade"], entry["mapping"] != "U", bool(entry.get("township")),
    )  # fmt: skip
