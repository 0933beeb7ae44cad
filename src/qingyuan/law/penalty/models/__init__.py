"""The ways of turning levels into money.  One file per model; each is a pure function with the same signature.

    amount(table, chosen, bounds, party_kind) -> Priced

``Priced.amount`` is exact yuan before circumstances, clamping and rounding; ``Priced.step`` is its working.
"""

from __future__ import annotations

from collections.abc import Callable

from qingyuan.law.penalty.bounds import Bounds
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.scoring import Chosen

from . import bands, coefficients, grades, normalised_start, steps, weights
from .priced import Priced

MODELS: dict[str, Callable[[Table, tuple[Chosen, ...], Bounds], Priced]] = {
    "weights": weights.amount,
    "normalised_start": normalised_start.amount,
    "grades": grades.amount,
    "bands": bands.amount,
    "coefficients": coefficients.amount,
    "steps": steps.amount,
}

__all__ = ["MODELS", "Priced"]
