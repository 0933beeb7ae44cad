"""Finding cases by Chinese words, one interface on SQLite and PostgreSQL.

Text is cut into pairs of neighbouring characters, each written as ASCII (``x6e056cb3`` for 清河), so that neither database has to
know Chinese: SQLite keeps the pairs in an FTS5 table, PostgreSQL in a GIN index over ``to_tsvector('simple', grams)``.  The index
gives candidates; a candidate counts when every word really stands in its text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from .models import Case, CaseText

MOST_WORDS = 6
RUN = re.compile(r"[\w〔〕]+")
STATEMENTS = 20


def plain(text: str) -> str:
    """The form in which text is compared: full width as half width, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def code(characters: str) -> str:
    return "x" + "".join(f"{ord(one):04x}" for one in characters)


def pairs(text: str) -> list[str]:
    """Every pair of neighbours of every run of letters, and the last letter of each run alone."""
    found: dict[str, None] = {}
    for run in RUN.findall(plain(text)):
        for place in range(len(run) - 1):
            found[code(run[place : place + 2])] = None
        found[code(run[-1])] = None
    return list(found)


def asked(word: str) -> list[str]:
    """What the index is asked for a word: its pairs; for a single letter, any token that begins with it."""
    runs = RUN.findall(plain(word))
    found = [code(run[place : place + 2]) for run in runs for place in range(len(run) - 1)]
    return found + [code(run) + "*" for run in runs if len(run) == 1]


def text_of(case: Case) -> str:
    """Everything a case is remembered by."""
    parts: list[str] = [case.number, case.name, case.cause, case.party.name, case.party.uscc, case.party.legal_representative, case.facility.name, case.facility.code]
    parts += [case.facility.address, case.closing_reason, case.annulment, case.inspection.conclusion_note]
    parts += case.docket.documents.exclude(number="").values_list("number", flat=True)
    parts += case.statements.values_list("text", flat=True)[:STATEMENTS]
    parts += [officer.name for officer in case.investigators.all()]
    return "\n".join(part for part in dict.fromkeys(parts) if part)


def index(case: Case) -> None:
    """Write the words of a case again; called in the transaction that changed it."""
    words = text_of(case)
    known = CaseText.objects.filter(pk=case.pk).first()
    if known is not None and known.words == words:
        return
    grams = " ".join(pairs(words))
    CaseText.objects.update_or_create(pk=case.pk, defaults={"words": words, "grams": grams})
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_fulltext WHERE rowid = %s", [case.pk])
            cursor.execute("INSERT INTO cases_fulltext (rowid, grams) VALUES (%s, %s)", [case.pk, grams])


def find(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Those of ``rows`` in whose text every word (cut at blanks) stands; all of them for no word."""
    wanted = [word for word in plain(words).split() if RUN.search(word)][:MOST_WORDS]
    if not wanted:
        return rows
    grams = [gram for word in wanted for gram in asked(word)]
    keys = candidates(grams)
    found = CaseText.objects.filter(pk__in=keys) if keys is not None else CaseText.objects.all()
    held = [pk for pk, text in found.values_list("pk", "words").iterator() if all(word in plain(text) for word in wanted)]
    return rows.filter(pk__in=held)


def candidates(grams: Iterable[str]) -> list[int] | None:
    """Keys that the index gives for all grams together; None when there is nothing to ask for."""
    asked_for = list(dict.fromkeys(grams))
    if not asked_for:
        return None
    if connection.vendor == "sqlite":
        query = " AND ".join(f'"{gram.rstrip("*")}"*' if gram.endswith("*") else f'"{gram}"' for gram in asked_for)
        sql = "SELECT rowid FROM cases_fulltext WHERE cases_fulltext MATCH %s"
    else:
        query = " & ".join(f"{gram.rstrip('*')}:*" if gram.endswith("*") else gram for gram in asked_for)
        sql = "SELECT case_id FROM cases_casetext WHERE to_tsvector('simple', grams) @@ to_tsquery('simple', %s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [query])
        return [row[0] for row in cursor.fetchall()]


def index_missing(*, most: int = 500) -> int:
    """Index cases that were written before the index was; the worker calls it until it returns 0."""
    rows = Case.objects.exclude(pk__in=CaseText.objects.values("pk")).order_by("pk")[:most]
    for case in rows:
        index(case)
    return len(rows)
