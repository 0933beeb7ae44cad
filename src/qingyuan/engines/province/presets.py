"""The presets by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from qingyuan.errors import BadInput

from .generated import DRAFTS, generated
from .plan import Plan
from .small import small

PRESETS: dict[str, Callable[[int, dt.datetime | None], Plan]] = {"small": small, **{name: partial(generated, name) for name in DRAFTS}}


def province(preset: str, seed: int = 1, anchor: dt.datetime | None = None) -> Plan:
    """Return the plan of a preset; equal preset, seed and anchor give equal plans."""
    if preset not in PRESETS:
        raise BadInput(f"没有名为 {preset} 的示例省；可用：{'、'.join(PRESETS)}", field="preset")
    return PRESETS[preset](seed, anchor)
