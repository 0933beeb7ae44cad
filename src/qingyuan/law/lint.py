"""What is wrong with the rule book: each check is a small function, the whole is a tuple of them.

    no date · no source · no grade · gap · overlap · dangling citation · repealed article used after its day ·
    a clock or condition whose words nobody knows · a number of the law written in Python
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qingyuan.errors import BadInput

from . import citation
from .citation import Citation
from .deadlines import UNITS
from .rulebook import GRADES, LOADER, Entry, RuleBook, load, versions

PACKAGE = Path(__file__).parents[1]
ONE_DAY = dt.timedelta(days=1)
CITED = ("citation", "citations", "prohibition", "penalty", "replaced_by", "legacy", "code")
UNDATED = ("sources/", "procedure/rules", "procedure/steps", "calendar", "conditions/facts", "items", "documents", "matrix", "exemptions", "review", "checks")
WRITTEN = re.compile(r"^[a-z][a-z0-9_]*:\d+(-\d+)?(\.\d+){0,2}$")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: ``where`` is the file and key, ``what`` a Chinese sentence."""

    check: str
    where: str
    what: str


@dataclass(frozen=True)
class Placed:
    """An entry and where it stands."""

    folder: str
    file: str
    key: str
    entry: Entry

    @property
    def where(self) -> str:
        return f"{self.file}:{self.key}"


def problems(book: RuleBook | None = None, *, code: Path | None = None) -> list[Problem]:
    """Everything wrong with the book and with the Python of the room, in a fixed order."""
    book = book or load()
    entries = list(placed(book))
    found = [problem for check in CHECKS for one in entries for problem in check(one, book)]
    return found + list(python_numbers(code or Path(__file__).parent))


def placed(book: RuleBook) -> Iterator[Placed]:
    """Every entry of every file."""
    for file in book.files():
        name = file.relative_to(book.root).as_posix()
        for key, entry in book.entries_of(file):
            if isinstance(entry, dict):
                yield Placed(name.rpartition("/")[0], name, key, entry)


def _is_dated(one: Placed) -> bool:
    return not one.file.startswith(UNDATED) and one.folder != "sources"


