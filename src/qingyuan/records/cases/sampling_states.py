"""Sampling and testing together with a laboratory (测管协同), as a table: order, samples, hand-over, result, told, evidence.

Measures 30 arts. 29, 30; Regulation on monitoring of 2025.  How long a party may ask for a re-test is the platform's own number
(graded U): it is printed and shown, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import step, table

Facts = Mapping[str, Any]
STATES = {
    "ordered": "已委托，待采样", "sampled": "已采样，待交接", "handed_over": "已交实验室", "reported": "已出结果，待告知", "told": "已告知当事人", "retested": "已安排复测",
    "cancelled": "已取消",
}  # fmt: skip


def two_certified_samplers(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 42."""
    return None if f["certified_investigators"] >= 2 else f"采样由两名以上执法人员进行，当日执法证件有效的仅{f['certified_investigators']}人（行政处罚法第42条）"


def has_samples(_: Any, f: Facts) -> str | None:
    """Review criteria 2024: every sample has a label, a seal and a keeper."""
    return None if f["samples"] else "还没有登记样品（令30第29条）"


def chain_is_whole(_: Any, f: Facts) -> str | None:
    """The chain of a sample must not break: what the laboratory measured is what was taken."""
    return f"样品{'、'.join(f['broken'])}的流转记录接不上，不能作为证据（行政处罚法第46条）" if f["broken"] else None


def every_sample_arrived(_: Any, f: Facts) -> str | None:
    """Measures 30 art. 29."""
    return f"样品{'、'.join(f['not_arrived'])}尚未由实验室签收" if f["not_arrived"] else None


SAMPLING = table(
    "sampling",
    STATES,
    [
        step("take_samples", "登记采样", "ordered", "sampled", two_certified_samplers, article="令30第29条", roles="inspector"),
        step("hand_samples", "样品交接实验室", "sampled", "handed_over", has_samples, chain_is_whole, article="令30第29条", roles="inspector"),
        step("record_results", "登记检测结果", "handed_over", "reported", every_sample_arrived, chain_is_whole, article="令30第29条", roles="inspector"),
        step("tell_party", "告知当事人结果", "reported", "told", article="令30第29条", roles="inspector"),
        step("ask_retest", "登记复测申请并安排复测", "told", "retested", article="行政处罚法第41条", roles="inspector"),
        step("cancel_sampling", "取消委托", "ordered sampled", "cancelled", article="令30第29条", roles="inspector"),
    ],
    initial="ordered",
    final=("told", "retested", "cancelled"),
)
TURNS = {"collected": "采集、封样", "carried": "运送", "arrived": "实验室签收", "analysed": "分析", "kept": "留样", "disposed": "处置"}
