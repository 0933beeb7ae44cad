"""The kinds of record written on site and their fields, from field_kinds.yaml."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "qingyuan:field")


@dataclass(frozen=True)
class Kind:
    """One kind of record: its Chinese name, whether a task has only one, its fields, what a finished one must hold."""

    name: str
    label: str
    is_single: bool
    articles: tuple[str, ...]
    document: str
    needs: tuple[str, ...]
    fields: dict[str, dict[str, Any]]

    def field(self, name: str) -> dict[str, Any] | None:
        """The field of that name, or of the numbered row it belongs to; None when the kind has no such field."""
        if name in self.fields and not name.endswith("*"):
            return self.fields[name]
        stem, _, rest = name.rpartition("_")
        return self.fields.get(f"{stem}_*") if rest and len(rest) <= 60 and rest.isascii() and "*" not in rest else None

    def is_legal(self, name: str) -> bool:
        """Whether the field is one of the elements the law asks for; an unknown one counts as legal."""
        found = self.field(name)
        return found is None or bool(found["legal"])

    def label_of(self, name: str) -> str:
        found = self.field(name)
        number = name.rpartition("_")[2].lstrip("0") if found is not None and name not in self.fields else ""
        number = number if number.isdigit() and len(number) < 4 else ""  # a digest or a moment is no number for people
        return f"{found['label']}{number}" if found is not None else name


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    pages = yaml.safe_load((Path(__file__).parent / "field_kinds.yaml").read_text("utf-8"))
    return {
        name: Kind(name, page["label"], page["single"], tuple(page["articles"]), page.get("document", ""), tuple(page.get("needs", ())), page["fields"])
        for name, page in pages.items()
    }


def single_id(task_number: str, kind: str) -> uuid.UUID:
    """The id of the one record of a kind that a task has; every device derives the same."""
    return uuid.uuid5(NAMESPACE, f"{task_number}/{kind}")
