"""Citations for people: from the written form (water_law:83.1.2) to 《…》第…条第…项."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law import citation


def printed(written: str) -> str:
    """One or several citations joined by 、, each printed with its short name; what is no citation stays as it is."""
    return "、".join(_one(part) for part in written.split("、") if part)


def printed_all(written: Iterable[str]) -> str:
    """The same for a list."""
    return printed("、".join(written))


def printed_tree(tree: dict[str, Any]) -> dict[str, Any]:
    """The working with every citation printed."""
    return {**tree, "citation": printed(tree["citation"]), "children": [printed_tree(child) for child in tree["children"]]}


def _one(written: str) -> str:
    try:
        return citation.parse(written).printed(short=True)
    except BadInput:
        return written
