"""The kinds of document, read from kinds/*.yaml.  A new kind, field or sentence is a change of data.

A field is written ``path: 标签 type`` with ``?`` after the type when it may be left out:

    text  date  moment  money(fen)  yuan  number  flag  sentences  persons  citations  table  opinion  pictures  records
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from qingyuan.errors import BadInput

FOLDER = Path(__file__).resolve().parents[1] / "kinds"
TYPES = frozenset(
    ["text", "date", "moment", "money", "yuan", "number", "flag", "sentences", "persons", "citations", "table", "opinion", "pictures", "records"]
)


@dataclass(frozen=True)
class Field:
    """One thing a document must or may say."""

    path: str
    label: str
    type: str
    is_required: bool


@dataclass(frozen=True)
class Kind:
    """One of the 58 kinds.

    ``word`` is the 文种字 of its number ("" = not numbered), ``signers`` who signs (承 机 负 法 当 见 印 …),
    ``must_serve`` whether it is served on the party with a proof of service, ``volume`` main or supplementary,
    ``grade`` how sure we are of the list of elements, ``evidence`` which of the eight kinds of evidence it is, if any.
    """

    name: str
    code: str
    title: str
    stage: str
    layout: str
    word: str
    signers: str
    articles: tuple[str, ...]
    grade: str
    volume: str
    must_serve: bool
    has_party: bool
    fields: Mapping[str, Field]
    body: tuple[Any, ...]
    page_signers: tuple[str, ...]
    evidence: str


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Every kind by its English name, in the order of the platform codes."""
    found: dict[str, Kind] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, entry in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
            if name.startswith("_"):
                continue  # shared parts of the file, for anchors
            if name in found:
                raise BadInput(f"文书种类 {name} 重复定义（{path.name}）")
            found[name] = _kind(name, entry)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].code, pair[0])))


def kind(name: str) -> Kind:
    """One kind; raises BadInput when there is none of that name."""
    try:
        return kinds()[name]
    except KeyError:
        raise BadInput(f"没有“{name}”这种文书；可用的种类见 kinds 目录", field="kind") from None


def _kind(name: str, entry: Mapping[str, Any]) -> Kind:
    fields = {path: _field(name, path, text) for path, text in (entry.get("fields") or {}).items()}
    return Kind(
        name=name,
        code=entry["code"],
        title=entry["title"],
        stage=entry["stage"],
        layout=entry["layout"],
        word=entry.get("word", ""),
        signers=entry["signers"],
        articles=tuple(entry.get("articles", ())),
        grade=entry.get("grade", "U"),
        volume=entry.get("volume", "main"),
        must_serve=entry.get("serve", False),
        has_party=entry.get("party", True),
        fields=fields,
        body=tuple(entry.get("body", ())),
        page_signers=tuple(entry.get("page_signers", ())),
        evidence=entry.get("evidence", ""),
    )


def _field(kind_name: str, path: str, text: str) -> Field:
    label, _, type_name = text.rpartition(" ")
    field = Field(path, label, type_name.rstrip("?"), not type_name.endswith("?"))
    if not label or field.type not in TYPES:
        raise BadInput(f"{kind_name}.{path}：字段写作“标签 类型”，类型须为 {'、'.join(sorted(TYPES))} 之一")
    return field
