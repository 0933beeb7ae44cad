"""A calculation as a screen shows it: range, amount, working, articles in our own words, table, and what others paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law import citation, rulebook
from qingyuan.law.penalty import Distribution, shelf
from qingyuan.law.penalty.selection import LAWS

LISTED = 8


def shown(result: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """What the shared template of a calculation needs beside the comparison.  ``result`` is ``PenaltyResult.plain()``."""
    inputs = (result.get("certificate") or {}).get("inputs", {})
    on = dt.date.fromisoformat(inputs.get("decided_on") or today.isoformat())
    then = dt.date.fromisoformat(inputs.get("ended") or on.isoformat())
    return {"result": result, "law": LAWS.get(result["regime"], result["regime"]), "articles": articles(result["citations"], on, then), "table": table_of(result, today)}


def articles(written: Sequence[str], on: dt.date, then: dt.date) -> list[dict[str, Any]]:
    """Every cited article: as printed, what it says in our own words, when it holds, how far it was checked.

    ``on`` the day of the decision, ``then`` the last day of the act: the law of that day may still be the one that holds."""
    return [article(text, on, then) for text in dict.fromkeys(written)]


def article(text: str, on: dt.date, then: dt.date) -> dict[str, Any]:
    try:
        cited = citation.parse(text)
        found = citation.resolve(cited, on)
        source = citation.source(cited.instrument)
    except BadInput:
        return {"printed": text, "says": "", "from": None, "to": None, "grade": "U", "in_force": True, "then_in_force": False, "reason": "", "later": "", "id": ""}
    return {
        "printed": str(cited), "says": found.says, "from": source.get("valid_from"), "to": source.get("valid_to"), "grade": found.grade, "id": cited.instrument,
        "in_force": found.in_force, "then_in_force": not found.in_force and citation.resolve(cited, then).in_force, "reason": found.reason, "later": "、".join(str(one) for one in found.successors),
    }  # fmt: skip


def table_of(result: Mapping[str, Any], today: dt.date) -> dict[str, Any] | None:
    """The discretion table that was used: whose, from when to when, how far checked; None for what is not on this shelf."""
    page = shelf.load().tables.get(result["table"])
    if page is None:
        return None
    table = shelf.load().table(result["table"])
    owner = shelf.load().province(table.province)
    held = rulebook.load().folder("sources").get(owner.citation.partition(":")[0], {})
    return {
        "title": table.title, "section": table.section, "owner": owner.title, "from": owner.valid_from, "to": owner.valid_to, "grade": owner.grade,
        "official": table.official, "is_over": bool(owner.valid_to and today > owner.valid_to), "source": held.get("name", owner.title),
    }  # fmt: skip


def beside(found: Distribution, rows: Sequence[Mapping[str, Any]], result: Mapping[str, Any]) -> dict[str, Any]:
    """Where the fine stands among like cases, with places in hundredths for a drawing."""
    alike = [row for row in rows if row["regime"] == result["regime"] and (found.level != "factors" or row["factors"] == result["levels"])]
    shape: dict[str, Any] = {"found": found, "rows": alike[:LISTED], "amount": result["amount_yuan"]}
    if found.count:
        top = max(found.high or 0, result["amount_yuan"], 1)
        marks = {"low": found.low, "lower": found.lower_quartile, "median": found.median, "upper": found.upper_quartile, "high": found.high, "mine": result["amount_yuan"]}
        shape["places"] = {name: 4 + round(92 * (value or 0) / top) for name, value in marks.items()}
        shape["box_width"] = max(1, shape["places"]["upper"] - shape["places"]["lower"])
    return shape
