"""The commands of the sense room: ``hj212`` here, ``gateway`` and ``simulate`` in the files beside."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .hj212.console import hj212

__all__ = ["hj212"]

_ELSEWHERE = {
    "gateway": "qingyuan.engines.sense.gateway_console",
    "simulate": "qingyuan.engines.sense.simulate_console",
}


def __getattr__(name: str) -> Any:
    """Import the gateway or the simulator only when it is asked for: a codec needs neither."""
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    raise AttributeError(name)
