"""The data region: ``item;item;…``, an item ``key=value,key=value,…`` (2017 §6.3.4).

    CP    := item (';' item)*        items of different factors
    item  := pair (',' pair)*        several values of one factor
    value := no ; , & =              except log text //…// which may hold anything

The standard's own examples put ``,`` where ``;`` belongs (2017 C.23, C.41; 2025 C.48), so both separate; who groups
by factor takes the code before the hyphen, never the separator.  Nothing raises: what is no pair is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .faults import Fault, fault

_SEPARATOR = re.compile(r"[;,]")
_LOG = re.compile(r"//.*?//(?=[;,]|\Z)|//.*\Z", re.DOTALL)


def read_parameters(text: str, faults: list[Fault]) -> list[dict[str, str]]:
    """Return the items of a data region in their order, each a dict of its pairs; appends faults, never raises.

    A key that comes twice in one item starts a new dict, so no value is lost.
    """
    if "//" not in text and " " not in text and ";=" not in text and ",=" not in text and text[:1] != "=":
        try:
            items = [dict([pair.split("=") for pair in item.split(",")]) for item in text.split(";")]
            if sum(map(len, items)) == text.count("="):
                return items
        except ValueError:
            pass
    return _slowly(text, faults)


def _slowly(text: str, faults: list[Fault]) -> list[dict[str, str]]:
    items: list[dict[str, str]] = []
    current: dict[str, str] = {}
    for pair, separator in _pairs(text):
        key, equals, value = pair.partition("=")
        bare = key.strip()
        if pair.strip() != pair or bare != key or value != value.strip():
            _once(faults, "blanks")
        if equals and bare:
            if bare in current:
                _once(faults, "key_repeated", bare)
                items.append(current)
                current = {}
            current[bare] = value.strip()
        elif pair.strip():
            faults.append(fault("pair_odd", pair.strip()[:40]))
        if separator != "," and current:
            items.append(current)
            current = {}
    return items


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield each pair with the separator after it; separators inside ``//…//`` do not count."""
    spans = [m.span() for m in _LOG.finditer(text)] if "//" in text else []
    begin = 0
    for match in _SEPARATOR.finditer(text):
        if any(low <= match.start() < high for low, high in spans):
            continue
        yield text[begin : match.start()], match[0]
        begin = match.end()
    yield text[begin:], ""


def _once(faults: list[Fault], code: str, detail: str = "") -> None:
    if all(known.code != code for known in faults):
        faults.append(fault(code, detail))


def write_parameters(items: Iterable[Mapping[str, str]]) -> str:
    """Return the data region of the items; the inverse of read_parameters for anything that read cleanly."""
    return ";".join(",".join(f"{key}={value}" for key, value in item.items()) for item in items)
