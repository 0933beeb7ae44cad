"""Kind + facts → Paper.

The body of a kind is a list.  An entry is a string, set as a paragraph after its ``{placeholders}`` are filled, or a
mapping that chooses, repeats or lays out:

    "# …" heading    "## …" subheading    "> …" without indent    "* …" note
    {when: path, say: […]}   {unless: path, say: […]}   {each: path, say: "…" or […]}
    {table: path, columns: {key: label}, widths: […], caption: …}
    {form: [[label, text], …]}   {write: composer}   {pictures: path}   {sign: [labels]}

A placeholder is ``{path}``, ``{path|wording}`` or ``{cite:penalty_law:44}``.  Every sentence remembers the records behind
its placeholders, so the screen can link it and can tell when the record has changed since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from qingyuan.errors import BadInput

from . import wording
from .facts import MISSING, look, require, sources
from .kinds import Kind, kind
from .paper import Block, Paper, Paragraph, Picture, Sentence, Signature, Style, Table
from .reasoning import COMPOSERS
from .sheet import form

PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")
STYLES: dict[str, Style] = {"# ": "heading", "## ": "subheading", "> ": "plain", "* ": "note"}
PARTY = {
    "company": (
        ("当事人名称", "name"), ("统一社会信用代码", "uscc"), ("地址", "address"), ("法定代表人（负责人）", "legal_representative"),
    ),
    "person": (("当事人姓名", "name"), ("身份证件号码", "id_number"), ("住址", "address")),
}


def compose(
    kind_name: str,
    facts: Mapping[str, Any],
    *,
    number: str = "",
    dated: str = "",
    is_draft: bool = False,
    verification: str = "",
) -> Paper:
    """Write one document.  ``dated`` is an ISO date.  Raises BadInput naming every required fact that is missing."""
    known = kind(kind_name)
    if not is_draft:
        require(known, facts)
    writer = _Writer(known, facts, is_draft)
    blocks = writer.blocks(known.body)
    agency = look(facts, "agency.name")
    return Paper(
        kind=known.name,
        layout=known.layout,  # type: ignore[arg-type]
        agency="" if agency is MISSING else agency,
        title=known.title,
        number=number or (writer.blank_number() if known.word else ""),
        party=party_lines(facts) if known.has_party and known.layout == "letter" else (),
        blocks=tuple(blocks),
        signatures=tuple(writer.signatures),
        page_signatures=tuple(Signature(label) for label in known.page_signers),
        dated=wording.date(dated) if dated and known.layout == "letter" else "",
        has_seal="印" in known.signers and not is_draft,
        is_draft=is_draft,
        verification=verification,
    )


def party_lines(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Who the document is addressed to: name, code or identity number, address, representative."""
    party = look(facts, "party")
    if not isinstance(party, Mapping):
        return ()
    wanted = PARTY["person" if party.get("kind") == "person" else "company"]
    return tuple((label, str(party[key])) for label, key in wanted if party.get(key))


