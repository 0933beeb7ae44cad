"""Template filters of waters."""

from __future__ import annotations

from django import template

from qingyuan.records.registry.sections import class_name

register = template.Library()


@register.filter
def water_class(number: int | None) -> str:
    """A class of GB 3838-2002 by its name."""
    return class_name(number)
