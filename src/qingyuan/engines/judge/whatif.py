"""What if a number were different?  The same history judged twice; findings that would appear and vanish."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .finding import Finding
from .run import judge_source
from .sources import LakeSource, Source


@dataclass(frozen=True)
class Difference:
    """Findings that would appear, vanish and stay; never stored, never shown as findings of the law in force."""

    appear: tuple[Finding, ...]
    vanish: tuple[Finding, ...]
    stay: int

    def by(self, attribute: str) -> dict[str, tuple[int, int]]:
        """Return (appear, vanish) by ``facility`` or ``division``, only where something changes."""
        more, less = (Counter(getattr(one, attribute) for one in side) for side in (self.appear, self.vanish))
        return {name: (more[name], less[name]) for name in sorted({*more, *less})}


def whatif(
    data_dir: Path | str, *, rule: str, parameters: Mapping[str, Any], began: dt.datetime, ended: dt.datetime, executor: str = "serial"
) -> Difference:
    """Judge a window with a rule's numbers as they are and with ``parameters`` laid over them."""
    return whatif_source(LakeSource(data_dir), rule=rule, parameters=parameters, began=began, ended=ended, executor=executor)


def whatif_source(
    source: Source, *, rule: str, parameters: Mapping[str, Any], began: dt.datetime, ended: dt.datetime, executor: str = "serial"
) -> Difference:
    """The same over any source.  Raises BadInput for a parameter the rule does not have."""
    name = rule.partition("@")[0]
    now = judge_source(source, began=began, ended=ended, rules=[rule], executor=executor)
    then = judge_source(source, began=began, ended=ended, rules=[rule], executor=executor, overrides={name: parameters})
    ids_now, ids_then = {one.id for one in now}, {one.id for one in then}
    return Difference(
        appear=tuple(one for one in then if one.id not in ids_now),
        vanish=tuple(one for one in now if one.id not in ids_then),
        stay=len(ids_now & ids_then),
    )
