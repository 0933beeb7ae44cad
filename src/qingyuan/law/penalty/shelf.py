"""The part of the rule book that a fine is calculated from: violations, matrices, circumstances.

A ``Shelf`` is plain data, so the certificate can carry the few pages it used and a stranger can put up
a shelf of those pages alone.  Only ``load`` reads files; everything else is pure.
"""

from __future__ import annotations

import copy
import datetime as dt
import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from qingyuan.errors import BadInput

from .circumstance import Circumstance
from .matrix import Benchmark, Table
from .violation import Violation

BOOK = Path(__file__).resolve().parents[1] / "book"
Page = Mapping[str, Any]


@dataclass(frozen=True)
class Shelf:
    """Pages by kind and id, exactly as they stand in the YAML (dates as ISO text)."""

    violations: Mapping[str, Page]
    provinces: Mapping[str, Page]
    tables: Mapping[str, Page]
    circumstances: Mapping[str, Page]
    comparison: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {key: Table.read(page) for key, page in self.tables.items()}

    @cached_property
    def _provinces(self) -> dict[str, Benchmark]:
        names = {}
        for key, page in self.provinces.items():
            for name in (page.get("short", ""), page["name"], key):
                if name:
                    names[name] = Benchmark.read(page)
        return names

    @cached_property
    def _by_violation(self) -> dict[tuple[str, str], list[Table]]:
        found: dict[tuple[str, str], list[Table]] = {}
        for table in self._tables.values():
            for violation in {use.violation: None for use in table.applies}:
                found.setdefault((table.province, violation), []).append(table)
        return found

    @cached_property
    def _violations(self) -> dict[str, Violation]:
        return {key: Violation.read(page) for key, page in self.violations.items()}

    @cached_property
    def _circumstances(self) -> dict[str, Circumstance]:
        return {key: Circumstance.read(page) for key, page in self.circumstances.items()}

    def violation(self, key: str) -> Violation:
        """The violation with this id; BadInput lists near ids if there is none."""
        if key not in self._violations:
            near = difflib.get_close_matches(key, self._violations, n=6, cutoff=0.4) or sorted(self._violations)[:6]
            told = "、".join(f"{k}（{self._violations[k].name}）" for k in near)
            raise BadInput(f"violation（案由）没有“{key}”；相近的有：{told}（共 {len(self._violations)} 个，见规则书 violations）", field="violation")
        return self._violations[key]

    def province(self, name: str) -> Benchmark:
        """The province by id (guangdong), name (广东省) or short name (广东)."""
        found = self._provinces.get(name)
        if found is not None:
            return found
        known = "、".join(page["name"] for page in self.provinces.values() if page["id"] != "national")
        raise BadInput(f"province（省份）没有“{name}”；可填：{known}", field="province")

    def table(self, key: str) -> Table:
        return self._tables[key]

    def tables_of(self, province: str, violation: str) -> list[Table]:
        """The tables this province wrote for this violation, then those it wrote for all, ids in order."""
        return self._by_violation.get((province, violation), []) + self._by_violation.get((province, "*"), [])

    def circumstance(self, key: str) -> Circumstance:
        """The circumstance with this id; BadInput lists what may be given."""
        if key not in self._circumstances:
            allowed = "、".join(f"{c.id}（{c.name}）" for c in self._circumstances.values() if c.province == "national" and c.grade == "A")
            raise BadInput(f"circumstances（情节）没有“{key}”；可用的有：{allowed}（行政处罚法第三十至三十三条）", field="circumstances")
        return self._circumstances[key]

    def all_violations(self) -> list[Violation]:
        return list(self._violations.values())

    def all_tables(self) -> list[Table]:
        return list(self._tables.values())

    def all_circumstances(self) -> list[Circumstance]:
        return list(self._circumstances.values())

    def extract(self, violation: str, provinces: Iterable[str], tables: Iterable[str], circumstances: Iterable[str]) -> dict[str, Any]:
        """A copy of the named pages only, as plain data for a certificate."""
        pages = {
            "violations": {violation: self.violations[violation]},
            "provinces": {key: self.provinces[key] for key in sorted(set(provinces))},
            "tables": {key: self.tables[key] for key in sorted(set(tables))},
            "circumstances": {key: self.circumstances[key] for key in sorted(set(circumstances))},
        }
        return copy.deepcopy(pages)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Shelf:
        """A shelf of the pages a certificate carries."""
        return cls(data["violations"], data["provinces"], data["tables"], data["circumstances"])


def digest(data: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of ``data``: keys sorted, no spaces, UTF-8."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        raise ValueError(f"规则书里的小数须写成文本（加引号）：{value}")
    return value


def _pages(folder: Path) -> Iterable[Page]:
    for path in sorted(folder.rglob("*.yaml")):
        content = _plain(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        if "id" in content:
            yield content
        else:
            yield from ({"id": key, **page} for key, page in content.items() if not key.startswith("_"))


def _index(pages: Iterable[Page]) -> dict[str, Page]:
    found: dict[str, Page] = {}
    for page in pages:
        if page["id"] in found:
            raise ValueError(f"规则书里编号重复：{page['id']}")
        found[page["id"]] = page
    return found


@lru_cache(maxsize=4)
def load(book: Path = BOOK) -> Shelf:
    """Read the folders violations/, matrix/ and exemptions/{circumstances,catalogues}/ of the rule book, once."""
    matrix = list(_pages(book / "matrix"))
    return Shelf(
        violations=_index(_pages(book / "violations")),
        provinces=_index(page for page in matrix if page["page"] == "province"),
        tables=_index(page for page in matrix if page["page"] == "table"),
        circumstances=_index(page for folder in ("circumstances", "catalogues") for page in _pages(book / "exemptions" / folder)),
        comparison=next((page for page in matrix if page["page"] == "comparison"), {}),
    )
