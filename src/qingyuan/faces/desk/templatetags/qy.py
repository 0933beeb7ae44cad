"""Template tags of the house: icons, money, legal clocks, states, ages.

Every tag escapes what it is given; none of them asks what time it is (``today`` and ``at`` come from the view).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from qingyuan.clock import CHINA
from qingyuan.faces.desk import frame, names, sums
from qingyuan.records.clues.states import SEVERITIES

register = template.Library()


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    """The inside of a Tabler icon (24 × 24 outline), or a plain dot when the file is not there."""
    path = finders.find(f"icons/{name}.svg")
    if not path:
        return '<circle cx="12" cy="12" r="3"/>'
    text = Path(str(path)).read_text(encoding="utf-8")
    text = text[text.index("<svg") :]
    return text[text.index(">") + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """Draw an icon inline; without ``title`` it is decoration and hidden from screen readers."""
    label = format_html('role="img" aria-label="{}"', title) if title else mark_safe('aria-hidden="true"')
    return format_html('<svg class="qy-icon" viewBox="0 0 24 24" {}>{}</svg>', label, mark_safe(_drawing(name)))


@register.filter
def money(fen: int | None) -> str:
    """Whole fen → yuan with thousands separators; the fen show only when there are any."""
    if fen is None:
        return "—"
    yuan, rest = divmod(abs(int(fen)), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{yuan:,}.{rest:02d} 元" if rest else f"{sign}{yuan:,} 元"


@register.filter
def yuan(amount: int | None) -> str:
    """Whole yuan, as the law's data hold them."""
    return "—" if amount is None else f"{int(amount):,} 元"


@register.filter
def number(value: Any, digits: int = 1) -> str:
    """A measured value: at most ``digits`` decimals, no exponent, — for nothing."""
    if value is None or value == "":
        return "—"
    text = f"{Decimal(str(value)):,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A legal day, 2026-11-24; a moment is first taken to China's day."""
    if value is None:
        return "—"
    return (value.astimezone(CHINA) if isinstance(value, dt.datetime) else value).strftime("%Y-%m-%d")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment to the minute in China's time."""
    return "—" if value is None else value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


@register.filter
def short_moment(value: dt.datetime | None) -> str:
    """A moment without its year, for dense tables."""
    return "—" if value is None else value.astimezone(CHINA).strftime("%m-%d %H:%M")


def days_in_words(left: int) -> str:
    """What an officer says about a due day that is ``left`` natural days away."""
    if left < 0:
        return f"超期 {-left} 天"
    return "今日到期" if left == 0 else f"剩 {left} 天"


@register.simple_tag
def clock_chip(due_on: dt.date | None, today: dt.date, why: str = "") -> SafeString:
    """Days left to a due day as a coloured chip; the tooltip carries ``why``: clock, arithmetic, article."""
    if due_on is None:
        return mark_safe('<span class="qy-clock is-none">无期限</span>')
    if due_on == dt.date.max:
        return format_html('<span class="qy-clock is-none" title="{}">中止计算</span>', why)
    left = (due_on - today).days
    tone = "is-late" if left < 0 else "is-soon" if left <= 3 else "is-near" if left <= 7 else "is-calm"
    tip = f"{why}　到期日 {due_on:%Y-%m-%d}".strip()
    return format_html('<span class="qy-clock {}" title="{}">{}</span>', tone, tip, days_in_words(left))


TONES = {
    # one colour per kind of standing, whatever the table it comes from; anything not listed is under way
    **dict.fromkeys(["found", "issued", "opened", "drafted"], "wait"),
    **dict.fromkeys(["closed", "published", "archived", "performed", "finished", "concluded", "recorded", "confirmed", "served", "corrected"], "done"),
    **dict.fromkeys(["refuted", "dismissed", "lapsed", "merged", "referred", "cancelled", "withdrawn", "declined"], "mute"),
    **dict.fromkeys(["suspended", "annulled", "overdue"], "stop"),
}


@register.simple_tag
def state_dot(label: str, state: str = "") -> SafeString:
    """The name of a state after a dot; the dot's colour repeats what the word says."""
    return format_html('<span class="qy-state is-{}">{}</span>', TONES.get(state, "live"), label)


