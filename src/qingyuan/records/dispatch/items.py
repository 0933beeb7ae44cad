"""The published list of inspection items on a day: what may be looked at, by which article, how (国办发〔2024〕54号)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.law import rulebook
from qingyuan.law.citation import parse_all, resolve

FOLDER = "items/inspection"
WAYS = {"on_site": "现场", "documents": "书面", "network": "网络"}


@dataclass(frozen=True)
class Item:
    """One inspection item on one day; ``basis`` are the articles in force then, as they are written."""

    code: str
    name: str
    domain: str
    basis: tuple[str, ...]
    ways: tuple[str, ...]
    is_key: bool
    levels: tuple[str, ...]
    grade: str

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


def items(on: dt.date) -> list[Item]:
    """Every item with an article in force that day, in the order of the list."""
    return [one for code, entry in rulebook.load().folder(FOLDER).items() if (one := read(code, entry, on)).basis]


def read(code: str, entry: Mapping[str, Any], on: dt.date) -> Item:
    cited = [one for one in (*parse_all(entry["legacy"]), *parse_all(entry["code"])) if resolve(one, on).in_force]
    return Item(
        code, entry["name"], entry["domain"], tuple(str(one) for one in cited), tuple(WAYS[way] for way in entry["how"]),
        entry["importance"] == "key", tuple(entry["level"]), entry["grade"],
    )  # fmt: skip


def named(codes: Iterable[str], on: dt.date) -> list[Item]:
    """The items of these codes that the list has, in the order given."""
    known = {one.code: one for one in items(on)}
    return [known[code] for code in codes if code in known]


def unknown(codes: Iterable[str], on: dt.date) -> list[str]:
    known = {one.code for one in items(on)}
    return [code for code in codes if code not in known]