def no_date(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A version of a rule without the day it begins; a source without one."""
    if one.folder == "sources" and "valid_from" not in one.entry:
        yield Problem("no_date", one.where, "来源没有施行日期 valid_from")
    if _is_dated(one):
        for version in _all_versions(one):
            if "valid_from" not in version:
                yield Problem("no_date", one.where, "规定没有生效日 valid_from")


def no_source(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A version of a rule that cites nothing."""
    if not _is_dated(one):
        return
    for version in _all_versions(one):
        if not any(version.get(key) or one.entry.get(key) for key in ("citation", "penalty")):
            yield Problem("no_source", one.where, "规定没有依据 citation")


def no_grade(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A value without a certainty grade, or with one nobody knows."""
    if not (_is_dated(one) or one.folder == "sources"):
        return
    for version in _all_versions(one):
        grade = version.get("grade", one.entry.get("grade"))
        if grade not in GRADES:
            yield Problem("no_grade", one.where, f"可信度 grade 应为 {'、'.join(GRADES)}，得到 {grade}")


def spans(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """Gaps and overlaps between the dated versions of one rule."""
    listed = one.entry.get("values") or one.entry.get("regimes")
    if not listed:
        return
    dated = sorted((v for v in listed if "valid_from" in v), key=lambda v: _day(v["valid_from"]))
    for earlier, later in zip(dated, dated[1:], strict=False):
        ends, begins = _day(earlier.get("valid_to")), _day(later["valid_from"])
        if ends is None or begins <= ends:
            yield Problem("overlap", one.where, f"{earlier['valid_from']} 与 {later['valid_from']} 起的两段规定重叠")
        elif begins != ends + ONE_DAY and not later.get("gap"):
            yield Problem("gap", one.where, f"{ends} 与 {begins} 之间没有规定（确无规定的写明 gap）")


def dangling(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A citation of an unknown source, or of an article, paragraph or item that the text does not have."""
    for _, cited, text in citations_of(one, book):
        if cited is None:
            yield Problem("dangling", one.where, f"引用“{text}”的来源没有收录或者写法不对")
        elif fault := citation.dangling(cited, book):
            yield Problem("dangling", one.where, f"引用“{text}”有误：{fault}")


def repealed(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A rule still in force that rests on a source which had ended before, or that begins before its source."""
    if not _is_dated(one):
        return
    for version, cited, text in citations_of(one, book):
        if cited is None or "valid_from" not in version:
            continue
        source = citation.source(cited.instrument, book)
        ends, last = _day(source.get("valid_to")), _day(version.get("valid_to"))
        if ends and (last is None or last > ends):
            yield Problem("repealed", one.where, f"“{text}”{ends} 之后已失效，规定却用到 {last or '今'}")
        if ends and _day(version["valid_from"]) > ends:
            yield Problem("repealed", one.where, f"“{text}”在规定生效（{version['valid_from']}）之前已失效")


def clock_words(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A clock whose unit or suspension grounds the program does not know."""
    if one.folder != "procedure":
        return
    grounds = book.folder("procedure/rules")["suspensions"]["grounds"]
    for version in versions(one.entry):
        if "budget" in version and version.get("unit") not in UNITS:
            yield Problem("clock_words", one.where, f"单位 {version.get('unit')} 不在 {'、'.join(UNITS)} 之内")
    for ground in one.entry.get("suspended_by", ()):
        if ground not in grounds:
            yield Problem("clock_words", one.where, f"中止事由 {ground} 没有收录")


def condition_words(one: Placed, book: RuleBook) -> Iterator[Problem]:
    """A condition that asks for a fact the book does not declare."""
    if one.folder != "conditions" or "when" not in one.entry:
        return
    known = book.folder("conditions")
    for fact in _facts(one.entry["when"]):
        if "kind" not in known.get(fact, {}):
            yield Problem("condition_words", one.where, f"事实 {fact} 没有收录")


CHECKS: tuple[Callable[[Placed, RuleBook], Iterator[Problem]], ...] = (
    no_date, no_source, no_grade, spans, dangling, repealed, clock_words, condition_words,
)  # fmt: skip


def _all_versions(one: Placed) -> list[Entry]:
    if "tables" in one.entry and one.folder == "limits":
        return [{"citation": one.entry.get("citation"), **table} for table in one.entry["tables"]]
    return versions(one.entry)


def citations_of(one: Placed, book: RuleBook) -> Iterator[tuple[Entry, Citation | None, str]]:
    """(version it stands in, citation or None, as written) for every citation of an entry."""
    for version in _all_versions(one):
        for text in _texts(version, None if version is one.entry else one.entry):
            yield version, _parsed(text, book), text
    if one.entry.get("values") or one.entry.get("regimes"):
        outer = {key: value for key, value in one.entry.items() if key not in ("values", "regimes")}
        for text in _texts(outer, None):
            yield {}, _parsed(text, book), text
    if one.folder == "sources/map":
        for old, new in one.entry["articles"].items():
            for text in (f"{one.key}:{old}", *([new] if isinstance(new, str) else new)):
                yield {}, _parsed(text, book), text
    if one.folder == "sources/says":
        for place in one.entry["articles"]:
            yield {}, _parsed(f"{one.key}:{place}", book), f"{one.key}:{place}"


def _texts(node: Any, _outer: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in CITED:
                yield from (text for text in _strings(value) if ":" in text or key in ("citation", "replaced_by"))
            else:
                yield from _texts(value, None)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value, None)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part for part in value.split("、") if part)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _parsed(text: str, book: RuleBook) -> Citation | None:
    try:
        return citation.parse(text, book=book)
    except BadInput:
        return None


def _day(value: Any) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _facts(when: Any) -> Iterator[str]:
    if "fact" in when:
        yield when["fact"]
    for one in when.get("any", []) + when.get("all", []):
        yield from _facts(one)


def elsewhere(book: RuleBook, package: Path = PACKAGE) -> Iterator[tuple[str, str, str]]:
    """(file, key, citation as written) for every citation in the YAML of the other rooms: judging rules, document kinds."""
    known = book.folder("sources")
    for file in sorted(package.rglob("*.yaml")):
        if file.is_relative_to(book.root) or "tests" in file.parts:
            continue
        for key, node in _content(file).items():
            for text in _every_string(node):
                if WRITTEN.match(text) and text.partition(":")[0] in known:
                    yield file.relative_to(package).as_posix(), str(key), text


def dangling_elsewhere(book: RuleBook, package: Path) -> Iterator[Problem]:
    """A citation in another room's data that the instrument does not have."""
    for file, key, text in elsewhere(book, package):
        if fault := citation.dangling(citation.parse(text, book=book), book):
            yield Problem("dangling", f"{file}:{key}", f"引用“{text}”有误：{fault}")


def _content(file: Path) -> dict[str, Any]:
    """What a file of another room holds; empty when it is not a mapping or not YAML, which its own room has to mend."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError:
        return {}
    return content if isinstance(content, dict) else {}


def _every_string(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _every_string(child)


# A number this large in code that has to do with law is a fine, a year or an article: it belongs in the book.
LARGEST = 999
HARMLESS = {1000, 1024, 1200, 9999, 10000, 100000}  # thousands, ten-thousands, lengths of a text


def python_numbers(folder: Path) -> Iterator[Problem]:
    """Whole numbers in the room's Python that look like the law's: too large, or a date written out."""
    for file in sorted(folder.rglob("*.py")):
        if "tests" in file.parts:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        name = file.relative_to(folder).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and type(node.value) is int and abs(node.value) > LARGEST and node.value not in HARMLESS:
                yield Problem("python_number", f"{name}:{node.lineno}", f"数字 {node.value} 应当写进规则库")
            if _is_date(node):
                yield Problem("python_number", f"{name}:{getattr(node, 'lineno', 0)}", "日期应当写进规则库")


def _is_date(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("date", "datetime") and all(isinstance(arg, ast.Constant) for arg in node.args)
