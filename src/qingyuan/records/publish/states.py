"""The life of a publication as a table.  Penalty Law art. 48."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import step, table

STATES = {"drafted": "待核对", "released": "已公开", "withdrawn": "已撤回"}


def second_person(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Whoever drafted does not release."""
    return "公开须由起草人以外的另一人核对后发布（双人核对）" if facts["by"] == facts["drafted_by"] else None


def decision_stands(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Penalty Law art. 48."""
    return "处罚决定已被撤销，不得公开（行政处罚法第48条）" if facts["is_annulled"] else None


def reason_given(_: Any, facts: Mapping[str, Any]) -> str | None:
    """Penalty Law art. 48."""
    return None if facts["why"].strip() else "撤回须公开说明理由（行政处罚法第48条）"


RELEASE = table(
    "release",
    STATES,
    [
        step("release", "公开", "drafted", "released", second_person, decision_stands, article="行政处罚法第48条", roles="publisher leader"),
        step("withdraw", "撤回", "released", "withdrawn", reason_given, article="行政处罚法第48条", roles="publisher leader"),
    ],
    initial="drafted",
    final=("withdrawn",),
)
