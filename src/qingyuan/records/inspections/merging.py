"""How operations from several devices become one value of one field.  Pure: no database, no clock.

Every operation names the operations whose values its author saw (``bases``).  What no other operation builds on is a *head*.
One head, or several that say the same: the field has that value.  Several that differ: a legal field has no value until a
person resolves it; an ordinary field shows the latest by id and is flagged.  The result depends on the set of operations only,
never on the order in which they came, so all devices end with the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STATES = {"empty": "未填写", "settled": "已填写", "conflict": "冲突，待解决", "flagged": "有不同填写"}


@dataclass(frozen=True)
class Said:
    """One operation on one field.  ``bases``: ids of the operations its author saw; a refused one passes them on, but has no say."""

    id: str
    bases: tuple[str, ...]
    value: Any
    is_refused: bool = False


@dataclass(frozen=True)
class Cell:
    """What a field says now.  ``missing``: bases that have not arrived; until they have, the record cannot be accepted."""

    state: str
    value: Any
    heads: tuple[str, ...]
    missing: tuple[str, ...]


def merge(said: Iterable[Said], *, legal: bool) -> Cell:
    """The field after all these operations, in whatever order they are given."""
    known = {one.id: one for one in said}
    alive = {key for key, one in known.items() if not one.is_refused}
    passed = {before for key in alive for before in ancestors(known, key)}
    heads = tuple(sorted(alive - passed))
    missing = tuple(sorted({base for key in alive for base in known[key].bases if base not in known}))
    spoken = {spelled(known[key].value) for key in heads}
    if not heads:
        return Cell("empty", None, (), missing)
    if len(spoken) == 1:
        return Cell("settled", known[heads[-1]].value, heads, missing)
    if legal:
        return Cell("conflict", None, heads, missing)
    return Cell("flagged", known[heads[-1]].value, heads, missing)


def ancestors(known: Mapping[str, Said], key: str) -> set[str]:
    """Everything an operation builds on, at any remove."""
    seen: set[str] = set()
    fresh = list(known[key].bases)
    while fresh:
        base = fresh.pop()
        if base not in seen:
            seen.add(base)
            fresh.extend(known[base].bases if base in known else ())
    return seen


def is_circular(known: Mapping[str, Said], fresh: Said) -> bool:
    """Whether an operation would build on itself."""
    return fresh.id in ancestors({**known, fresh.id: fresh}, fresh.id)


def spelled(value: Any) -> str:
    """One spelling for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
