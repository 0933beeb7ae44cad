"""The catalogue of rules as a page: ``python -m qingyuan.engines.judge.catalogue > docs/rules.md``.

Everything in it comes from the rules' YAML; a test holds that the committed page is the page of the rules.
"""

from __future__ import annotations

import sys
from typing import Any

from qingyuan.law import citation as citations

from .inforce import evidence
from .rule import Parameter, Rule, chosen, grounds

FAMILIES = {
    "exceedance": "超标",
    "validity": "数据有效性",
    "marking": "标记",
    "incineration": "垃圾焚烧",
    "falsification": "弄虚作假",
    "connectivity": "联网传输",
    "electricity": "用电监控与应急减排",
    "voc": "挥发性有机物治理",
    "section": "地表水断面",
    "permit": "排污许可",
}
SEVERITIES = {"blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"}
OPENING = """# 规则目录

本页由规则文件生成（`make docs`），请勿手改。每条规则是 `src/qingyuan/engines/judge/rules/` 下同名的一个函数和一个 YAML；
YAML 中有样例，可照样增加。判定结果不是违法认定：每条都列出依法认定之前还缺哪些证据。

等级：A 读过原文；B 二手来源；C 产品实践或本平台默认值，无法律效力；U 未核对。颜色是本平台分级，无法律效力。
依据按行为发生之日适用：2026-08-15 之前适用旧法，之后适用《生态环境法典》。
"""

MISSING = """## 还没有的规则

研究清单里有、这里没有的，以及缺什么：

- 分析仪、数采仪、平台三级数据比对：平台只收到数采仪一级；现以小时与分钟、日与小时、折算、排放量四种自洽性检查代替
- 反吹周期、冷凝温度、稀释比：没有设备上传这些状态
- 低氧高尘与高氧低尘、负荷与浓度相关性、同行业离群：需要分行业的长期样本，误报率未知
- 污水处理水量平衡、去除率、溶解氧与曝气用电：需要进口水质、水量点位
- 采样瓶调换、站房开门、远程控制：需要视频和门禁事件
- 超低排放、季度捕集率：规则已有，示例省的一个月里没有完整的评价期，没有埋设样例
- 用电：互感器反接、峰谷与同行业单耗；一证式：监测方法与限值不符、药剂与水量、排放口标志牌
- 断面：月度类别同比下降两级（长江流域预警办法），需要一年以上的断面数据
"""


def page() -> str:
    """Return the whole page in Markdown."""
    rules = chosen()
    lines = [OPENING, f"共 {len(rules)} 条规则。\n", "| 类别 | 规则 | 名称 | 分级 |", "|---|---|---|---|"]
    for family, title in FAMILIES.items():
        lines += [f"| {title} | [`{rule.name}`](#{rule.name}) | {rule.chinese} | {SEVERITIES[rule.severity]} |" for rule in rules if rule.family == family]
    for family, title in FAMILIES.items():
        lines.append(f"\n## {title}\n")
        for rule in rules:
            if rule.family == family:
                lines += _rule(rule)
    return "\n".join([*lines, "", MISSING]).rstrip() + "\n"


def _rule(rule: Rule) -> list[str]:
    reads = "、".join(f"{kind}（回看 {back if isinstance(back, str) else f'{back / 3_600_000:g} 小时'}）" for kind, back in rule.kinds.items())
    violations = "、".join(f"`{name}`" for name in dict.fromkeys(rule.violation.values()))
    lines = [f"### {rule.name}", "", f"**{rule.chinese}**（第{rule.revision}版，{SEVERITIES[rule.severity]}）：{rule.says}", ""]
    lines += [f"- 读取：{reads}", f"- 案由：{violations}", f"- 依据：{'；'.join(_basis(rule))}"]
    lines += [f"- 尚需证据：{'；'.join(evidence(rule))}", f"- 样例：{'；'.join(case['name'] for case in rule.cases)}"]
    if rule.parameters:
        lines += ["", "| 参数 | 代号 | 数值 | 单位 | 来源 | 等级 |", "|---|---|---|---|---|---|"]
        lines += [_parameter(name, parameter) for name, parameter in rule.parameters.items()]
    return [*lines, ""]


def _parameter(name: str, parameter: Parameter) -> str:
    values = "；".join(f"{since} 起 {_plain(value)}" for since, value in parameter.values) if len(parameter.values) > 1 else _plain(parameter.values[0][1])
    return f"| {parameter.label} | `{name}` | {values} | {parameter.unit} | {parameter.citation} | {parameter.grade} |"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{key} {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "–".join(_plain(one) for one in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _basis(rule: Rule) -> list[str]:
    told: list[dict[str, Any]] = []
    for entry in rule.basis:
        if isinstance(entry, str):
            told += [one for group in grounds()["basis"][entry].values() for one in group]
        else:
            told.append(entry)
    return list(dict.fromkeys(_dated(one) for one in told))


def _dated(one: dict[str, Any]) -> str:
    held = f"（{one['until']} 前）" if "until" in one else f"（{one['from']} 起）" if "from" in one else ""
    return f"{citations.parse(one['citation']).printed(short=True)}{held}"


if __name__ == "__main__":
    sys.stdout.write(page())
