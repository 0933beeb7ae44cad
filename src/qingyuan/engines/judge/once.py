"""What several rules ask of one stretch is computed once.

A function marked ``once`` is pure: its answer follows from the stretch and its arguments.  The answer is kept with the
stretch and given again to whoever asks the same; arrays are handed out read-only, so that no rule can spoil another's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import numpy as np

if TYPE_CHECKING:
    from .stretch import Stretch

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def once(function: Callable[Concatenate[Stretch, Given], Answer]) -> Callable[Concatenate[Stretch, Given], Answer]:
    """Return a function that computes its answer once for each stretch and arguments (positional; arrays by identity)."""

    @wraps(function)
    def asked(stretch: Stretch, *given: Given.args, **named: Given.kwargs) -> Answer:
        key = (function, *[id(one) if isinstance(one, np.ndarray) else one for one in given], *named.items())
        kept = stretch.answers.get(key)
        if kept is None:
            answer = function(stretch, *given, **named)
            if isinstance(answer, np.ndarray):
                answer.flags.writeable = False
            kept = stretch.answers[key] = (answer, given)  # the arguments are kept so that no array's identity is used again
        found: Answer = kept[0]
        return found

    made: Callable[Concatenate[Stretch, Given], Answer] = asked  # type: ignore[assignment]
    return made
