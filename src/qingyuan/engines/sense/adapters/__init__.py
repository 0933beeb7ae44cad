"""Other tongues than HJ 212: one file for each.

A file in this folder with an ``ADAPTER`` is an adapter.  Its ``translate`` is pure: (topic, payload, moment of arrival)
in, HJ 212 packets out, an empty list when it can make nothing of the bytes; it never raises.  What arrived is kept in
the spool as it came, the translation right behind it, and only then is the sender told that it was taken.  To add a
vendor, copy the nearest file; ``tests/test_adapters.py`` then tests it with its own ``EXAMPLES``.

    plain_json   {"mn", "time", "values": {"d20001": 12.3}}      senml   RFC 8428 packs
    mqtt         not a tongue but a line: carries any of them    contract  the types
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from .contract import Adapter

__all__ = ["Adapter", "adapters"]


def adapters() -> dict[str, Adapter]:
    """Every adapter in this folder, by name."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}") if not info.ispkg else None
        adapter = getattr(module, "ADAPTER", None)
        if isinstance(adapter, Adapter):
            found[adapter.name] = adapter
    return found
