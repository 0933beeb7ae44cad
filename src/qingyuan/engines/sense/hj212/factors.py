"""Factor codes of the three versions, from the tables beside this file (tables/*.csv).

2017: tables B.1 to B.3 (water 63, gas 121, noise), B.4 to B.9 (process conditions), B.10 (site information), grade A.
2005: reconstructed, grade C.  2025: the formats and codes seen quoted, grade B or U; its full tables of electricity
and key-process codes were not seen.  Codes are strings: "02" is sulphur dioxide in gas, "002" colour in water.
"""

from __future__ import annotations

import csv
import pkgutil
from functools import cache
from typing import NamedTuple


class Factor(NamedTuple):
    """One factor: code, Chinese name, medium (water, gas, noise, electricity, condition), units and number format.

    ``unit`` of concentrations and measures, ``mass_unit`` of -Cou; ``format`` as the standard writes it (N5.2);
    ``code_2005`` the old code; ``grade`` the certainty of this line; ``version`` the standard it is from.
    """

    code: str
    name: str
    medium: str
    unit: str
    mass_unit: str
    format: str
    code_2005: str
    grade: str
    version: int


class Information(NamedTuple):
    """A site information code (2017 table B.10): i + device class + kind + number."""

    code: str
    name: str
    unit: str
    format: str
    values: str
    grade: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (pkgutil.get_data(__package__, f"tables/{name}.csv") or b"").decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def factors(version: int = 2017) -> dict[str, Factor]:
    """Return the factor table of a version by code.  2025 is 2017's with what 2025 is known to change."""
    if version == 2005:
        return {
            row["code"]: Factor(
                row["code"], row["name"], row["medium"], row["unit"], "", row["format"], row["code"], row["grade"], 2005
            )
            for row in _rows("factors_2005")
        }
    table = {row["code"]: Factor(**row, version=2017) for row in _rows("factors_2017")}
    if version == 2025:
        for row in _rows("factors_2025"):
            old = table.get(row["code"])
            kept = {"mass_unit": old.mass_unit, "code_2005": old.code_2005} if old else {}
            table[row["code"]] = Factor(**{**row, **kept}, version=2025)
    return table


@cache
def information() -> dict[str, Information]:
    """Return the site information codes; ``x`` in a code stands for a device number 0…9."""
    return {row["code"]: Information(**row) for row in _rows("information")}


@cache
def _process() -> dict[str, list[Factor]]:
    table: dict[str, list[Factor]] = {}
    for row in _rows("process_2017"):
        factor = Factor(row["code"], row["name"], row["medium"], row["unit"], "", row["format"], "", row["grade"], 2017)
        table.setdefault(row["code"][:4], []).append(factor)
    return table


def process_factors(code: str) -> tuple[Factor, ...]:
    """Return what a process-condition code (e30101, g11903) may mean.

    More than one for e701xx and g119xx, which the printed table gives to two quantities each (2017 tables B.4, B.5).
    """
    return tuple(_process().get(code[:4], ())) if len(code) == 6 else ()


def factor(code: str, version: int = 2017) -> Factor | None:
    """Return the factor of a code, or None for one outside the tables (keep the code: stations have their own)."""
    found = factors(version).get(code)
    if found is None and version != 2017:
        found = factors(2017).get(code)
    if found is None:
        meanings = process_factors(code)
        found = meanings[0] if len(meanings) == 1 else None
    return found


@cache
def _modern() -> dict[str, str]:
    table = {f.code_2005: f.code for f in factors(2017).values() if f.code_2005}
    table |= {row["code"]: row["code_2017"] for row in _rows("factors_2005") if row["code_2017"]}
    return table


UNIT_CHANGED: dict[str, tuple[str, str, int]] = {
    "041": ("毫克/升", "纳克/升", 1_000_000),
    "020": ("毫克/升", "微克/升", 1_000),
    "021": ("毫克/升", "纳克/升", 1_000_000),
    "022": ("毫克/升", "微克/升", 1_000),
    "024": ("毫克/升", "微克/升", 1_000),
    "026": ("毫克/升", "微克/升", 1_000),
    "027": ("毫克/升", "微克/升", 1_000),
    "034": ("毫克/升", "微克/升", 1_000),
    "035": ("毫克/升", "微克/升", 1_000),
    "540": ("毫克/升", "微克/升", 1_000),
    "350": ("毫克/升", "纳克/升", 1_000_000),
    "351": ("毫克/升", "纳克/升", 1_000_000),
    "10": ("毫克/立方米", "纳克/立方米", 1_000_000),
    "S04": ("兆帕", "千帕", 1_000),
    "S08": ("兆帕", "千帕", 1_000),
}
"""2005 code → its unit, the unit of its 2017 successor, and the multiplier between them (grade C).

B02 flow is m³/h or m³/s in 2005 and m³/s in 2017: not convertible without knowing the station.
"""


def modern(code: str) -> tuple[str, int] | None:
    """Return (2017 code, multiplier of the value) of a 2005 code, or None when there is no successor."""
    successor = _modern().get(code)
    if successor is None:
        return None
    return successor, UNIT_CHANGED.get(code, ("", "", 1))[2]
