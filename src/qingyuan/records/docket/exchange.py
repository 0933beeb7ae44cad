"""双公示 (administrative penalty): one row per decision, with the field codes of law/book/credit/double_publicity.

Money is kept in fen and written in 万元 with six decimals; personal numbers are never written in full.  The key of a row is its
CF_WSH: sending it twice is sending it once.  The codes come from published implementations, not from a standard we have read
(grade C), and the rows say so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law import rulebook

from .models import Document
from .writing.amounts import ten_thousands

DECISIONS = ("penalty_decision", "on_the_spot_decision", "daily_penalty_decision")
PARTIES = {"company": "法人及非法人组织", "person": "自然人", "individual": "个体工商户"}


def fields() -> dict[str, Mapping[str, Any]]:
    """Field codes in their order, with name, whether required, greatest length, citation and grade."""
    return {code: entry for code, entry in rulebook.load().folder("credit").items() if code.startswith("CF_") or code == "BZ"}


def row(document: Document, *, shown_until: str, valid_until: str = "20991231") -> dict[str, str]:
    """One decision as a row; ``shown_until`` is the last day of publicity, YYYYMMDD.

    Raises BadInput naming every required field that is empty or too long, and for a document that is no penalty decision.
    """
    if document.kind not in DECISIONS:
        raise BadInput(f"《{document.title}》不是行政处罚决定，不在双公示范围内", field="document")
    facts = document.facts
    told = dict.fromkeys(fields(), "")
    told.update(party_fields(facts.get("party") or {}))
    told.update(content_fields(document, facts))
    told.update({
        "CF_JDRQ": document.issued_on.strftime("%Y%m%d"), "CF_YXQ": valid_until, "CF_GSJZQ": shown_until, "CF_CFJG": document.agency.name,
        "CF_CFJGDM": document.agency.code, "CF_SJLY": document.agency.name, "CF_SJLYDM": document.agency.code,
    })  # fmt: skip
    problems = problems_of(told)
    if problems:
        raise BadInput("；".join(problems), field=problems[0].split("（")[0])
    return told


def party_fields(party: Mapping[str, Any]) -> dict[str, str]:
    """Who; a natural person's number is masked, a representative's never leaves the file."""
    kind = party.get("kind", "company")
    is_person = kind == "person"
    return {
        "CF_XDR_MC": str(party.get("name", "")), "CF_XDR_LB": PARTIES.get(kind, PARTIES["company"]),
        "CF_XDR_SHXYM": "" if is_person else str(party.get("uscc", "")), "CF_FRDB": "" if is_person else str(party.get("legal_representative", "")),
        "CF_XDR_ZJLX": "身份证" if is_person and party.get("id_number") else "",
        "CF_XDR_ZJHM": masked(str(party.get("id_number", ""))) if is_person else "",
    }  # fmt: skip


def masked(number: str) -> str:
    """First three and last two characters, the rest stars."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:] if len(number) > 5 else "*" * len(number)


def content_fields(document: Document, facts: Mapping[str, Any]) -> dict[str, str]:
    """What was done and what was decided, in the words of the decision itself."""
    fine = fine_of(facts)
    kinds = ["罚款"] if fine is not None else []
    items = (facts.get("penalty") or {}).get("items") or []
    kinds += [word for word in ("警告", "没收", "吊销", "停产", "限制生产", "拘留") if any(word in str(item) for item in items)]
    law = facts.get("law") or {}
    return {
        "CF_WSH": document.number, "CF_WFXW": str((facts.get("case") or {}).get("cause", "")), "CF_SY": facts_text(document),
        "CF_YJ": printed(law.get("penalty") or law.get("daily") or []), "CF_CFLB": ";".join(kinds),
        "CF_NR": "；".join([*([f"罚款{ten_thousands(fine)}万元"] if fine is not None else []), *map(str, items)]),
        "CF_NR_FK": ten_thousands(fine) if fine is not None else "",
    }  # fmt: skip


def fine_of(facts: Mapping[str, Any]) -> int | None:
    """The fine in fen, of an ordinary or a daily penalty."""
    daily = (facts.get("daily") or {}).get("total_fen")
    return daily if daily is not None else (facts.get("penalty") or {}).get("fine_fen")


def facts_text(document: Document) -> str:
    """The violation as the issued paper says it: the sentences that carry no law and no evidence list."""
    from .writing.wording import sentences

    said = (document.facts.get("violation") or {}).get("facts") or ""
    return sentences(said)


def printed(citations: Any) -> str:
    from .writing.wording import citations as words

    return words(citations) if citations else ""


def problems_of(told: Mapping[str, str]) -> list[str]:
    """Required fields that are empty, and fields longer than the receiving side takes."""
    problems = []
    for code, entry in fields().items():
        value = told.get(code, "")
        if entry.get("required") and not value:
            problems.append(f"{code}（{entry['name']}）不能为空")
        if entry.get("max_length") and len(value) > entry["max_length"]:
            problems.append(f"{code}（{entry['name']}）超过{entry['max_length']}字")
    return problems


def csv_file(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Rows as CSV in UTF-8 with a mark, which the receiving offices open in a spreadsheet; formulas are defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    codes = list(fields())
    writer.writerow(codes)
    writer.writerow([str(entry["name"]) for entry in fields().values()])
    seen: set[str] = set()
    for entry in rows:
        if entry["CF_WSH"] not in seen:
            seen.add(entry["CF_WSH"])
            writer.writerow([defused(entry.get(code, "")) for code in codes])
    return ("\ufeff" + out.getvalue()).encode()


def defused(value: str) -> str:
    """A cell that begins like a formula is text."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t") else value
