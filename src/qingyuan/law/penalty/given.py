"""What a fine is calculated from, read strictly: nothing missing, nothing unknown, nothing guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from qingyuan.errors import BadInput

PARTY_KINDS = {"company": "法人或者其他组织", "person": "公民（个人）"}
WHERE = "行政处罚法第三十四条、生态环境行政处罚办法第四十一条"
REGIMES = ("legacy", "code")
DIGITS = 18
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class PenaltyInput:
    """One violation by one party, ready to be weighed.

    violation: id in the rule book, e.g. "air_exceedance".  province: id or name, e.g. "guangdong", "广东省".
    party_kind: "company" or "person".  began, ended: first and last day of the violation; ``ended`` None = still going on.
    decided_on: day of the decision.  factors: factor id → level id, number, {measure: number}, a list of these
    (the heaviest counts) or "unknown" (the lightest counts); where two laws are compared and their tables differ, a key may be
    written for one of them: "code.eia_class".  circumstances: ids, with the percent where the ground
    leaves room: "refuses_cooperation:10".  tier: which range of the article, where it has several.
    base_yuan: total investment or disposal cost, where the fine is a share of it, whole yuan.  count: how many times or
    vehicles, where the law fines each of them; not given counts as one, and the working says so.
    benchmark: "" the province's own; "national" to set it aside openly; or the id of a reference table.  other_kinds: other penalties proposed.
    decided_yuan: what the panel decided where it departs from the table, with its reasons in ``decided_reason``.
    evidence: factor or circumstance id → evidence numbers.  case: case number, only carried along.
    """

    violation: str
    province: str
    party_kind: str
    began: dt.date
    ended: dt.date | None
    decided_on: dt.date
    factors: Mapping[str, Any] = field(default_factory=dict)
    circumstances: tuple[str, ...] | list[str] = ()
    tier: str = ""
    base_yuan: int | None = None
    benchmark: str = ""
    other_kinds: tuple[str, ...] | list[str] = ()
    decided_yuan: int | None = None
    decided_reason: str = ""
    count: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    case: str = ""

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers as given; two laws that are compared may each need their own: "severe,overdue", "legacy.general,code.larger"."""
        return tuple(part.strip() for part in self.tier.split(",") if part.strip())

    def tiers_for(self, regime: str) -> tuple[str, ...]:
        """The tier ids meant for one law: those written for it alone, else those written for any."""
        own = tuple(part.partition(".")[2] for part in self.tiers if part.partition(".")[0] == regime and "." in part)
        return own or tuple(part for part in self.tiers if "." not in part)

    def factors_for(self, regime: str) -> dict[str, Any]:
        """The facts for one law: the shared ones, and those written for it alone ("code.eia_class"), which go first."""
        told = self.flat_factors
        own = {key.partition(".")[2]: value for key, value in told.items() if key.partition(".")[0] == regime and "." in key}
        return {key: value for key, value in told.items() if "." not in key} | own

    @property
    def flat_factors(self) -> dict[str, Any]:
        """The facts with {"code": {"eia_class": …}} written as "code.eia_class", the same thing."""
        flat: dict[str, Any] = {}
        for key, value in self.factors.items():
            if key in REGIMES and isinstance(value, Mapping):
                flat |= {f"{key}.{inner}": told for inner, told in value.items()}
            else:
                flat[key] = value
        return flat

    def canonical(self) -> dict[str, Any]:
        """The input as plain JSON values, numbers as text, for the certificate."""
        return {
            "violation": self.violation,
            "province": self.province,
            "party_kind": self.party_kind,
            "began": self.began.isoformat(),
            "ended": self.ended.isoformat() if self.ended else None,
            "decided_on": self.decided_on.isoformat(),
            "factors": {key: _text(value) for key, value in self.flat_factors.items()},
            "circumstances": list(self.circumstances),
            "tier": self.tier,
            "base_yuan": self.base_yuan,
            "count": self.count,
            "benchmark": self.benchmark,
            "other_kinds": list(self.other_kinds),
            "decided_yuan": self.decided_yuan,
            "decided_reason": self.decided_reason,
            "evidence": {key: _text(value) for key, value in self.evidence.items()},
            "case": self.case,
        }


