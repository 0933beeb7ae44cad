"""What may become of a companion measure, as a table; ``law.measures`` says whether the law lets it be.

Sealing: Compulsion Law arts. 22-28, Order 29 of 2014.  Restriction and suspension of production: Order 30 of 2014.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import step, table

Facts = Mapping[str, Any]
STATES = {
    "proposed": "待批准", "approved": "已批准", "imposed": "实施中", "unapproved": "已紧急实施，待补批", "extended": "已延长", "released": "已解除", "refused": "未批准",
}  # fmt: skip


def law_allows(_: Any, f: Facts) -> str | None:
    """The conditions of the statute, told from the facts noted on the case."""
    if f["force"] == "forbidden":
        return f"依法不得实施{f['label']}：{f['exceptions']}"
    if f["force"] == "none":
        unknown = f"；尚不能判断的情形须先登记事实：{f['undecided']}" if f["undecided"] else ""
        return f"已登记的事实不符合实施{f['label']}的法定情形{unknown}"
    return None


def two_certified_officers(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 18; Penalty Law art. 42."""
    return None if f["certified_investigators"] >= 2 else f"由两名以上具备资格的执法人员实施，现有{f['certified_investigators']}人（行政强制法第18条）"


def by_a_leader(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 18."""
    return None if f["by_is_leader"] else "须经机关负责人批准（行政强制法第18条；查封扣押办法第10条；限产停产办法第9条）"


def is_a_sealing(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 19; Order 29 of 2014 art. 13: only a sealing may go before its approval."""
    return None if f["is_sealing"] else "只有查封、扣押可以在情况紧急时先实施后补批（行政强制法第19条；查封扣押办法第13条）"


def within_a_day(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 19; Order 29 of 2014 art. 13."""
    return f"紧急实施后二十四小时内补办批准，已于{f['approval_until']}届满：应当立即解除（行政强制法第19条；查封扣押办法第13条）" if f["approval_is_late"] else None


def not_expired(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 25."""
    return f"期限已于{f['until']}届满，应当解除，不能再延长（行政强制法第25条、第28条）" if f["until"] and f["on"] > f["until"] else None


def put_right(_: Any, f: Facts) -> str | None:
    """Order 30 of 2014 art. 17: a restriction ends once the party has put it right and said so."""
    return "当事人尚未报备整改完成情况（限产停产办法第17条）" if f["is_restriction"] and not f["finished_on"] else None


MEASURE = table(
    "measure",
    STATES,
    [
        step("approve_measure", "批准", "proposed", "approved", by_a_leader, law_allows, article="行政强制法第18条", roles="leader"),
        step("refuse_measure", "不批准", "proposed", "refused", by_a_leader, article="行政强制法第18条", roles="leader"),
        step("impose_urgently", "情况紧急，当场实施并送达", "proposed", "unapproved", is_a_sealing, law_allows, two_certified_officers, article="行政强制法第19条", roles="inspector"),
        step("approve_afterwards", "补办批准", "unapproved", "imposed", by_a_leader, within_a_day, law_allows, article="行政强制法第19条", roles="leader"),
        step("let_fall", "未获补批，立即解除", "unapproved", "released", article="行政强制法第19条", roles="inspector leader"),
        step("impose", "实施并送达", "approved", "imposed", law_allows, two_certified_officers, article="行政强制法第24条", roles="inspector"),
        step("extend", "延长期限", "imposed", "extended", by_a_leader, not_expired, article="行政强制法第25条", roles="leader"),
        step("release_measure", "解除", "imposed extended", "released", put_right, article="行政强制法第28条", roles="inspector leader"),
    ],
    initial="proposed",
    final=("released", "refused"),
)
