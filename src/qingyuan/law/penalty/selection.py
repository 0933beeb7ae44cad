"""Which law and which table: both chosen by date, every fallback said aloud."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from qingyuan.errors import BadInput

from .given import PenaltyInput
from .matrix import Benchmark, Table
from .shelf import Shelf
from .violation import Regime, Violation

NATIONAL = "national"
GENERAL = "national/general"
LAWS = {"legacy": "旧法", "code": "生态环境法典"}


@dataclass(frozen=True)
class Candidates:
    """The regimes to be weighed (one, or old and new) and why these."""

    regimes: tuple[Regime, ...]
    reason: str
    citation: str


def candidates(given: PenaltyInput, violation: Violation) -> Candidates:
    """One regime, or the old and the new one when the act ended under the old and is decided under the new.

    Penalty Law art. 37; Code art. 1057: the law of the day of the act, unless the later one is lighter.
    An act that goes on into the new law falls under the new law alone.
    """
    last = given.ended or given.decided_on
    old, new = violation.regime_on(last), violation.regime_on(given.decided_on)
    if old is None:
        spans = "；".join(f"{LAWS.get(r.regime, r.regime)} {r.valid_from} 至 {r.valid_to or '今'}" for r in violation.regimes)
        raise BadInput(f"{violation.name}：{last} 没有可适用的处罚规定；已收录：{spans}（行政处罚法第三十七条）", field="ended" if given.ended else "decided_on")
    if new is None:
        raise BadInput(f"{violation.name}：决定日 {given.decided_on} 的法律里没有收录对应条款，不能自动选法，请法制审核（行政处罚法第三十七条）", field="decided_on")
    if old == new:
        how = "行为仍在继续，适用决定时的法律" if given.ended is None else f"行为终了日 {last} 与决定日 {given.decided_on} 适用同一法律"
        return Candidates((old,), f"{LAWS.get(old.regime, old.regime)}：{how}", "penalty_law:37")
    return Candidates((old, new), f"行为于 {last} 终了，决定日 {given.decided_on} 法律已变更：比较本案实际结果，取轻", "penalty_law:37、code:1057")


@dataclass(frozen=True)
class Found:
    """The table and what the reader has to know about it."""

    table: Table
    province: Benchmark
    notes: tuple[str, ...]
    provisional: bool
    panel: bool


def table_for(shelf: Shelf, given: PenaltyInput, violation: Violation, regime: Regime, tier: str) -> Found:
    """The province's own table, a carried one, or openly the national framework, in this order."""
    province = shelf.province(given.province)
    notes: list[str] = []
    if given.benchmark not in ("", NATIONAL):
        table = _reference(shelf, given.benchmark)
        return Found(table, province, (f"{table.section}只供参考计算，不能作为裁量依据",), True, True)
    if province.id != NATIONAL and given.benchmark != NATIONAL:
        own = _match(shelf, province.id, violation.id, regime.regime, tier, given.party_kind)
        if own:
            table, carried = own
            _in_force(province, given.decided_on)
            if carried:
                notes.append(f"{table.section}为旧法条款制定；法典对应条款幅度相同，过渡期参照适用，须集体讨论并说明理由")
            return Found(table, province, tuple(notes), not table.official, carried or not table.official)
        notes.append(f"{province.name}没有针对本案由和本条款的裁量表，改用国家裁量框架（环执法〔2019〕42号）")
    elif given.benchmark == NATIONAL:
        notes.append("按输入要求不用本省裁量基准，改用国家裁量框架；突破本省基准须集体讨论并说明理由")
    fallback = _match(shelf, NATIONAL, violation.id, regime.regime, tier, given.party_kind)
    table = fallback[0] if fallback else shelf.table(GENERAL)
    if not table.official:
        notes.append("国家框架的公式原文未取得，此为平台默认算法，非官方公式，结果仅供集体讨论参考")
    return Found(table, province, tuple(notes), not table.official, True)


def _reference(shelf: Shelf, key: str) -> Table:
    references = [table for table in shelf.all_tables() if not table.applies]
    for table in references:
        if table.id == key:
            return table
    known = "、".join(f"{table.id}（{table.section}）" for table in references)
    raise BadInput(f"benchmark（裁量基准）没有“{key}”；留空用本省基准，填 national 用国家框架（环执法〔2019〕42号），或填参考表：{known}", field="benchmark")


def _in_force(province: Benchmark, day: dt.date) -> None:
    if not province.holds(day):
        raise BadInput(
            f"{province.title}的有效期是 {province.valid_from} 至 {province.valid_to}，决定日 {day} 不在其内；"
            "可填 benchmark=national 改用国家裁量框架，或先把新的裁量基准收进规则书（行政处罚法第三十四条）",
            field="decided_on",
        )


def _match(shelf: Shelf, province: str, violation: str, regime: str, tier: str, party: str) -> tuple[Table, bool] | None:
    for table in shelf.tables_of(province, violation):
        use = table.use_for(violation, regime, tier, party)
        if use:
            return table, use.carried
    return None
