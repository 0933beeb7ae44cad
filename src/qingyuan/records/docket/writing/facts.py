"""Looking into facts: a nested mapping, dotted paths, and which record each part came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.errors import BadInput

from .kinds import Kind

MISSING = object()


def look(facts: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or MISSING; empty text and empty lists count as missing."""
    value: Any = facts
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return MISSING if value is None or value == "" or value == [] else value


def sources(facts: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """References for a path: its own entry in ``facts["sources"]``, else that of the nearest enclosing part."""
    known = facts.get("sources") or {}
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        found = known.get(".".join(parts[:length]))
        if found:
            return (found,) if isinstance(found, str) else tuple(found)
    return ()


def missing(kind: Kind, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for every required field that the facts do not hold."""
    return tuple(
        f"《{kind.title}》缺少“{field.label}”（{field.path}）"
        for field in kind.fields.values()
        if field.is_required and look(facts, field.path) is MISSING
    )


def require(kind: Kind, facts: Mapping[str, Any]) -> None:
    """Raise BadInput naming everything that is missing, with the article that asks for it."""
    gaps = missing(kind, facts)
    if gaps:
        from .wording import cite

        article = f"（{cite(kind.articles[0])}）" if kind.articles else ""
        raise BadInput("；".join(gaps) + article, field=gaps[0].rpartition("（")[2].rstrip("）"))
