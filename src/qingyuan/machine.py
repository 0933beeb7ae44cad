"""A procedure as a table: which step leads from which state to which, and what must hold first.

The table is read by people, drawn by docs and obeyed by actions.  This module knows no database, no clock
and no law: guards are given by the table, time and persons by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import NotAllowed

# A guard looks at (subject, facts) and returns a Chinese sentence saying what is missing, or None.
Guard = Callable[[Any, Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class Step:
    """One row of a table of transitions.

    ``name`` is an imperative (``file_case``), ``label`` what the screen calls it, ``sources`` the states it
    leaves, ``target`` the state it reaches ("" stays), ``guards`` what must hold, ``article`` the law that asks for it.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    guards: tuple[Guard, ...] = ()
    article: str = ""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Machine:
    """States with their Chinese names, and the steps between them."""

    name: str
    states: Mapping[str, str]
    steps: Mapping[str, Step]
    initial: str
    final: frozenset[str] = field(default_factory=frozenset)

    def why_not(self, state: str, step: str, subject: Any = None, facts: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return every reason why ``step`` cannot be taken from ``state`` now; empty means it can."""
        known = self.steps.get(step)
        if known is None:
            return (f"没有“{step}”这一步",)
        if state not in known.sources:
            here = "、".join(s.label for s in self.open_steps(state)) or "无（已办结）"
            tail = f"（{known.article}）" if known.article else ""
            return (f"当前状态为“{self.states[state]}”，不能“{known.label}”{tail}；此时可以：{here}",)
        reasons = (guard(subject, facts or {}) for guard in known.guards)
        return tuple(r for r in reasons if r)

    def take(self, state: str, step: str, subject: Any = None, facts: Mapping[str, Any] | None = None) -> str:
        """Return the state after ``step``; raise NotAllowed with all reasons when it cannot be taken."""
        reasons = self.why_not(state, step, subject, facts)
        if reasons:
            raise NotAllowed(reasons)
        return self.steps[step].target or state

    def open_steps(self, state: str) -> tuple[Step, ...]:
        """The steps that leave ``state``, in the order of the table, whether or not their guards hold."""
        return tuple(s for s in self.steps.values() if state in s.sources)

    def reachable(self) -> frozenset[str]:
        """Every state that some walk from the initial one can reach, guards set aside."""
        seen, fresh = {self.initial}, {self.initial}
        while fresh:
            fresh = {s.target or state for state in fresh for s in self.open_steps(state)} - seen
            seen |= fresh
        return frozenset(seen)


def table(name: str, states: Mapping[str, str], rows: Iterable[Step], *, initial: str, final: Iterable[str] = ()) -> Machine:
    """Build a machine and refuse a table with an unknown state or two steps of one name."""
    steps: dict[str, Step] = {}
    for row in rows:
        unknown = (row.sources | ({row.target} if row.target else set())) - set(states)
        if unknown or row.name in steps:
            raise ValueError(f"{name}: step {row.name!r} {'names unknown states ' + str(sorted(unknown)) if unknown else 'appears twice'}")
        steps[row.name] = row
    return Machine(name, dict(states), steps, initial, frozenset(final))


def step(name: str, label: str, sources: str, target: str, *guards: Guard, article: str = "", roles: str = "") -> Step:
    """Write one row: ``sources`` and ``roles`` are words separated by spaces; target "" stays where it is."""
    return Step(name, label, frozenset(sources.split()), target, guards, article, frozenset(roles.split()))
