"""Circumstances after the table: lighter, heavier, below the minimum, or no penalty at all.

Penalty Law arts. 30–33; Code art. 1056; provincial rules on how far each may move the fine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from qingyuan.errors import BadInput

from .bounds import Bounds
from .circumstance import Circumstance, Extent
from .cited import printed_all
from .given import PARTY_KINDS, PenaltyInput, number
from .models import Priced
from .scoring import Chosen
from .selection import NATIONAL
from .shelf import Shelf
from .working import Step, plain, yuan

EFFECTS = {"no_penalty": "不予处罚", "may_no_penalty": "可以不予处罚", "lighter": "从轻", "mitigated": "减轻", "heavier": "从重"}
EXEMPT = ("no_penalty", "may_no_penalty")
BASES = {"high": "法定最高额", "low": "法定最低额", "fine": "裁定额"}


@dataclass(frozen=True)
class Ground:
    """A circumstance of this case and the whole percent it moves the fine by (0 for an exemption)."""

    circumstance: Circumstance
    percent: int


@dataclass(frozen=True)
class Adjusted:
    """``amount`` exact yuan; ``floor`` the lowest lawful amount after mitigation; ``exempt`` no fine at all."""

    amount: Fraction
    floor: Fraction
    exempt: bool
    panel: bool
    steps: tuple[Step, ...]
    citations: tuple[str, ...]


def grounds(shelf: Shelf, given: PenaltyInput, province: str) -> tuple[Ground, ...]:
    """The circumstances of the case, each known, in its place and with its percent; BadInput otherwise."""
    found = [_ground(shelf, given, entry, province) for entry in given.circumstances]
    ids = [ground.circumstance.id for ground in found]
    for ground in found:
        item = ground.circumstance
        if ids.count(item.id) > 1:
            raise BadInput(f"circumstances（情节）里 {item.id}（{item.name}）写了两次；每个情节只写一次", field="circumstances")
        for other in found:
            clash = other.circumstance.id in item.excludes or (item.effect in EXEMPT and other.circumstance.effect == "heavier")
            if clash:
                raise BadInput(f"circumstances（情节）自相矛盾：{item.id}（{item.name}）与 {other.circumstance.id}（{other.circumstance.name}）不能并存；请按证据只留一个（行政处罚法第三十二条、第三十三条）", field="circumstances")
    return tuple(found)


def _ground(shelf: Shelf, given: PenaltyInput, entry: str, province: str) -> Ground:
    key, _, told = str(entry).partition(":")
    item = shelf.circumstance(key.strip())
    if item.province not in (NATIONAL, province):
        home = shelf.province(item.province).name if item.province in shelf.provinces else item.province
        raise BadInput(f"circumstances（情节）{item.id} 只在{home}适用，本案省份不同；请改用国家规定的情节（行政处罚法第三十二条）", field="circumstances")
    cited = printed_all(article["cite"] for article in item.articles)
    if given.violation not in item.violations and "*" not in item.violations:
        raise BadInput(f"circumstances（情节）{item.id}（{item.name}）不适用于本案由 {given.violation}；它适用于：{'、'.join(item.violations) or '尚无收录的案由'}（{cited}）", field="circumstances")
    if item.party not in ("any", given.party_kind):
        raise BadInput(f"circumstances（情节）{item.id}（{item.name}）只适用于{PARTY_KINDS[item.party]}，本案当事人是{PARTY_KINDS[given.party_kind]}；请去掉，或者核对 party_kind（{cited}）", field="circumstances")
    if not item.cited(_day(given, item)):
        raise BadInput(f"circumstances（情节）{item.id}（{item.name}）在 {_day(given, item)} 没有生效的依据（{cited}）；请改用当日有效的情节", field="circumstances")
    if item.effect in EXEMPT and item.grade not in ("A", "B"):
        raise BadInput(f"circumstances（情节）{item.id}（{item.name}）的来源未核实（可信度 {item.grade}），只作提示，不能单独作为不予处罚的依据；请改用法律规定的情节（行政处罚法第三十三条）", field="circumstances")
    if item.extent is None:
        if told:
            raise BadInput(f"circumstances（情节）{item.id} 不带幅度；请去掉“:{told}”（{cited}）", field="circumstances")
        return Ground(item, 0)
    low, high = item.extent.at_least, item.extent.at_most
    percent = number(told)
    if percent is None or percent != int(percent) or not low <= percent <= high:
        raise BadInput(f"circumstances（情节）{item.id}（{item.name}）须写明幅度，为{BASES[item.extent.of]}的 {low} 至 {high} 的整数百分数，例如 {item.id}:{high}（{cited}）", field="circumstances")
    return Ground(item, int(percent))


def check_levels(found: tuple[Ground, ...], chosen: tuple[Chosen, ...]) -> None:
    """BadInput when a circumstance contradicts a level, e.g. a first violation with a count of three."""
    for ground in found:
        for entry in chosen:
            if entry.level.id in ground.circumstance.excludes_levels.get(entry.factor.id, ()):
                raise BadInput(
                    f"情节与因素自相矛盾：{ground.circumstance.id}（{ground.circumstance.name}）与 factors.{entry.factor.id}＝{entry.level.name} 不能并存；"
                    f"请按证据改正其一（{printed_all(article['cite'] for article in ground.circumstance.articles)}）",
                    field=f"factors.{entry.factor.id}",
                )


def counted_twice(found: tuple[Ground, ...], chosen: tuple[Chosen, ...]) -> tuple[str, ...]:
    """A warning for every heavier ground whose fact the table has weighed already: one fact, one consequence."""
    told = []
    for ground in found:
        for entry in chosen:
            lightest = min(level.points for level in entry.factor.levels)
            if entry.factor.id in ground.circumstance.counted_in and entry.level.points > lightest:
                told.append(f"{ground.circumstance.name}：裁量表的“{entry.factor.name}”已按“{entry.level.name}”计过，不要对同一事实重复评价")
    return tuple(told)


def adjust(given: PenaltyInput, found: tuple[Ground, ...], priced: Priced, bounds: Bounds) -> Adjusted:
    """Move the priced amount by every ground, lighter first, then heavier, then below the minimum."""
    order = ("lighter", "heavier", "mitigated", "no_penalty", "may_no_penalty")
    amount, floor, steps = priced.amount, bounds.low, []
    for ground in sorted(found, key=lambda entry: order.index(entry.circumstance.effect)):
        item = ground.circumstance
        if item.effect == "mitigated" and ground.percent:
            floor = min(floor, bounds.low * (1 - Fraction(ground.percent, 100)))
        amount = _moved(amount, ground, priced, bounds, floor)
        steps.append(_line(given, ground, amount))
    effects = {ground.circumstance.effect for ground in found}
    exempt = bool(effects & set(EXEMPT))
    cited = tuple(cite for ground in found for cite in ground.circumstance.cited(_day(given, ground.circumstance)))
    panel = any(ground.circumstance.panel for ground in found)
    return Adjusted(Fraction(0) if exempt else amount, floor, exempt, panel, tuple(steps), cited)


def _moved(amount: Fraction, ground: Ground, priced: Priced, bounds: Bounds, floor: Fraction) -> Fraction:
    item = ground.circumstance
    if item.effect in EXEMPT or item.extent is None:
        return amount
    change = _base(item.extent, amount, bounds) * Fraction(ground.percent, 100)
    low, high = priced.band or (bounds.low, bounds.high)
    if item.effect == "heavier":
        return min(amount + change, max(high, amount))
    if item.effect == "mitigated":
        return max(amount - change, floor)
    return max(amount - change, min(low, amount))


def _day(given: PenaltyInput, item: Circumstance) -> dt.date:
    """The day whose articles support it: heavier grounds only by the law of the act (行政处罚法第三十七条), others by the decision's."""
    return (given.ended or given.decided_on) if item.effect == "heavier" else given.decided_on


def _base(extent: Extent, amount: Fraction, bounds: Bounds) -> Fraction:
    return {"high": bounds.high, "low": bounds.low, "fine": amount}[extent.of]


def _line(given: PenaltyInput, ground: Ground, amount: Fraction) -> Step:
    item = ground.circumstance
    effect = EFFECTS[item.effect]
    cited = "、".join(item.cited(_day(given, item)))
    if item.extent is None:
        return Step(f"{effect}：{item.name}", "", "不罚款", cited)
    sign = "增加" if item.effect == "heavier" else "减少"
    return Step(f"{effect}：{item.name}", f"{sign}{BASES[item.extent.of]}的 {plain(ground.percent)}%", yuan(amount), cited)