SEVERITY_TONES = {"red": "high", "orange": "mid", "yellow": "low", "blue": "hint"}


@register.simple_tag
def severity_chip(severity: str, label: str) -> SafeString:
    """How grave a clue is, in one small chip; the platform's own scale, without legal force."""
    return format_html('<span class="qy-sev is-{}" title="平台分级，非法定">{}</span>', SEVERITY_TONES.get(severity, "low"), label)


@register.simple_tag
def age(at: dt.datetime | None, now: dt.datetime, stale_minutes: int = 120) -> SafeString:
    """How old a figure is; older than ``stale_minutes`` it turns amber and says so."""
    if at is None:
        return mark_safe('<span class="qy-age is-stale">无数据</span>')
    minutes = max(0, int((now - at).total_seconds() // 60))
    words = f"{minutes} 分钟前" if minutes < 90 else f"{minutes // 60} 小时前" if minutes < 2880 else f"{minutes // 1440} 天前"
    tone = "is-stale" if minutes > stale_minutes else "is-fresh"
    return format_html('<time class="qy-age {}" datetime="{}" title="{}">{}</time>', tone, at.isoformat(), moment(at), words)


@register.filter
def capped(count: int, cap: int = 10_000) -> str:
    """A count that was stopped at ``cap`` + 1 rows: 10,000+ instead of an exact number."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """This page's address with some filters changed; an empty value drops the filter.  The cursor never survives."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


register.filter("in_words", sums.spoken)


@register.inclusion_tag("desk/_side.html", takes_context=True)
def side_nav(context: dict[str, Any]) -> dict[str, Any]:
    """The side navigation, with the page we are on marked and what waits counted."""
    request = context["request"]
    return {"groups": frame.navigation(request)}


@register.simple_tag(takes_context=True)
def viewer_place(context: dict[str, Any]) -> str:
    """The agency whose desk this is."""
    officer = frame.officer_of(context["request"])
    return officer.agency.name if officer else ""


@register.filter
def factor_name(code: str) -> str:
    return names.factor_name(code)


@register.filter
def rule_name(code: str) -> str:
    return names.rule_name(code)


@register.filter
def event_label(event: Any) -> str:
    """What the trail calls a step of its subject."""
    return names.event_label(event.subject, event.step)


@register.filter
def short_outlet(code: str) -> str:
    """The outlet's own number out of <facility>/<number>."""
    return code.rsplit("/", 1)[-1] if code else "—"


@register.filter
def citation(text: str) -> str:
    """A citation id (``air_law:99.1.2``) as the law is written; anything that is not an id stays as it is."""
    return names.citation(text)


@register.filter
def percent(share: float | None) -> str:
    """A share as per cent; — while nothing has been checked."""
    return f"{share:.0%}" if isinstance(share, (int, float)) else "—"


@register.filter
def severity_label(severity: str) -> str:
    return SEVERITIES.get(severity, severity)


@register.filter
def is_tick(field: Any) -> bool:
    """Whether a form field is a single box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: Any) -> bool:
    """Whether a form field is a group of boxes or buttons."""
    return isinstance(field.field.widget, (forms.CheckboxSelectMultiple, forms.RadioSelect))


@register.filter
def plain_value(value: Any) -> str:
    """A number of a working as people write it; lists by comma."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return "、".join(plain_value(item) for item in value)
    return str(value)


UNITS = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年", "hour": "小时"}


@register.filter
def unit_label(unit: str) -> str:
    """The unit of a legal clock in words."""
    return UNITS.get(unit, unit)


@register.filter
def industry_name(code: str) -> str:
    """The name of a trade; what is not a code of the synthetic province is already a name."""
    return names.industry_name(code)


@register.filter
def told_moment(text: Any) -> str:
    """A moment that was frozen as ISO text, to the minute without its year; any other text as it stands."""
    try:
        return short_moment(dt.datetime.fromisoformat(str(text)))
    except ValueError:
        return str(text)


@register.filter
def kind_name(kind: str) -> str:
    return names.KINDS.get(kind, kind)
