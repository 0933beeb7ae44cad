"""The rule book: a tree of YAML files in which every value has a day it begins, a source and a grade.

Shape.  A folder holds entries.  A file with a top-level ``id`` is one entry; any other file is a collection whose
top-level keys are entries (keys that begin with ``_`` are notes about the file).  An entry may carry dated versions
in a list called ``values`` (or ``regimes``): each has ``valid_from``, perhaps ``valid_to`` (its inclusive last day),
``citation`` and ``grade``.

Grades say how far the text was checked: A the whole text was read; B an official page or excerpt; C second hand;
U not verified.  U never alone decides a legal gate.

Only this module of the room reads files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from qingyuan.errors import BadInput, Corrupt

BOOK = Path(__file__).parent / "book"
GRADES = ("A", "B", "C", "U")
Entry = Mapping[str, Any]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RuleBook:
    """One folder of YAML as law.  Folders are read when first asked for and then kept; nothing is ever written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[str, dict[str, Entry]] = {}
        self._read: dict[Path, list[tuple[str, Entry]]] = {}

    def files(self, folder: str = "") -> list[Path]:
        """Every YAML file below ``folder``, in a fixed order."""
        return sorted((self.root / folder).rglob("*.yaml"))

    def entries_of(self, file: Path) -> list[tuple[str, Entry]]:
        """The entries of one file of the book as (id, entry), read once."""
        if file not in self._read:
            self._read[file] = list(read_file(file))
        return self._read[file]

    def folder(self, path: str) -> Mapping[str, Entry]:
        """The entries of one folder by id; files of sub-folders are not included.  An absent folder is empty."""
        if path not in self._folders:
            self._folders[path] = self._read_folder(path)
        return MappingProxyType(self._folders[path])

    def folders(self, path: str) -> list[str]:
        """Names of the direct sub-folders: the provinces of ``matrix``, for example."""
        where = self.root / path
        return sorted(child.name for child in where.iterdir() if child.is_dir()) if where.is_dir() else []

    def entry(self, path: str) -> Entry:
        """One whole entry, ``procedure/filing``; deeper keys may follow, ``sources/code/name``.

        Raises BadInput with near names when there is none."""
        parts = path.strip("/").split("/")
        for cut in range(len(parts) - 1, 0, -1):
            entries = self.folder("/".join(parts[:cut]))
            if parts[cut] in entries:
                return self._dig(entries[parts[cut]], parts[cut + 1 :], path)
        raise BadInput(f"规则库里没有“{path}”{self._near(parts)}", field=path)

    def get(self, path: str, *, on: dt.date | None = None) -> Entry:
        """The entry as it reads on that day: its own fields plus those of the version in force.

        Raises BadInput when no version is in force on that day; without ``on`` the entry is returned as written."""
        entry = self.entry(path)
        if on is None:
            return entry
        return in_force(entry, on, path)

    def violations(self) -> Mapping[str, Entry]:
        """Every violation (案由) by id, for lists to choose from."""
        return self.folder("violations")

    def at(self, day: dt.date) -> DayBook:
        """The law of one day."""
        return DayBook(self, day)

    def revision(self, folder: str = "") -> str:
        """SHA-256 over names and bytes of every file below ``folder``: the edition a result was computed with."""
        digest = hashlib.sha256()
        for file in self.files(folder):
            name = file.relative_to(self.root).as_posix().encode()
            digest.update(hashlib.sha256(name + b"\0" + file.read_bytes()).digest())
        return digest.hexdigest()

    def _read_folder(self, path: str) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        where = self.root / path
        for file in sorted(where.glob("*.yaml")) if where.is_dir() else []:
            for key, entry in self.entries_of(file):
                if key in entries:
                    raise Corrupt(f"规则库“{path}”里“{key}”出现两次，第二次在 {file.name}")
                entries[key] = entry
        return entries

    def _dig(self, node: Any, rest: list[str], path: str) -> Any:
        for key in rest:
            if not isinstance(node, Mapping) or key not in node:
                raise BadInput(f"规则库里没有“{path}”，“{key}”不存在", field=path)
            node = node[key]
        return node

    def _near(self, parts: list[str]) -> str:
        import difflib

        known = list(self.folder("/".join(parts[:-1])))
        near = difflib.get_close_matches(parts[-1], known, n=3)
        return f"，相近的有：{'、'.join(near)}" if near else ""


class DayBook:
    """The rule book as it reads on one day."""

    def __init__(self, book: RuleBook, day: dt.date) -> None:
        self.book, self.day = book, day

    def get(self, path: str) -> Entry:
        """As ``RuleBook.get`` with the day filled in."""
        return self.book.get(path, on=self.day)


def read_file(file: Path) -> Iterator[tuple[str, Entry]]:
    """Entries of one file as (id, entry).  Raises Corrupt when it is not YAML of the expected shape."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError as error:
        raise Corrupt(f"规则库文件 {file.name} 不是合格的 YAML：{error}") from error
    if not isinstance(content, dict):
        raise Corrupt(f"规则库文件 {file.name} 应当是键值表")
    if "id" in content:
        yield str(content["id"]), content
        return
    for key, entry in content.items():
        if not str(key).startswith("_"):
            yield str(key), entry


def versions(entry: Entry) -> list[Entry]:
    """The dated versions of an entry, in the order written; an entry without any is its own single version."""
    listed = entry.get("values") or entry.get("regimes")
    return list(listed) if listed else [entry]


def covers(version: Entry, day: dt.date) -> bool:
    """Whether a version is in force on a day; ``valid_to`` is its inclusive last day."""
    begins, ends = version.get("valid_from"), version.get("valid_to")
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def in_force(entry: Entry, on: dt.date, path: str = "") -> Entry:
    """The entry's own fields overlaid with the version in force on the day.  Raises BadInput when there is none."""
    for version in versions(entry):
        if covers(version, on):
            outer = {k: v for k, v in entry.items() if k not in ("values", "regimes")}
            return {**outer, **version}
    spans = "；".join(f"{v.get('valid_from', '…')}至{v.get('valid_to') or '今'}" for v in versions(entry))
    raise BadInput(f"“{path or entry.get('label', entry.get('name', ''))}”在 {on} 没有有效的规定，有的是：{spans}", field="on")


@lru_cache(maxsize=8)
def _load(root: Path) -> RuleBook:
    if not root.is_dir():
        raise BadInput(f"找不到规则库目录 {root}", field="root")
    return RuleBook(root)


def load(root: str | Path | None = None) -> RuleBook:
    """The rule book (cached by folder).  Without ``root`` the one that ships with the program."""
    return _load(Path(root) if root is not None else BOOK)


def at(day: dt.date) -> DayBook:
    """The shipped rule book as it reads on one day."""
    return load().at(day)
