"""Citations: which instrument, which article, paragraph and item; and whether that text was law on a day.

Written form: ``<source>:<article>[.<paragraph>[.<item>]]``, for example ``penalty_law:44``, ``air_law:99.1.2``.
``code:1175.0.5`` names an item without naming a paragraph.  An inserted article (之一) is ``120-1``.
Printed form: 《中华人民共和国行政处罚法》第四十四条.  The paragraph is not printed where the article has only one, as
drafting custom and file audits demand (review rule 10: the clause must be cited exactly).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from qingyuan.errors import BadInput

from . import rulebook
from .numerals import from_chinese, to_chinese
from .rulebook import Entry, RuleBook

_WRITTEN = re.compile(r"^(?P<source>[a-z][a-z0-9_]*)(?::(?P<article>\d+(?:-\d+)?)(?:\.(?P<paragraph>\d+)(?:\.(?P<item>\d+))?)?)?$")
_PRINTED = re.compile(
    r"^《(?P<name>[^》]+)》(?:第(?P<article>[^条]+)条(?:之(?P<inserted>[一二三四五六七八九十]+))?"
    r"(?:第(?P<paragraph>[^款]+)款)?(?:第(?P<item>[^项]+)项)?)?$"
)


@dataclass(frozen=True, order=True)
class Citation:
    """A place in an instrument.  ``article`` empty means the instrument as a whole (a standard, a notice)."""

    instrument: str
    article: str = ""
    paragraph: int | None = None
    item: int | None = None

    def __str__(self) -> str:
        return self.printed()

    @property
    def written(self) -> str:
        """The written form that ``parse`` reads back."""
        text = self.instrument
        if self.article:
            text += f":{self.article}"
        if self.paragraph is not None or self.item is not None:
            text += f".{self.paragraph or 0}"
        return text + (f".{self.item}" if self.item is not None else "")

    def printed(self, *, short: bool = False, book: RuleBook | None = None) -> str:
        """《…》第…条第…款第…项, with the full name or the short one."""
        entry = source(self.instrument, book)
        title = entry.get("short", entry["name"]) if short else entry["name"]
        text = f"《{title}》"
        if not self.article:
            return text
        number, _, inserted = self.article.partition("-")
        text += f"第{to_chinese(int(number))}条" + (f"之{to_chinese(int(inserted))}" if inserted else "")
        if self.paragraph and not self._is_only_paragraph(book):
            text += f"第{to_chinese(self.paragraph)}款"
        return text + (f"第{to_chinese(self.item)}项" if self.item else "")

    def _is_only_paragraph(self, book: RuleBook | None) -> bool:
        shape = structure(self.instrument, book).get(self.article)
        return shape is not None and len(shape) == 1


@dataclass(frozen=True)
class Resolved:
    """What a citation leads to on a day.

    ``in_force`` false comes with ``reason``; ``successors`` are the articles that took its place; ``says`` is our own
    one-line paraphrase, never the text."""

    citation: Citation
    on: dt.date
    in_force: bool
    reason: str
    says: str
    grade: str
    successors: tuple[Citation, ...]


def parse(text: str, *, book: RuleBook | None = None) -> Citation:
    """Read a citation in written or printed form.  Raises BadInput when neither fits or the source is unknown."""
    text = text.strip()
    found = _WRITTEN.match(text)
    if found:
        source(found["source"], book)
        paragraph = int(found["paragraph"]) if found["paragraph"] else None
        item = int(found["item"]) if found["item"] else None
        return Citation(found["source"], found["article"] or "", paragraph or None, item)
    found = _PRINTED.match(text)
    if not found:
        raise BadInput(f"读不懂的引用“{text}”，应写作 penalty_law:44、air_law:99.1.2 或《行政处罚法》第四十四条", field="citation")
    return _from_printed(found, book)


def _from_printed(found: re.Match[str], book: RuleBook | None) -> Citation:
    name = found["name"]
    key = next((key for key, entry in _sources(book).items() if name in _titles(entry)), None)
    if key is None:
        raise BadInput(f"规则库的来源里没有《{name}》", field="citation")
    article = str(from_chinese(found["article"])) if found["article"] else ""
    if found["inserted"]:
        article += f"-{from_chinese(found['inserted'])}"
    paragraph = from_chinese(found["paragraph"]) if found["paragraph"] else None
    return Citation(key, article, paragraph, from_chinese(found["item"].strip("（）()")) if found["item"] else None)


def _titles(entry: Entry) -> tuple[str, str, str]:
    return entry["name"], entry.get("short", ""), entry["name"].removeprefix("中华人民共和国")


def parse_all(value: Any, *, book: RuleBook | None = None) -> tuple[Citation, ...]:
    """Citations given as one string, a list of strings or nothing."""
    if value is None:
        return ()
    return tuple(parse(text, book=book) for text in ([value] if isinstance(value, str) else value))


def _sources(book: RuleBook | None) -> Any:
    return (book or rulebook.load()).folder("sources")


def source(instrument: str, book: RuleBook | None = None) -> Entry:
    """The instrument's entry: name, short, number, valid_from, valid_to, replaced_by, grade."""
    entries = _sources(book)
    if instrument not in entries:
        raise BadInput(f"规则库的来源里没有“{instrument}”，来源列在 law/book/sources", field="citation")
    return entries[instrument]


