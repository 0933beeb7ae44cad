"""The sums of a finding as an officer reads them: quantities by their Chinese names, moments as moments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from qingyuan.clock import CHINA
from qingyuan.engines.judge.words import WORDS, chinese

MOMENT = 1e12  # a number of milliseconds this large is a moment of our time
TO_HOURS = re.compile(r"\s*/\s*(3600000|86400000|60000|minute)\b")


def spoken(node: Mapping[str, Any]) -> dict[str, Any]:
    """One node of a working and all below it in words; what has no name keeps its own."""
    told = dict(node)
    if "formula" in told:
        inputs = told.get("inputs") or {}
        times = {name for name, value in inputs.items() if isinstance(value, int | float) and abs(value) > MOMENT}
        formula = TO_HOURS.sub("", told["formula"]).strip() if times else told["formula"]
        if formula.startswith("(") and formula.endswith(")") and formula.count("(") == 1:
            formula = formula[1:-1]
        told["formula"] = chinese(formula)
        told["inputs"] = {WORDS.get(name, name): _moment(value) if name in times else value for name, value in inputs.items() if name in formula}
    told["children"] = [spoken(child) for child in node.get("children", ())]
    return told


def _moment(value: float) -> str:
    return dt.datetime.fromtimestamp(value / 1000, tz=CHINA).strftime("%m-%d %H:%M")
