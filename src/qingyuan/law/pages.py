"""docs/law.md, generated from the book: what the program takes the law to be, with dates, articles and grades.

A test fails when the page is older than the book; ``qingyuan law docs`` writes it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import rulebook
from .citation import parse_all
from .deadlines import UNITS
from .rulebook import Entry, RuleBook, versions

KINDS = {
    "law": "法律", "regulation": "行政法规", "rule": "部门规章", "judicial": "司法解释", "document": "规范性文件", "standard": "标准",
    "guidance": "非强制文件", "local_regulation": "地方性法规", "local_rule": "地方政府规章", "local_document": "地方规范性文件", "platform": "平台做法",
}  # fmt: skip
AREAS = {"general": "一般", "special": "特别排放限值", "ultra_low": "超低排放"}


def page(book: RuleBook | None = None) -> str:
    """The whole page as Markdown."""
    book = book or rulebook.load()
    parts = (_head, _sources, _map, _calendar, _steps, _clocks, _grounds, _violations, _limits, _conditions, _items, _review, _checks, _documents)
    return "\n".join(line for part in parts for line in part(book)) + "\n"


def _head(book: RuleBook) -> Iterator[str]:
    yield "# 规则库"
    yield ""
    yield "本页由 `src/qingyuan/law/book` 生成（`qingyuan law docs`），不要手改。条文都是转述，办案以正式文本为准。"
    yield "可信度：**A** 读过全文；**B** 官方页面或片段；**C** 二手；**U** 未核实，不得单独决定法律关口。日期都含首尾两日。"
    yield ""


def _sources(book: RuleBook) -> Iterator[str]:
    yield "## 来源"
    yield ""
    yield "| 编号 | 名称 | 类别 | 文号 | 施行 | 失效 | 取代者 | 可信度 |"
    yield "|---|---|---|---|---|---|---|---|"
    for key, one in book.folder("sources").items():
        ends, later = one.get("valid_to") or "", one.get("replaced_by") or ""
        kind = KINDS.get(one["kind"], one["kind"])
        yield f"| `{key}` | {one['name']} | {kind} | {one.get('number', '')} | {one['valid_from']} | {ends} | {later} | {one['grade']} |"
    yield ""


def _steps(book: RuleBook) -> Iterator[str]:
    yield "## 普通程序的各步"
    yield ""
    yield "| 步 | 名称 | 时钟 | 文书 | 条件 | 依据 | 可信度 |"
    yield "|---|---|---|---|---|---|---|"
    documents = book.folder("documents")
    for one in book.folder("procedure/steps").values():
        clocks = "、".join(f"`{key}`" for key in one.get("clocks", ()))
        papers = "、".join(documents[key]["name"] for key in one["documents"])
        yield f"| {one['step']} | {one['label']} | {clocks} | {papers} | {'；'.join(one['guards'])} | {_cited(one, book)} | {one['grade']} |"
    yield ""


def _clocks(book: RuleBook) -> Iterator[str]:
    yield "## 时钟与数额线"
    yield ""
    yield "| 编号 | 名称 | 起算 | 期限 | 延长 | 有效 | 依据 | 可信度 |"
    yield "|---|---|---|---|---|---|---|---|"
    for key, entry in book.folder("procedure").items():
        for version in versions(entry):
            yield f"| `{key}` | {entry['label']} | {entry.get('from', '')} | {_budget(entry, version)} | {_extension(version)} | {_span(version)} | {_cited(version, book)} | {version['grade']} |"
    yield ""


def _budget(entry: Entry, version: Entry) -> str:
    if "budget" in version:
        before = "之前" if entry.get("direction") == "before" else ""
        return f"{version['budget']}{UNITS[version['unit']]}{before}"
    if "month_day" in version:
        return f"每年{version['month_day']}"
    if "percent_a_day" in version:
        return f"每日{version['percent_a_day']}%，上限{version['cap_percent']}%"
    return f"{version['value']}元"


def _extension(version: Entry) -> str:
    more = version.get("extension")
    return f"{more['max']}{UNITS[version['unit']]}（{more['approval']}）" if more else ""


def _grounds(book: RuleBook) -> Iterator[str]:
    yield "### 期间不计的事由"
    yield ""
    grounds = book.folder("procedure/rules")["suspensions"]["grounds"]
    for key, one in grounds.items():
        users = [entry["label"] for entry in book.folder("procedure").values() if key in entry.get("suspended_by", ())]
        yield f"- `{key}` {one['label']}（{_cited(one, book)}，{one['grade']}）：{'、'.join(users) or '加处罚款'}"
    yield ""


def _violations(book: RuleBook) -> Iterator[str]:
    yield "## 案由"
    yield ""
    yield "| 编号 | 案由 | 有效 | 违反 | 处罚依据 | 罚款 | 可信度 |"
    yield "|---|---|---|---|---|---|---|"
    for key, entry in book.folder("violations").items():
        for regime in entry["regimes"]:
            yield f"| `{key}` | {entry['name']} | {_span(regime)} | {_cited(regime, book, 'prohibition')} | {_cited(regime, book, 'penalty')} | {_fines(regime)} | {regime['grade']} |"
    yield ""


def _fines(regime: Entry) -> str:
    tiers = regime.get("tiers") or [regime["fine"]]
    return "；".join(f"{tier.get('name', '')}{_fine(tier)}" for tier in tiers)


def _fine(tier: Entry) -> str:
    if tier.get("unit", "yuan") == "yuan":
        each = f"每{tier['each']}" if tier.get("each") else ""
        return f"{each}{_ten_thousand(tier['low'])}至{_ten_thousand(tier['high'])}万元"
    mark = "%" if tier["unit"] == "percent" else "倍"
    return f"{tier.get('base', '')}{tier['low']}至{tier['high']}{mark}"


def _ten_thousand(yuan: int) -> str:
    whole, rest = divmod(yuan, 10000)
    return f"{whole}" if not rest else f"{whole}.{rest:04d}".rstrip("0")


def _limits(book: RuleBook) -> Iterator[str]:
    yield "## 限值"
    yield ""
    yield "| 标准 | 表 | 区域 | 执行 | 基准含氧量 | 限值 | 可信度 |"
    yield "|---|---|---|---|---|---|---|"
    for key, entry in book.folder("limits").items():
        for table in entry["tables"]:
            values = "，".join(f"{factor} {_limit(value)}" for factor, value in table["factors"].items())
            oxygen = f"{table['reference_oxygen']}%" if "reference_oxygen" in table else ""
            yield f"| `{key}` {entry['name']} | `{table['id']}` {table['name']} | {AREAS[table['area']]} | {_span(table)} | {oxygen} | {values}（{entry['unit']}） | {table['grade']} |"
    yield ""


def _limit(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    names = {"hour": "小时", "day": "日", "any": "任意一次", "mean": "测定均值", "min": "不低于", "max": "不高于"}
    return "/".join(f"{names[key]}{one}" for key, one in value.items())


def _conditions(book: RuleBook) -> Iterator[str]:
    yield "## 涉罪红旗与强制措施的条件"
    yield ""
    yield "| 编号 | 名称 | 有效 | 依据 | 可信度 |"
    yield "|---|---|---|---|---|"
    for key, one in book.folder("conditions").items():
        if "kind" not in one:
            yield f"| `{key}` | {one['label']} | {_span(one)} | {_cited(one, book)} | {one['grade']} |"
    yield ""


def _map(book: RuleBook) -> Iterator[str]:
    yield "## 旧条与生态环境法典"
    yield ""
    yield "按条文语义比对，不是官方对照表。"
    yield ""
    for key, entry in book.folder("sources/map").items():
        pairs = "；".join(f"{place}→{'、'.join(one.partition(':')[2] for one in new)}" for place, new in entry["articles"].items())
        yield f"- {book.folder('sources')[key]['short']}（{entry['grade']}）：{pairs}"
    yield ""


def _calendar(book: RuleBook) -> Iterator[str]:
    yield "## 日历"
    yield ""
    yield "| 年 | 放假 | 上班的周末 | 通知 | 暂定 |"
    yield "|---|---|---|---|---|"
    for key, one in sorted(book.folder("calendar").items()):
        if "holidays" not in one:
            yield f"| 以后 | {'、'.join(one['fixed'])} | | {_cited(one, book)} | 是 |"
            continue
        off = "；".join(f"{span['name']} {span['began']:%m-%d}至{span['ended']:%m-%d}" for span in one["holidays"])
        worked = "、".join(f"{day:%m-%d}" for day in one["makeup_workdays"])
        yield f"| {key} | {off} | {worked} | {_cited(one, book)} | {'是' if one['provisional'] else ''} |"
    yield ""


def _items(book: RuleBook) -> Iterator[str]:
    yield "## 执法事项"
    yield ""
    yield "| 代码 | 事项 | 旧依据 | 法典 | 层级建议（U） | 可赋权乡镇（U） |"
    yield "|---|---|---|---|---|---|"
    names = {"province": "省", "city": "市", "county": "县"}
    for key, one in book.folder("items").items():
        levels = "、".join(names[level] for level in one["level"])
        township = "候选" if one.get("township") else ""
        yield f"| {key} | {one['name']} | {_cited(one, book, 'legacy')} | {_cited(one, book, 'code')} | {levels} | {township} |"
    yield ""


def _review(book: RuleBook) -> Iterator[str]:
    yield "## 案卷评查"
    yield ""
    entries = book.folder("review")
    for one in entries.values():
        if "volume" in one:
            points = "，".join(f"{key} {value}" for key, value in one["points"].items())
            yield f"- {one['volume']}：满分{one['full']}，加分最多{one['bonus']}（{points}）"
    yield ""
    yield "| 否决项 | 组 | 重大问题 | 判定 |"
    yield "|---|---|---|---|"
    modes = {"machine": "自动", "half": "部分自动", "people": "人工"}
    for key, one in entries.items():
        if "veto" in one:
            yield f"| {key} | {one['group']} | {one['veto']} | {modes[one['automation']]} |"
    yield ""


def _checks(book: RuleBook) -> Iterator[str]:
    yield "## 稽查规则"
    yield ""
    yield "| 编号 | 规则 | 等级 | 依据 | 可信度 |"
    yield "|---|---|---|---|---|"
    marks = {"high": "违法或否决", "medium": "不规范", "low": "提示"}
    for key, one in book.folder("checks").items():
        if "severity" in one:
            yield f"| {key} | {one['rule']} | {marks[one['severity']]} | {_cited(one, book)} | {one['grade']} |"
    yield ""


def _documents(book: RuleBook) -> Iterator[str]:
    yield "## 文书"
    yield ""
    yield "| 编号 | 名称 | 阶段 | 必填要素 | 得分要素 |"
    yield "|---|---|---|---|---|"
    for one in book.folder("documents").values():
        yield f"| {one['number']} | {one['name']} | {one['stage']} | {one['elements']} | {'是' if one['scored'] else ''} |"


def _span(version: Entry) -> str:
    return f"{version.get('valid_from', '')}至{version.get('valid_to') or '今'}"


def _cited(version: Entry, book: RuleBook, key: str = "citation") -> str:
    return "、".join(one.printed(short=True, book=book) for one in parse_all(version.get(key), book=book))