def number(value: Any) -> Decimal | None:
    """The exact number that ``value`` writes; None when it is not a finite number of at most 18 digits before the point."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found.adjusted()) > DIGITS or len(found.as_tuple().digits) > 2 * DIGITS:
        return None
    return found


def read_input(data: Any) -> PenaltyInput:
    """Read a JSON object; BadInput names the field, what is allowed and the article."""
    if not isinstance(data, Mapping):
        raise BadInput("罚款计算的输入须是一个 JSON 对象，例如 {\"violation\": \"water_exceedance\", \"province\": \"广东省\", …}")
    known = PenaltyInput.__dataclass_fields__
    for key in data:
        if key not in known:
            raise BadInput(f"没有叫“{key}”的字段；可填：{'、'.join(known)}", field=str(key))
    for key in ("violation", "province", "party_kind", "began", "decided_on"):
        if not data.get(key):
            raise BadInput(f"缺少 {key}（{_NAMES[key]}）；{_HINTS[key]}", field=key)
    if "ended" not in data:
        raise BadInput("缺少 ended（违法行为终了日）；填 YYYY-MM-DD，仍在继续的填 null（行政处罚法第三十六条、第三十七条）", field="ended")
    for key, shape, what in (("factors", Mapping, "对象"), ("evidence", Mapping, "对象"), ("circumstances", list, "列表"), ("other_kinds", list, "列表")):
        if not isinstance(data.get(key, shape()) if shape is list else data.get(key, {}), shape):
            raise BadInput(f"{key} 须是{what}（{WHERE}）", field=key)
    return checked(
        PenaltyInput(
            violation=str(data["violation"]),
            province=str(data["province"]),
            party_kind=str(data["party_kind"]),
            began=_date(data, "began"),
            ended=_date(data, "ended") if data["ended"] else None,
            decided_on=_date(data, "decided_on"),
            factors=dict(data.get("factors", {})),
            circumstances=tuple(str(entry) for entry in data.get("circumstances", [])),
            tier=str(data.get("tier") or ""),
            base_yuan=data.get("base_yuan"),
            count=data.get("count"),
            benchmark=str(data.get("benchmark") or ""),
            other_kinds=tuple(str(kind) for kind in data.get("other_kinds", [])),
            decided_yuan=data.get("decided_yuan"),
            decided_reason=str(data.get("decided_reason") or ""),
            evidence=dict(data.get("evidence", {})),
            case=str(data.get("case") or ""),
        )
    )


def checked(given: PenaltyInput) -> PenaltyInput:
    """The same input, after the checks that need no rule book."""
    if given.party_kind not in PARTY_KINDS:
        raise BadInput(f"party_kind（当事人类型）是“{given.party_kind}”；可填 company（{PARTY_KINDS['company']}）或 person（{PARTY_KINDS['person']}）（行政处罚法第四条）", field="party_kind")
    if not isinstance(given.began, dt.date):
        raise BadInput("缺少 began（违法行为发生日）；填日期（行政处罚法第三十六条）", field="began")
    if not isinstance(given.decided_on, dt.date):
        raise BadInput("缺少 decided_on（处罚决定日）；填日期（行政处罚法第三十七条）", field="decided_on")
    if given.ended is not None and given.ended < given.began:
        raise BadInput(f"ended（终了日 {given.ended}）早于 began（发生日 {given.began}）；终了日应不早于发生日（行政处罚法第三十六条）", field="ended")
    if given.decided_on < (given.ended or given.began):
        raise BadInput(f"decided_on（决定日 {given.decided_on}）早于违法行为（{given.ended or given.began}）；决定日应不早于该日（行政处罚法第三十七条）", field="decided_on")
    if given.base_yuan is not None and (isinstance(given.base_yuan, bool) or not isinstance(given.base_yuan, int) or not 0 < given.base_yuan < 10**15):
        raise BadInput(f"base_yuan（计罚基数）是“{given.base_yuan}”；应是大于 0、小于一千万亿的整数元，例如总投资额 20000000", field="base_yuan")
    if given.count is not None and (isinstance(given.count, bool) or not isinstance(given.count, int) or not 0 < given.count < 10**6):
        raise BadInput(f"count（次数、辆数）是“{given.count}”；应是大于 0 的整数", field="count")
    if given.decided_yuan is not None and (isinstance(given.decided_yuan, bool) or not isinstance(given.decided_yuan, int)):
        raise BadInput(f"decided_yuan（集体讨论决定的罚款）是“{given.decided_yuan}”；应是整数元", field="decided_yuan")
    if given.decided_yuan is not None and not given.decided_reason.strip():
        raise BadInput("缺少 decided_reason（偏离裁量表的理由）；突破裁量基准须集体讨论并写明理由（行政处罚法第三十四条、第五十七条）", field="decided_reason")
    return given


_NAMES = {"violation": "案由", "province": "省份", "party_kind": "当事人类型", "began": "违法行为发生日", "decided_on": "处罚决定日"}
_HINTS = {
    "violation": "填规则书里的案由编号，例如 water_exceedance（行政处罚法第四十条）",
    "province": "填省份，例如 广东省（行政处罚法第三十四条：按公布的裁量基准）",
    "party_kind": "填 company（单位）或 person（个人）（行政处罚法第四条）",
    "began": "填 YYYY-MM-DD（行政处罚法第三十六条、第三十七条）",
    "decided_on": "填 YYYY-MM-DD（行政处罚法第三十七条；决定时的法律）",
}


def _date(data: Mapping[str, Any], key: str) -> dt.date:
    value = data[key]
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise BadInput(f"{key} 是“{value}”，不是日期；应写成 YYYY-MM-DD，例如 2026-08-15（行政处罚法第三十六条）", field=key)


def _text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _text(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_text(inner) for inner in value]
    return str(value)
