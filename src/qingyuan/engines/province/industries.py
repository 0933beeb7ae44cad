"""The trades of the province, read from industries.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Level:
    """A factor's usual concentration, relative spread, and its permitted value over an averaging time."""

    level: float
    spread: float
    limit_value: float
    averaging: str


@dataclass(frozen=True)
class Stream:
    """One outlet as a trade has it; flow in m³/s (gas) or L/s (water), temperature °C, humidity and oxygen %."""

    medium: str
    code: str
    title: str
    standard: str
    flow: float
    factors: Mapping[str, Level]
    reference_oxygen: float | None = None
    oxygen: float = 20.9
    temperature: float = 25.0
    humidity: float = 2.0
    swing: float = 0.1
    cycle: int = 60


@dataclass(frozen=True)
class Industry:
    """A trade: its rhythm of work, how long it takes to start, and its outlet."""

    key: str
    name: str
    rhythm: str
    start_minutes: int
    stream: Stream


@cache
def industries() -> dict[str, Industry]:
    """Return all trades by key."""
    raw = yaml.safe_load((Path(__file__).with_name("industries.yaml")).read_text("utf-8"))
    return {key: _industry(key, entry) for key, entry in raw.items()}


def _industry(key: str, entry: dict[str, object]) -> Industry:
    medium = "gas" if "gas" in entry else "water"
    body = dict(entry[medium])  # type: ignore[call-overload]
    factors = {code: Level(*numbers) for code, numbers in body.pop("factors").items()}
    stream = Stream(medium=medium, factors=factors, **body)
    return Industry(key, str(entry["name"]), str(entry["rhythm"]), int(str(entry["start_minutes"])), stream)


# Decimals on the wire (HJ 212-2017 tables B.1 and B.2), and the factors that every logger of a medium sends.
DECIMALS = {
    "i33400": 1, "i33311": 1, "i33312": 1, "i33321": 1, "i33322": 1, "a01901": 1, "rto_t": 1, "bypass_valve": 0, "d20401": 1, "d30401": 1,
    "a34013": 2, "a21026": 2, "a21002": 1, "a21024": 2, "a21005": 2, "a24088": 2, "a19001": 2, "a01011": 2, "a01012": 1,
    "a01013": 3, "a01014": 2, "a00000": 2, "w00000": 2, "w01001": 2, "w01018": 1, "w21003": 2, "w21001": 2, "w21011": 3,
}  # fmt: skip
GAS_STATE = ("a19001", "a01011", "a01012", "a01013", "a01014", "a00000")
WATER_STATE = ("w01001", "w00000")
# Working conditions: production load; hearth thermocouples of the upper and middle section; the oxidiser's hearth and bypass (no standard code).
LOAD = "i33400"
FURNACE = ("i33311", "i33312", "i33321", "i33322")
OXIDISER = ("rto_t", "bypass_valve")
WITH_LOAD = ("cement", "power", "boiler", "steel", "incineration", "glass", "brick")


def working_conditions(stream: str) -> tuple[str, ...]:
    """Return the working-condition factors that the logger of a stream sends."""
    more = FURNACE if stream == "incineration" else OXIDISER if stream == "coating" else ()
    return ((LOAD,) if stream in WITH_LOAD else ()) + more


def decimals(factor: str) -> int:
    """Return how many decimals a factor has on the wire."""
    return DECIMALS.get(factor, 1 if factor[0] in "di" else 3)


def is_pollutant(factor: str) -> bool:
    """Say whether a factor is a pollutant concentration rather than a state of the stream."""
    return factor[0] in "aw" and factor not in GAS_STATE and factor not in WATER_STATE and factor != "a01901"