class _Writer:
    """Fills one body.  Holds the facts, what is worded how, and the signature lines met on the way."""

    def __init__(self, known: Kind, facts: Mapping[str, Any], is_draft: bool) -> None:
        self.kind, self.facts, self.is_draft = known, facts, is_draft
        self.signatures: list[Signature] = []

    def blank_number(self) -> str:
        return f"（{self.kind.word}字号待取）" if self.is_draft else ""

    def blocks(self, body: Sequence[Any]) -> list[Block]:
        return [block for entry in body for block in self.entry(entry)]

    def entry(self, entry: Any) -> list[Block]:
        if isinstance(entry, str):
            return [self.paragraph(entry)]
        if isinstance(entry, list):
            return self.blocks(entry)
        for word, act in (
            ("when", self._when), ("unless", self._unless), ("each", self._each), ("table", self._table),
            ("form", self._form), ("write", self._write), ("pictures", self._pictures), ("sign", self._sign),
        ):
            if word in entry:
                return act(entry)
        raise BadInput(f"《{self.kind.title}》的正文里有读不懂的一项：{sorted(entry)}")

    def paragraph(self, template: str, item: Mapping[str, Any] | None = None) -> Paragraph:
        mark = template.split(" ", 1)[0] + " "
        style = STYLES.get(mark, "body")
        text = template[len(mark):] if mark in STYLES else template
        return Paragraph(tuple(self.sentence(part, item) for part in re.split(r"(?<=[。；])(?=.)", text)), style)

    def sentence(self, template: str, item: Mapping[str, Any] | None = None) -> Sentence:
        found: list[str] = []

        def fill(match: re.Match[str]) -> str:
            return self._fill(match[1], match[2], item, found)

        return Sentence(PLACEHOLDER.sub(fill, template), tuple(dict.fromkeys(found)))

    def _fill(self, path: str, filter_name: str | None, item: Mapping[str, Any] | None, found: list[str]) -> str:
        if path.startswith("cite:"):
            found.append("law:" + path[5:])
            return wording.cite(path[5:])
        if item is not None and path.startswith("item."):
            value = look(item, path[5:])
            found.extend([item["source"]] if item.get("source") else [])
        else:
            value = look(self.facts, path)
            found.extend(sources(self.facts, path))
        if value is MISSING:
            return "＿＿＿＿" if self.is_draft else "／" if self.kind.layout != "letter" else ""
        if filter_name is None:
            field = self.kind.fields.get(path)
            filter_name = field.type if field and field.type in wording.WORDING else _guess(value)
        if isinstance(value, list) and filter_name == "sentences":
            named = [v["source"] for v in value if isinstance(v, Mapping) and v.get("source")]
            found.extend(ref for one in named for ref in ([one] if isinstance(one, str) else one))
        return wording.WORDING[filter_name](value)

    def _when(self, entry: Mapping[str, Any]) -> list[Block]:
        value = look(self.facts, entry["when"])
        wanted = value == entry["is"] if "is" in entry else value is not MISSING and value is not False
        return self.blocks(entry["say"] if wanted else entry.get("else", ()))

    def _unless(self, entry: Mapping[str, Any]) -> list[Block]:
        value = look(self.facts, entry["unless"])
        return [] if value is not MISSING and value is not False else self.blocks(entry["say"])

    def _each(self, entry: Mapping[str, Any]) -> list[Block]:
        items = look(self.facts, entry["each"])
        blocks: list[Block] = []
        for index, item in enumerate([] if items is MISSING else items, start=1):
            row = item if isinstance(item, Mapping) else {"text": item}
            said = [entry["say"]] if isinstance(entry["say"], str) else entry["say"]
            blocks += [self.paragraph(template, {**row, "n": index}) for template in said]
        return blocks

    def _table(self, entry: Mapping[str, Any]) -> list[Block]:
        items = look(self.facts, entry["table"])
        if items is MISSING:
            return []
        columns: Mapping[str, str] = entry["columns"]
        rows = tuple(
            tuple("" if look(item, key) is MISSING else wording.WORDING[_guess(item[key])](item[key]) for key in columns)
            for item in ({**row, "n": index} for index, row in enumerate(items, start=1))
        )
        refs = tuple(dict.fromkeys([r["source"] for r in items if r.get("source")] + [*sources(self.facts, entry["table"])]))
        return [Table(tuple(columns.values()), rows, tuple(entry.get("widths", ())), entry.get("caption", ""), refs)]

    def _form(self, entry: Mapping[str, Any]) -> list[Block]:
        return [form(entry["form"], self)]

    def _write(self, entry: Mapping[str, Any]) -> list[Block]:
        try:
            return list(COMPOSERS[entry["write"]](self.facts))
        except KeyError as gap:
            if self.is_draft:
                return [Paragraph((Sentence(f"＿＿＿＿（待补：{gap.args[0]}）"),))]
            raise BadInput(f"《{self.kind.title}》的要素不全，缺少 {gap.args[0]}", field=str(gap.args[0])) from gap

    def _pictures(self, entry: Mapping[str, Any]) -> list[Block]:
        found = look(self.facts, entry["pictures"])
        return [] if found is MISSING else [Picture(p["digest"], p["caption"]) for p in found]

    def _sign(self, entry: Mapping[str, Any]) -> list[Block]:
        signed = self.facts.get("signatures") or {}
        for label in entry["sign"]:
            given = signed.get(label) or {}
            self.signatures.append(Signature(label, given.get("name", ""), wording.date(given["on"]) if given.get("on") else ""))
        return []


def _guess(value: Any) -> str:
    """How an undeclared value is worded: lists of sentences run together, everything else as it is."""
    return "flag" if isinstance(value, bool) else "sentences" if isinstance(value, list) else "text"
