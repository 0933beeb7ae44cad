"""What a change works on: the minutes of one facility, the planting, and how values and marks are laid over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .industries import Level, decimals, industries, is_pollutant
from .noise import Floats, key
from .plan import Facility, Plan, Planting
from .process import Minutes

Where = npt.NDArray[np.bool_]


@dataclass
class Scene:
    """What a change works on; ``inside`` are the minutes of the planting."""

    plan: Plan
    facility: Facility
    state: Minutes
    one: Planting
    inside: Where

    @property
    def of(self) -> int:
        """The key of this planting's own noise."""
        return key(self.plan.seed, "planted", self.one.mn, self.one.factor, self.one.how)

    def number(self, name: str, default: float | None = None) -> float:
        """One of the planting's settings."""
        return float(self.one.settings.get(name, default))  # type: ignore[arg-type]

    def get(self, factor: str) -> Floats:
        """The minutes of a factor at the planted point."""
        return self.state.values[self.one.mn, factor]

    def level(self, factor: str) -> Level:
        """The usual level and permitted value of a factor."""
        stream = self.plan.outlet[self.plan.point[self.one.mn].outlet].stream
        return industries()[stream].stream.factors[factor]

    def pollutants(self) -> list[str]:
        """The pollutants of the planted point."""
        return [factor for factor in self.plan.point[self.one.mn].factors if is_pollutant(factor)]

    def put(self, factor: str, values: Floats, where: Where | None = None) -> None:
        """Lay values over the planted minutes, where anything was sent."""
        old = self.get(factor)
        use = (self.inside if where is None else self.inside & where) & ~np.isnan(old)
        self.state.values[self.one.mn, factor] = np.where(use, np.round(values, decimals(factor)), old)

    def mark(self, factor: str, code: int, where: Where) -> None:
        """Set the mark of planted minutes."""
        self.state.flags[self.one.mn, factor][self.inside & where] = code

    def thin(self, factor: str) -> Floats:
        """What a converted concentration is multiplied with to become a measured one."""
        reference = self.plan.outlet[self.plan.point[self.one.mn].outlet].reference_oxygen
        if reference is None or not is_pollutant(factor) or (self.one.mn, "a19001") not in self.state.values:
            return np.ones(self.state.minutes.size)
        return np.clip((21.0 - self.get("a19001")) / (21.0 - reference), 0.03, 4.0)

    def works(self) -> Where:
        """Minutes in which the plant ran."""
        return self.state.load > 0.05