def structure(instrument: str, book: RuleBook | None = None) -> Entry:
    """For each article the number of items of each paragraph: ``{"99": [3]}`` is one paragraph with three items.

    Empty when the text was not available to count."""
    entry = (book or rulebook.load()).folder("sources/structure").get(instrument, {})
    return entry.get("articles", {})


def dangling(citation: Citation, book: RuleBook | None = None) -> str:
    """Why the cited place cannot exist in its instrument; empty when nothing speaks against it."""
    shape = structure(citation.instrument, book)
    if not citation.article or not shape:
        return ""
    if citation.article not in shape:
        last = source(citation.instrument, book).get("last_article") or list(shape)[-1]
        unread = "-" not in citation.article and int(citation.article) <= int(last)
        return "" if unread else f"没有第{citation.article}条（全文到第{last}条）"
    paragraphs = shape[citation.article]
    if citation.paragraph and citation.paragraph > len(paragraphs):
        return f"第{citation.article}条只有{len(paragraphs)}款"
    most = paragraphs[citation.paragraph - 1] if citation.paragraph else max(paragraphs)
    if citation.item and citation.item > most:
        return f"第{citation.article}条该款只有{most}项"
    return ""


def resolve(citation: Citation, on: dt.date, *, book: RuleBook | None = None) -> Resolved:
    """Whether the cited place was law on the day, what it says in one line, and what took its place."""
    entry = source(citation.instrument, book)
    fault = dangling(citation, book)
    begins, ends = entry.get("valid_from"), entry.get("valid_to")
    if fault:
        reason = fault
    elif begins and on < begins:
        reason = f"《{entry['name']}》{begins} 才施行"
    elif ends and on > ends:
        reason = f"《{entry['name']}》{ends} 之后已失效"
    else:
        reason = ""
    later = successors(citation, book) if ends and on > ends else ()
    return Resolved(citation, on, not reason, reason, says(citation, book), str(entry.get("grade", "U")), later)


def says(citation: Citation, book: RuleBook | None = None) -> str:
    """Our own one-line paraphrase of the article, or empty; the nearest of item, paragraph, article.

    An article without one is told by what rests on it: the violations it forbids or punishes."""
    book = book or rulebook.load()
    lines = book.folder("sources/says").get(citation.instrument, {}).get("articles", {})
    keys = [citation.written.partition(":")[2], f"{citation.article}.{citation.paragraph or 0}", citation.article]
    found = next((str(lines[key]) for key in keys if key in lines), "")
    told = _told_by_violations(book)
    return found or told.get(citation.written, "") or told.get(f"{citation.instrument}:{citation.article}", "")


NAMED = 3
ROLES = {"penalty": "处罚", "prohibition": "违反本条的行为：", "item": "执法事项"}


@lru_cache(maxsize=4)
def _told_by_violations(book: RuleBook) -> dict[str, str]:
    """Written citation, and its article alone → a line made of the names of the violations that rest on it."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for entry in book.violations().values():
        for regime in entry["regimes"]:
            tiers = [cite for tier in regime.get("tiers", ()) for cite in _listed(tier.get("citation"))]
            _note(found, "penalty", [*_listed(regime.get("penalty")), *tiers], entry)
            _note(found, "prohibition", _listed(regime.get("prohibition")), entry)
    for entry in book.folder("items").values():
        _note(found, "item", [*_listed(entry.get("legacy")), *_listed(entry.get("code"))], entry)
    return {key: "；".join(f"{ROLES[role]}{_few(list(names))}" for role, names in roles.items() if role != "item" or len(roles) == 1) for key, roles in found.items()}


def _note(found: dict[str, dict[str, dict[str, None]]], role: str, cites: list[str], entry: Entry) -> None:
    for cite in cites:
        for key in (cite, cite.partition(".")[0]):
            found.setdefault(key, {}).setdefault(role, {})[str(entry["name"])] = None


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)] if value else []


def _few(names: list[str]) -> str:
    more = f"等{len(names)}种" if len(names) > NAMED else ""
    return "、".join(f"“{name}”" for name in names[:NAMED]) + more


def successors(citation: Citation, book: RuleBook | None = None) -> tuple[Citation, ...]:
    """The articles of the Code that took the place of an article of the ten repealed laws."""
    mapping = (book or rulebook.load()).folder("sources/map").get(citation.instrument, {}).get("articles", {})
    keys = [citation.written.partition(":")[2], f"{citation.article}.{citation.paragraph or 0}", citation.article]
    return next((parse_all(mapping[key], book=book) for key in keys if key in mapping), ())
