"""Approval sheets: rows of label and value on a grid of eight columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from . import wording
from .facts import MISSING, look
from .paper import Cell, Form, Sentence

COLUMNS = 8
LONG = 42


class Words(Protocol):
    facts: Any

    def sentence(self, template: str, item: Any = None) -> Sentence: ...


def form(rows: Sequence[Any], words: Words) -> Form:
    """Build a grid.  A row is ``[label, text]``, ``[label, text, label, text]`` or ``{opinion: path, label: …}``."""
    return Form(tuple(_opinion(row, words) if isinstance(row, dict) else _pairs(row, words) for row in _flat(rows)))


def _flat(rows: Sequence[Any]) -> Iterator[Any]:
    """Shared rows (the three opinions) are a list within the list."""
    for row in rows:
        if isinstance(row, list) and row and not isinstance(row[0], str):
            yield from _flat(row)
        else:
            yield row


def _pairs(row: Sequence[str], words: Words) -> tuple[Cell, ...]:
    if len(row) % 2 or len(row) > 4:
        raise ValueError(f"a row holds one or two pairs of label and text: {row!r}")
    pairs = list(zip(row[::2], row[1::2], strict=True))
    label_span, value_span = (1, COLUMNS - 1) if len(pairs) == 1 else (1, 3)
    cells: list[Cell] = []
    for label, template in pairs:
        said = words.sentence(template)
        cells.append(Cell(label, label_span, is_label=True))
        lines = 4 if len(pairs) == 1 and len(said.text) > LONG else 1
        cells.append(Cell(said.text, value_span, lines=lines, sources=said.sources))
    return tuple(cells)


def _opinion(row: dict[str, Any], words: Words) -> tuple[Cell, ...]:
    value = look(words.facts, row["opinion"])
    given = {} if value is MISSING else value
    signature = wording.opinion_signature(given) if row.get("sign", True) else ""
    text = Cell(wording.opinion(given), COLUMNS - 1, lines=row.get("lines", 2), signature=signature)
    return (Cell(row["label"], 1, is_label=True), text)
