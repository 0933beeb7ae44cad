"""What the acts beside the ordinary road are made of: the row of the table, and the fields they ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.cases.measure_models import MEASURE_KINDS
from qingyuan.records.cases.models import Case
from qingyuan.records.docket.models import SERVICE_WAYS
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer

from .frame import Look
from .step_forms import day

TEAM, BOSS, BOTH = ("inspector",), ("leader",), ("inspector", "leader")

Fields = dict[str, forms.Field]
Who = dict[str, Any]
RUNNING = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served", "in_court", "performed")


@dataclass(frozen=True)
class Act:
    """``rows`` gives the things it can be done to now (``[None]`` for the case itself); ``why`` the reasons why not yet."""

    group: str
    label: str
    article: str
    roles: tuple[str, ...]
    rows: Callable[[Case], list[Any]]
    fields: Callable[[Case, Look, Any], Fields]
    take: Callable[[Case, Any, Mapping[str, Any], Who], Any]
    why: Callable[[Any, Look], list[str]] = lambda row, look: []


def text(label: str, size: int = 80, *, required: bool = True, initial: str = "", help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=size, required=required, initial=initial, help_text=help_text)


def moment(label: str, look: Look, *, is_now: bool = False) -> forms.DateTimeField:
    """A moment to the minute in China's time; ``is_now`` begins with the present one."""
    hint = {"placeholder": "年-月-日 时:分", "autocomplete": "off"}
    initial = look.at.astimezone(CHINA).replace(second=0, microsecond=0, tzinfo=None) if is_now else None
    return forms.DateTimeField(label=label, initial=initial, input_formats=["%Y-%m-%d %H:%M"], widget=forms.DateTimeInput(attrs=hint, format="%Y-%m-%d %H:%M"))


def today(field: forms.Field, look: Look) -> forms.Field:
    field.initial = look.today
    return field


def people(label: str, case: Case, look: Look, role: str = "", *, inside: bool | None = False) -> forms.ModelChoiceField:
    """People of the case's agency: outside the investigation, inside it, or both (None)."""
    keys = [p.pk for p in registry.colleagues(look.viewer) if p.agency.authority == case.agency and (not role or p.has_role(role))]
    rows = Officer.objects.filter(pk__in=keys).order_by("name")
    mine = case.investigators.values("pk")
    rows = rows.filter(pk__in=mine) if inside else rows.exclude(pk__in=mine) if inside is False else rows
    return forms.ModelChoiceField(label=label, queryset=rows, empty_label="请选择")


def way(look: Look, *, on: bool = True) -> Fields:
    asked: Fields = {"how": forms.ChoiceField(label="送达方式", choices=SERVICE_WAYS), "receiver": text("签收人", 40)}
    return {**asked, "on": today(day("送达日期"), look)} if on else asked


def items_of(lines: str) -> list[dict[str, str]]:
    """名称，规格，数量，存放地点 – one thing per line."""
    keys = ("title", "model", "count", "place")
    return [dict(zip(keys, (part.strip() for part in line.replace(",", "，").split("，")), strict=False)) for line in lines.splitlines() if line.strip()]


def on_case(*states: str) -> Callable[[Case], list[Any]]:
    return lambda case: [None] if not states or case.state in states else []


def in_states(kind: str, *states: str) -> Callable[[Case], list[Any]]:
    wanted = {"all": [k for k, _ in MEASURE_KINDS if k != "daily_penalty"], "restriction": ["restrict_production", "suspend_production"]}.get(kind, [kind])
    return lambda case: list(case.measures.filter(kind__in=wanted, state__in=states))


def table_of(lines: str, keys: tuple[str, ...], what: str, field: str) -> list[dict[str, str]]:
    """One thing per line, its parts divided by commas (Chinese or Latin) in the order of ``keys``; BadInput names the line."""
    rows = []
    for number, line in enumerate((text for text in lines.splitlines() if text.strip()), 1):
        parts = [part.strip() for part in line.replace(",", "，").split("，")]
        if len(parts) < len(keys):
            raise BadInput(f"第{number}行“{line.strip()}”少了内容：每行写作 {what}", field=field)
        rows.append(dict(zip(keys, parts, strict=False)))
    return rows


def fen(yuan: Decimal | None) -> int | None:
    return None if yuan is None else int(yuan * 100)


def parts_of(lines: str) -> list[tuple[dt.date, int]]:
    """2026-12-01 50000 – day and yuan, one part per line."""
    rows = []
    for line in lines.splitlines():
        words = line.split()
        try:
            rows.append((dt.date.fromisoformat(words[0]), int(Decimal(words[1].replace(",", "")) * 100)))
        except (ValueError, IndexError, ArithmeticError):
            if words:
                raise BadInput(f"“{line}”读不懂：每行一期，写作 2026-12-01 50000", field="parts") from None
    return rows
