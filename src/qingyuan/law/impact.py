"""What a change of the book touches: which clocks, violations, limits, conditions, matrix tables, documents and checks rest
on a changed source or entry, and through the violations which judging rules and enforcement items.

Open cases are not known here: the records ask with the violations and clocks that this lists.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qingyuan.errors import BadInput

from .citation import Citation
from .lint import citations_of, elsewhere, placed
from .rulebook import RuleBook, load, read_file

KINDS = {
    "procedure": "时钟",
    "violations": "案由",
    "limits": "限值",
    "conditions": "条件",
    "documents": "文书",
    "checks": "稽查规则",
    "review": "评查",
    "items": "执法事项",
    "matrix": "裁量表",
    "exemptions": "不予处罚与从轻从重",
    "sources": "来源",
    "calendar": "日历",
    "credit": "信用与公示",
}


@dataclass(frozen=True)
class Impact:
    """``changed`` ids; ``touched`` by folder of the book; ``rules`` and ``items`` reached through violations; ``elsewhere``
    file and key of the other rooms' data (judging rules, document kinds) that cite a changed source."""

    changed: tuple[str, ...]
    touched: dict[str, tuple[str, ...]]
    rules: tuple[str, ...]
    items: tuple[str, ...]
    lost: tuple[str, ...] = field(default=())
    elsewhere: tuple[str, ...] = field(default=())


def changed_ids(file: Path, book: RuleBook | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ids that differ from the shipped book or are new, ids that the file no longer has).

    A file that *is* part of the book counts as changed whole.  Raises BadInput when it cannot be read as a book file."""
    book = book or load()
    if not file.is_file():
        raise BadInput(f"找不到文件 {file}，应当是规则库的一个 YAML 文件", field="file")
    proposed = dict(read_file(file))
    if file.resolve().is_relative_to(book.root.resolve()):
        return tuple(proposed), ()
    folder = next((path for path in book.files() if path.name == file.name), None)
    shipped = dict(read_file(folder)) if folder else {}
    differing = tuple(key for key, entry in proposed.items() if _plain(entry) != _plain(shipped.get(key)))
    return differing, tuple(key for key in shipped if key not in proposed)


def impact(ids: tuple[str, ...], book: RuleBook | None = None, *, lost: tuple[str, ...] = ()) -> Impact:
    """Everything that names one of the ids: as the source of a citation, or as itself."""
    book = book or load()
    wanted = set(ids) | set(lost)
    touched: dict[str, list[str]] = {}
    rules: dict[str, None] = {}
    items: dict[str, None] = {}
    for one in placed(book):
        if one.key not in wanted and not wanted & _names(one.entry):
            continue
        touched.setdefault(one.folder.partition("/")[0], []).append(one.key)
        if one.folder == "violations":
            rules |= dict.fromkeys(one.entry.get("rules", ()))
            items |= dict.fromkeys(one.entry.get("items", ()))
    others = dict.fromkeys(f"{file}:{key}" for file, key, text in elsewhere(book) if text.partition(":")[0] in wanted)
    return Impact(ids, {key: tuple(value) for key, value in touched.items()}, tuple(rules), tuple(items), lost, tuple(others))


def used_by(cited: Citation, book: RuleBook | None = None) -> dict[str, tuple[str, ...]]:
    """Who rests on an article or on a paragraph or item of it: names by folder of the book."""
    book = book or load()
    users: dict[str, dict[str, None]] = {}
    for one in placed(book):
        if one.folder.startswith("sources"):
            continue
        if any(found is not None and _within(found, cited) for _, found, _ in citations_of(one, book)):
            name = one.entry.get("name") or one.entry.get("label") or one.key
            users.setdefault(one.folder.partition("/")[0], {})[str(name)] = None
    return {folder: tuple(names) for folder, names in users.items()}


def _within(found: Citation, cited: Citation) -> bool:
    same = (found.instrument, found.article) == (cited.instrument, cited.article)
    return same and cited.paragraph in (None, found.paragraph) and cited.item in (None, found.item)


def _names(node: Any) -> set[str]:
    """Every word of an entry that may be an id: strings, and the source part of citations."""
    if isinstance(node, str):
        return {part.partition(":")[0] for part in node.split("、")}
    if isinstance(node, dict):
        return {name for value in node.values() for name in _names(value)}
    if isinstance(node, list):
        return {name for value in node for name in _names(value)}
    return set()


def _plain(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, default=str)
