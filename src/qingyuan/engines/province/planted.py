"""What some plants do that they should not, and the honest things that only look like it.

Each function lays one planting over the minutes of its facility.  ``HOW`` is the whole list.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .industries import DECIMALS
from .plan import Plan, Planting
from .process import Minutes, minute_of

Where = npt.NDArray[np.bool_]
Change = Callable[[Minutes, Planting, Where], None]


def lay(plan: Plan, facility: str, state: Minutes) -> None:
    """Lay every planting of one facility over its minutes, in the order of the plan."""
    for one in plan.planted_at.get(facility, ()):
        change = HOW.get(one.how)
        inside = (state.minutes >= minute_of(one.began)) & (state.minutes < minute_of(one.ended))
        if change is not None and inside.any():
            change(state, one, inside)


def scale(state: Minutes, one: Planting, inside: Where) -> None:
    """A treatment that fails honestly: the measured concentration rises ``by`` times."""
    values = state.values[one.mn, one.factor]
    raised = np.round(values * float(one.settings["by"]), DECIMALS[one.factor])
    state.values[one.mn, one.factor] = np.where(inside, raised, values)


def freeze(state: Minutes, one: Planting, inside: Where) -> None:
    """A value held by hand or software: every minute reads ``value``."""
    values = state.values[one.mn, one.factor]
    held = np.where(np.isnan(values), values, float(one.settings["value"]))
    state.values[one.mn, one.factor] = np.where(inside, held, values)


def silence(state: Minutes, one: Planting, inside: Where) -> None:
    """A logger that sends nothing."""
    for mn, factor in state.values:
        if mn == one.mn:
            state.values[mn, factor] = np.where(inside, np.nan, state.values[mn, factor])


HOW: dict[str, Change] = {"scale": scale, "freeze": freeze, "silence": silence}
