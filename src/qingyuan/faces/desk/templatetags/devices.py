"""Template tags of devices and of time axes: standings, clock offsets, shares."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qingyuan.faces.desk import devices, frame
from qingyuan.faces.desk.templatetags.qy import severity_chip
from qingyuan.records.clues.states import SEVERITIES

register = template.Library()


@register.simple_tag
def standing_dot(row: Any) -> SafeString:
    """Whether a device is there, as a word after a dot."""
    tone, words = ("done", "在线") if row.is_online else ("mute", "状态不详") if not row.is_known else ("stop", "离线") if row.heard_at else ("mute", "从未报数")
    return format_html('<span class="qy-state is-{}">{}</span>', tone, words)


@register.inclusion_tag("desk/_device_health.html", takes_context=True)
def device_health(context: dict[str, Any], place: str) -> dict[str, Any]:
    """The devices of a facility: there or not, how fresh, how right the clock, how whole yesterday."""
    request: HttpRequest = context["request"]
    officer = frame.officer_of(request)
    return {"rows": devices.health_of(officer, place, context["at"]) if officer else [], "at": context["at"]}


@register.filter
def offset(seconds: float | None) -> str:
    """How far a clock is ahead: +0.3 秒, -12 分; — while it was never measured."""
    if seconds is None:
        return "—"
    if abs(seconds) < 90:
        return "0.0 秒" if abs(seconds) < 0.05 else f"{seconds:+.1f} 秒"
    return f"{seconds / 60:+.0f} 分" if abs(seconds) < 5400 else f"{seconds / 3600:+.1f} 小时"


@register.filter
def exact_percent(share: float | None) -> str:
    """A share with one decimal: 99.6% is not 100%."""
    return "—" if share is None else "100%" if share == 1 else f"{share:.1%}"


@register.filter
def unlocal(value: float) -> str:
    """A coordinate as SVG reads it, whatever the language of the page."""
    return f"{value:.1f}"


@register.simple_tag
def severity_label_chip(severity: str) -> SafeString:
    """The chip of a severity that is only known by its code."""
    return severity_chip(severity, SEVERITIES.get(severity, severity))
